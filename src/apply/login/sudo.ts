// The rule for sudo. A file that sudo cannot read takes sudo from everybody, so the guest's own visudo reads it first,
// at a place where sudo does not look, and while the steps before wait for programs of their own.

import {dirname} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import type {WriteSudoRuleAction} from '../../action/login.ts'
import {findFile, hashBytes, keepCopy} from '../../report/manifest.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import {writeHandler} from '../files.ts'
import {failed, type Handler, type Result, type Workshop} from '../workshop.ts'
import {runLoginTool} from './login-tool.ts'

const trialPath = '/var/lib/vmcontext/sudoers.trial'
const rootOnly = {uid: 0, gid: 0}

export const writeSudoRuleHandler: Handler<WriteSudoRuleAction> = {
  prepare(action, workshop) {
    writeHandler.prepare?.({...action, kind: 'write'}, workshop)
    noteMode(action, workshop)
    if (!workshop.mayExecute || isInPlace(action, workshop)) return
    const verdict = check(workshop, Buffer.from(action.content, 'latin1'))
    // Whatever it comes to is told where it is waited for, if it ever is.
    verdict.catch(() => undefined)
    verdicts.set(action, verdict)
  },

  async perform(action, workshop) {
    const {path, content, mode} = action
    const {files} = workshop.system
    const bytes = Buffer.from(content, 'latin1')
    if (isInPlace(action, workshop)) return {status: 'unchanged', detail: path}
    const refusal = workshop.mayExecute ? await (verdicts.get(action) ?? check(workshop, bytes)) : undefined
    if (refusal !== undefined) return refusal
    const current = files.read(path)
    files.makeDirectory(dirname(path), 0o750)
    files.write(path, bytes, {mode, owner: rootOnly})
    return {
      status: 'changed',
      detail: `${current ? 'wrote' : 'created'} ${path}`,
      paths: [path],
      before: current && hashBytes(current),
      after: hashBytes(bytes),
    }
  },
}

/** What visudo says of the text of an action; undefined: nothing against it. */
const verdicts = new WeakMap<WriteSudoRuleAction, Promise<Result | undefined>>()

function isInPlace({path, content, mode}: WriteSudoRuleAction, {system: {files}}: Workshop): boolean {
  const isWritten = files.read(path)?.equals(Buffer.from(content, 'latin1')) ?? false
  return isWritten && (files.status(path)?.mode ?? 0) % 0o10000 === mode
}

/** Where the text is right the mode alone may change. */
function noteMode({path, content, mode}: WriteSudoRuleAction, {system, manifest, recorder}: Workshop): void {
  const found = findFile(system, path)
  const isWritten = found?.bytes.equals(Buffer.from(content, 'latin1')) ?? false
  if (found === undefined || !isWritten || (found.mode & 0o7777) === mode) return
  const before = keepCopy(system, found)
  recorder?.note(path, {before, after: {sha256: before.sha256}, owned: manifest.files[path] ?? null})
}

/** Without a visudo it is put in place all the same: the text is ours, with nothing in it but a checked name. */
async function check(workshop: Workshop, bytes: Buffer): Promise<Result | undefined> {
  const {files} = workshop.system
  // As soon as this process has nothing else to do: mostly while useradd runs.
  await setImmediate()
  files.makeDirectory(dirname(trialPath), 0o700)
  files.write(trialPath, bytes, {mode: 0o440, owner: rootOnly, durable: false})
  try {
    const result = await runLoginTool(workshop, {argv: ['visudo', '-c', '-f', trialPath], timeoutMs: 10_000})
    if (succeeded(result) || result.ended === 'not started') return undefined
    const message = `could not write the sudo rule: visudo ${describeEnd(result)}`
    return failed('sudo rule', message, 'see that the name of the account is one that sudo takes')
  } finally {
    files.remove(trialPath)
  }
}
