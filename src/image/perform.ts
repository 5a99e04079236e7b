// Carrying out deeds, one after another. Installing is all or nothing: then what was done is undone when a deed fails.

import {dirname} from 'node:path'
import type {Problem} from '../problem.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {SystemError} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import type {System} from '../system/system.ts'
import {copyFile, removeTree} from '../system/trees.ts'
import type {Deed} from './deed.ts'

export type Performance = {
  /** How many deeds are done; fewer than there were if one failed and the rest was given up. */
  done: number
  problems: Problem[]
}

export type PerformOptions = {
  /** `all`: the first failure undoes what was done. `each`: a failure costs its own deed. */
  mode: 'all' | 'each'
  /** Told of each deed that is done. */
  onDone?: (deed: Deed, index: number) => void
}

/** Carries out deeds in order. */
export async function performDeeds(
  system: System,
  deeds: readonly Deed[],
  {mode, onDone}: PerformOptions,
): Promise<Performance> {
  const problems: Problem[] = []
  const undo: (() => void)[] = []
  let done = 0
  for (const [index, deed] of deeds.entries()) {
    try {
      if (mode === 'all') undo.push(rememberBefore(system.files, deed))
      await perform(system, deed)
      done += 1
      onDone?.(deed, index)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (deed.kind === 'run' && deed.optional === true) continue
      problems.push({code: 'deed-failed', message: error.message})
      if (mode === 'each') continue
      problems.push(...undoAll(undo))
      return {done: 0, problems}
    }
  }
  return {done, problems}
}

function undoAll(undo: readonly (() => void)[]): Problem[] {
  const problems: Problem[] = []
  for (const takeBack of undo.toReversed()) {
    try {
      takeBack()
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      problems.push({code: 'deed-failed', message: `taking back what was done: ${error.message}`})
    }
  }
  return problems
}

async function perform(system: System, deed: Deed): Promise<void> {
  const {files} = system
  switch (deed.kind) {
    case 'write':
      files.makeDirectory(dirname(deed.path))
      if (files.linkStatus(deed.path)?.isSymbolicLink()) files.remove(deed.path)
      return files.write(deed.path, deed.content, {mode: deed.mode, owner: deed.owner})
    case 'copy':
      files.makeDirectory(dirname(deed.path))
      return copyFile(files, deed.from, deed.path, deed.mode)
    case 'remove':
      return removeTree(files, deed.path)
    case 'empty':
      return empty(files, deed.path)
    case 'link':
      files.makeDirectory(dirname(deed.path))
      return files.link(deed.path, deed.target)
    case 'make-directory':
      return files.makeDirectory(deed.path, deed.mode)
    case 'run': {
      if (!system.live) return
      const result = await system.run({argv: deed.argv, timeoutMs: deed.timeoutMs})
      if (!succeeded(result)) throw new SystemError(deed.purpose, new Error(describeEnd(result)))
    }
  }
}

function empty(files: Files, path: string): void {
  const status = files.status(path)
  if (status?.isFile()) files.write(path, '', {mode: status.mode & 0o7777, owner: status})
}

/** Makes the function that puts back what a deed is about to change. */
function rememberBefore(files: Files, deed: Deed): () => void {
  if (deed.kind === 'run' || deed.kind === 'make-directory') return () => {}
  const {path} = deed
  const status = files.linkStatus(path)
  if (status === undefined) return () => removeTree(files, path)
  const link = files.readLink(path)
  if (link !== undefined) return () => files.link(path, link)
  if (!status.isFile()) throw new SystemError(`replace ${path}`, new Error('it is no file'))
  const bytes = files.read(path) ?? ''
  return () => files.write(path, bytes, {mode: status.mode & 0o7777, owner: status})
}
