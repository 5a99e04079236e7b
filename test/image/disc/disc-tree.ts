// A tree of files as text, to compare what went onto a disc with what comes from it.

import {createHash} from 'node:crypto'
import {lstatSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {DiscEntry} from '../../../src/image/disc/build-image.ts'
import {openIso} from '../../../src/source/iso/iso-source.ts'
import type {SourceFiles} from '../../../src/source/source.ts'
import {openSystem} from '../../../src/system/system.ts'

/** A line for each file: path, mode, size, hash. */
export type FileLines = string[]

export function describeEntries(entries: readonly DiscEntry[]): FileLines {
  return entries
    .map(({path, content, mode}) =>
      describe(path, mode, content instanceof Uint8Array ? content : readFileSync(content.from)),
    )
    .sort()
}

/** What our reader makes of an image. */
export function describeImage(image: string): FileLines {
  const opened = openIso(openSystem('/').files, image)
  if (typeof opened === 'string') throw new Error(opened)
  if (opened.damage.length > 0 || opened.isCut) throw new Error(JSON.stringify(opened.damage))
  return describeFiles(opened.files, image)
}

export function describeFiles(files: SourceFiles, top: string, below = ''): FileLines {
  return files
    .list(`${top}/${below}`)
    .flatMap(name => {
      const path = below + name
      const status = files.status(`${top}/${path}`)!
      if (status.isDirectory()) return describeFiles(files, top, `${path}/`)
      return [describe(path, status.mode & 0o7777, files.read(`${top}/${path}`)!)]
    })
    .sort()
}

/** What somebody has unpacked. */
export function describeDirectory(directory: string, below = ''): FileLines {
  return readdirSync(join(directory, below))
    .flatMap(name => {
      const path = below + name
      const status = lstatSync(join(directory, path))
      if (status.isDirectory()) return describeDirectory(directory, `${path}/`)
      return [describe(path, status.mode & 0o7777, readFileSync(join(directory, path)))]
    })
    .sort()
}

function describe(path: string, mode: number, bytes: Uint8Array): string {
  const hash = createHash('sha1').update(bytes).digest('hex').slice(0, 8)
  return `${JSON.stringify(path)} ${mode.toString(8)} ${bytes.length} ${hash}`
}
