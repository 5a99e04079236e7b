// The files of a disc that is mounted, as far as they are on it. A link on a disc may lead anywhere in the guest: to a
// file that any user can write, or to one that nobody must read. The kernel follows it, and so is asked for what does not
// leave the disc only (as view.ts does for an image that is not mounted).

import type {SourceFiles} from './source.ts'

/** As many links in one path as the kernel follows (path_resolution(7)). */
const linkLimit = 40

/** Shows the files below a directory; what a link leads out of it to is not there. */
export function keepWithin(files: SourceFiles, directory: string): SourceFiles {
  const unlessOut = <T>(path: string, read: (path: string) => T, otherwise: T) =>
    leadsOut(files, directory, path) ? otherwise : read(path)
  return {
    list: path => unlessOut(path, files.list, []),
    // Most of what is asked for is not there, and then there is no link either.
    status: path => files.status(path) && unlessOut(path, files.status, undefined),
    readLink: files.readLink,
    read: path => unlessOut(path, files.read, undefined),
    readText: path => unlessOut(path, files.readText, undefined),
  }
}

function leadsOut(files: SourceFiles, directory: string, path: string): boolean {
  const pending = path.slice(directory.length).split('/').reverse()
  const passed: string[] = []
  for (let links = 0; pending.length > 0; ) {
    const part = pending.pop()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (passed.pop() === undefined) return true
      continue
    }
    const target = files.readLink([directory, ...passed, part].join('/'))
    if (target === undefined) {
      passed.push(part)
      continue
    }
    links += 1
    if (target.startsWith('/') || links > linkLimit) return true
    pending.push(...target.split('/').reverse())
  }
  return false
}
