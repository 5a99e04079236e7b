// Carrying out deeds, one after another. Installing is all or nothing: then what was done is undone when a deed fails.

import {dirname} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import type {Problem} from '../problem.ts'
import {count} from '../report/lines.ts'
import {describeEnd, stopSignal, succeeded} from '../system/commands.ts'
import {SystemError} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import type {System} from '../system/system.ts'
import {copyFile} from '../system/trees.ts'
import type {Deed} from './deed.ts'
import {performInside} from './perform-inside.ts'
import {deleteAccount, lockPassword, revokeKeys} from './perform-login.ts'
import {rememberBefore, type Undo} from './undo.ts'

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
  const undo: Undo[] = []
  const remembered = new Set<string>()
  let done = 0
  for (const [index, deed] of deeds.entries()) {
    if (mode === 'each' && (await isStopped())) {
      const message = `told to stop: ${count(deeds.length - index, 'thing')} not done`
      return {done, problems: [...problems, {code: 'deed-failed', message}]}
    }
    try {
      if (mode === 'all') undo.push(...rememberOnce(system.files, deed, remembered))
      await perform(system, deed)
      done += 1
      onDone?.(deed, index)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (deed.kind === 'run' && deed.optional === true) {
        problems.push({code: 'deed-left-out', message: error.message})
        continue
      }
      problems.push({code: 'deed-failed', message: error.message})
      if (mode === 'each') continue
      problems.push(...undoAll(undo))
      return {done: 0, problems}
    }
  }
  for (const {forget} of undo) forget()
  return {done, problems}
}

/** A signal is heard only when nothing else is done. */
async function isStopped(): Promise<boolean> {
  await setImmediate()
  return stopSignal().aborted
}

/** A path that two deeds change goes back to what it was before the first. */
function rememberOnce(files: Files, deed: Deed, remembered: Set<string>): Undo[] {
  if (!('path' in deed) || remembered.has(deed.path)) return []
  const undo = rememberBefore(files, deed)
  remembered.add(deed.path)
  return [undo]
}

function undoAll(undo: readonly Undo[]): Problem[] {
  const problems: Problem[] = []
  for (const {takeBack} of undo.toReversed()) {
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
  if (deed.inside !== undefined) return performInside(files, deed, deed.inside)
  switch (deed.kind) {
    case 'revoke-keys':
      return revokeKeys(system, deed)
    case 'lock-password':
      return lockPassword(system, deed)
    case 'delete-account':
      return deleteAccount(system, deed)
    case 'write':
      files.makeDirectory(dirname(deed.path))
      if (files.linkStatus(deed.path)?.isSymbolicLink()) files.remove(deed.path)
      return files.write(deed.path, deed.content, {mode: deed.mode, owner: deed.owner})
    case 'copy':
      files.makeDirectory(dirname(deed.path))
      return copyFile(files, deed.from, deed.path, deed.mode)
    case 'remove':
      return performInside(files, deed, dirname(deed.path))
    case 'remove-directory':
      if (files.status(deed.path)?.isDirectory() && files.list(deed.path).length === 0)
        files.removeDirectory(deed.path)
      return
    case 'empty':
      return performInside(files, deed, dirname(deed.path))
    case 'link':
      files.makeDirectory(dirname(deed.path))
      return files.link(deed.path, deed.target)
    case 'rename':
      return files.rename(deed.path, deed.to)
    case 'make-directory':
      return files.makeDirectory(deed.path, deed.mode)
    case 'run': {
      if (!system.live) return
      const result = await system.run({argv: deed.argv, timeoutMs: deed.timeoutMs})
      if (!succeeded(result)) throw new SystemError(deed.purpose, new Error(describeEnd(result)))
    }
  }
}
