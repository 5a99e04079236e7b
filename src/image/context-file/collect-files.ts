// Finding the files of a context on this machine. On the disc each lies under its own name alone, as `cp -R` puts it
// there; a directory comes with all that is in it.

import {dirname, isAbsolute, join, resolve} from 'node:path'
import type {Problem, ProblemCode} from '../../problem.ts'
import {describeCause, SystemError} from '../../system/errors.ts'
import type {Files} from '../../system/files.ts'
import type {DiscEntry} from '../disc/build-image.ts'
import {type FileRequest, lastPart} from './file-requests.ts'

/** A file for the disc: an entry of it, and what a person wants to know. */
export type FoundFile = {entry: DiscEntry; from: string; bytes: number; request: FileRequest}

/** Finds all files; what is wrong with any of them is said at once. `base`: where absolute paths begin instead of `/`. */
export function collectFiles(
  files: Files,
  requests: readonly FileRequest[],
  base: string | undefined,
  problems: Problem[],
): FoundFile[] {
  const found = requests.flatMap(request => {
    const report = createReport(request, problems)
    try {
      return findRequest(files, request, base, report)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      report('file-refused', `${request.path} cannot be read: ${describeCause(error.cause)}`)
      return []
    }
  })
  return refuseCollisions(found, problems)
}

type Report = (code: ProblemCode, message: string, cure?: string) => void

function createReport({namedIn, line, key}: FileRequest, problems: Problem[]): Report {
  return (code, message, cure) => problems.push({code, file: namedIn, line, key, message, cure})
}

function findRequest(
  files: Files,
  request: FileRequest,
  base: string | undefined,
  report: Report,
): FoundFile[] {
  const {path} = request
  if (/^https?:/.test(path)) {
    report('file-refused', `${path} is not fetched`, 'fetch it, and name the file')
    return []
  }
  const name = request.name ?? lastPart(path)
  if (['', '.', '..'].includes(name) || name.includes('/')) {
    report('file-refused', `${path} cannot lie on a disc as '${name}'`)
    return []
  }
  const place = locate(files, request, base)
  if (place === undefined) {
    const hint = /[*?[]/.test(path)
      ? 'patterns are not expanded here; name the files'
      : '--files DIR tells where the files of the template lie'
    report('file-refused', `there is no file ${path}`, hint)
    return []
  }
  if (files.linkStatus(place)?.isSymbolicLink())
    report(
      'template-doubtful',
      `${path} is a symbolic link; the front end copies the link itself, here it is what it leads to`,
    )
  return walk(files, place, name, report).map(entry => ({...entry, request}))
}

/** Below the base a path is looked for as it is, then by its name alone. */
function locate(files: Files, {path, namedIn}: FileRequest, base: string | undefined): string | undefined {
  const own = isAbsolute(path) ? path : resolve(dirname(namedIn), path)
  const candidates = base === undefined ? [own] : [join(base, path), join(base, lastPart(path))]
  return candidates
    .map(candidate => resolve(candidate))
    .find(candidate => files.status(candidate) !== undefined)
}

/** In bytes: more has no place in one extent, and the front end does not ask mkisofs for several. */
const largestFile = 2 ** 32 - 1

type Walked = Omit<FoundFile, 'request'>

function walk(files: Files, path: string, onDisc: string, report: Report): Walked[] {
  const status = files.status(path)!
  if (status.isFile()) {
    // One that cannot be read is found out before anything is written.
    files.readAt(path, 0, 1)
    if (status.size > largestFile)
      report(
        'template-doubtful',
        `${path} has 4 GiB or more; the front end's mkisofs refuses that, here it is written in pieces (ISO 9660, level 3)`,
      )
    return [
      {
        entry: {path: onDisc, content: {from: path}, mode: status.mode & 0o777},
        from: path,
        bytes: status.size,
      },
    ]
  }
  if (!status.isDirectory()) {
    report('file-refused', `${path} is neither a file nor a directory`)
    return []
  }
  const names = files.list(path)
  if (names.length === 0) report('template-note', `${path} is empty; the disc does not show it`)
  return names.flatMap(name => walkEntry(files, join(path, name), `${onDisc}/${name}`, report))
}

function walkEntry(files: Files, path: string, onDisc: string, report: Report): Walked[] {
  if (!files.linkStatus(path)?.isSymbolicLink()) return walk(files, path, onDisc, report)
  if (files.status(path)?.isFile()) {
    report('template-note', `${path} is a symbolic link; the disc holds what it leads to`)
    return walk(files, path, onDisc, report)
  }
  report('template-doubtful', `${path} is a symbolic link to no file; it is left out`)
  return []
}

/** Two files of one name, and those that the front end adds itself: it would let the last one win. */
function refuseCollisions(found: FoundFile[], problems: Problem[]): FoundFile[] {
  const owners = new Map<string, string>([
    ['context.sh', 'the context itself'],
    ['token.txt', 'the token of OneGate'],
  ])
  const directories = new Map<string, string>()
  return found.filter(({entry, from, request}) => {
    const above = parentsOf(entry.path)
    const blocking = above.find(path => owners.has(path))
    const owner = owners.get(blocking ?? entry.path) ?? directories.get(entry.path)
    for (const path of above) directories.set(path, from)
    if (owner === undefined) owners.set(entry.path, from)
    else if (owner !== from) {
      const message = `${from} and ${owner} would both be ${blocking ?? entry.path} on the disc`
      createReport(request, problems)('file-refused', message, 'give one of them another name')
    }
    return owner === undefined
  })
}

/** The directories that a path lies in: `a`, `a/b` for `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
