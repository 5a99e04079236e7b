// Reads a context that was found: its variables now, its other files when they are named.

import type {Disc} from '../context/disc.ts'
import {parseShellFile} from '../context/shell.ts'
import {indexVariables} from '../context/variables.ts'
import type {Problem} from '../problem.ts'
import {unlessRefused} from '../system/errors.ts'
import {type FoundSource, isOldRow} from './source.ts'

/** The disc, or nothing if its context file cannot be read. */
export type DiscReading = {disc?: Disc | undefined; problems: readonly Problem[]}

/** A key file is some kilobytes; what is larger is none. */
const fileLimit = 1024 * 1024

export function readDisc(source: FoundSource): DiscReading {
  return unlessRefused(
    () => readFound(source),
    ({message}): DiscReading => ({problems: [{code: 'source-unreadable', message}]}),
  )
}

function readFound(source: FoundSource): DiscReading {
  const {files, directory, contextFile, recognition} = source
  const bytes = files.read(`${directory}/${contextFile}`) ?? empty
  const {assignments, dropped, isComplete, problems} = parseShellFile(bytes, contextFile)
  // A file that is refused as a whole is no context: then the MAC rule must not take it for one of 2.2 either.
  if (problems.some(problem => problem.code === 'context-unreadable')) return {problems}
  const refusals = new Map<string, string>()
  const unlessUnread = <T>(name: string, read: () => T, otherwise: T) =>
    unlessRefused(read, ({message}) => {
      refusals.set(name, message)
      return otherwise
    })
  const disc: Disc = {
    file: contextFile,
    variables: indexVariables(assignments),
    dropped,
    isComplete,
    lacksFiles: source.problems.some(problem => problem.code === 'source-incomplete'),
    isOldKind: isOldRow(recognition),
    names: files.list(directory),
    hasFile: name => unlessUnread(name, () => files.status(`${directory}/${name}`)?.isFile() ?? false, false),
    readFile: name => unlessUnread(name, () => readSmallFile(source, name), undefined),
    refusalOf: name => refusals.get(name),
  }
  return {disc, problems}
}

const empty = new Uint8Array()

function readSmallFile({files, directory}: FoundSource, name: string): string | undefined {
  const path = `${directory}/${name}`
  const status = files.status(path)
  return status?.isFile() && status.size <= fileLimit ? files.readText(path) : undefined
}
