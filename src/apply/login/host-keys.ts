// Keys of the ssh server itself, made with the guest's own tools, so that its policy for types and access holds.

import {basename, dirname} from 'node:path'
import type {MakeHostKeysAction} from '../../action/login.ts'
import {count} from '../../report/lines.ts'
import {type CommandResult, describeEnd, succeeded} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

/** For all of them. A kernel that has just started may have no randomness yet, and then nothing ends. */
const timeoutMs = 30_000

/** That of RSA with 16384 bits, the longest that ssh-keygen makes, has 2,800 bytes. */
const publicKeyLimit = 16 * 1024

/** What Red Hat's unit sshd-keygen@TYPE calls: it knows of FIPS, and of the group that may read the keys. */
const redHatTool = '/usr/libexec/openssh/sshd-keygen'

export const makeHostKeysHandler: Handler<MakeHostKeysAction> = {
  prepare({paths}, {system, manifest}) {
    if (!paths.some(path => isThere(system, path))) manifest.pendingHostKeys = [...paths]
  },

  async perform({paths, areDefault}, {system, manifest, mayExecute}) {
    const detail = 'host keys of sshd'
    if (!mayExecute) return leftOut(detail, 'nothing of another root is executed')
    const isBegun = manifest.pendingHostKeys !== undefined
    if (!isBegun && paths.some(path => isThere(system, path))) return {status: 'unchanged', detail}
    const completed = await completeHalves(system, paths)
    const lacking = paths.filter(path => !isThere(system, path))
    const end = lacking.length === 0 ? '' : await makeKeys(system, paths, areDefault)
    const made = [...completed, ...lacking.filter(path => isThere(system, path))]
    delete manifest.pendingHostKeys
    if (made.length > 0) {
      const names = made.map(path => typeOf(path) ?? path).join(', ')
      const files = made.flatMap(path => [path, `${path}.pub`])
      // ssh-keygen leaves that to the kernel: after a power cut they would be empty, and others be made, whose
      // fingerprints nobody knows. The key itself last: as long as it is not there, both are made anew.
      system.files.sync(files.toReversed())
      return {
        status: 'changed',
        detail: `made ${count(made.length, 'host key')} for sshd: ${names}`,
        paths: files,
      }
    }
    if (lacking.length < paths.length) return {status: 'unchanged', detail}
    const message = `could not make host keys for sshd: ${end}; without them it lets nobody in`
    return failed(detail, message, 'ssh-keygen -A')
  },
}

/**
 * Gives keys that have no public half one, as a run does that was killed between the two: sshd may use such a key already,
 * so it stays. One that cannot be read is taken away. Gives those that are whole now.
 */
async function completeHalves(system: System, paths: readonly string[]): Promise<string[]> {
  const {files} = system
  const completed: string[] = []
  for (const path of paths.filter(each => isThere(system, each) && !isThere(system, `${each}.pub`))) {
    const argv = ['ssh-keygen', '-y', '-P', '', '-f', path] as const
    const result = await system.run({argv, timeoutMs, valueLimit: publicKeyLimit})
    if (succeeded(result) && result.value !== undefined) {
      files.write(`${path}.pub`, result.value, {mode: 0o644})
      completed.push(path)
    } else if (result.ended === 'exited' && files.linkStatus(path)?.isFile()) files.remove(path)
  }
  return completed
}

/** Tries one way after the other until there is a key, and tells how the last one ended. */
async function makeKeys(system: System, paths: readonly string[], areDefault: boolean): Promise<string> {
  const begin = performance.now()
  let end = 'there is nothing to do it with'
  /** Whether it came to its own end. */
  const run = async (...argv: [string, ...string[]]): Promise<boolean> => {
    const left = timeoutMs - (performance.now() - begin)
    if (left <= 0) return true
    const result = await system.run({argv, timeoutMs: left})
    end = describe(argv[0], result)
    return result.ended === 'exited'
  }
  const missing = () => paths.filter(path => !isThere(system, path))
  const make = async (path: string): Promise<void> => {
    system.files.makeDirectory(dirname(path))
    // It would ask before it writes over an empty file. A link to where nothing is mounted yet stays.
    if (system.files.linkStatus(path)?.isFile()) system.files.remove(path)
    const hasEnded = await run('ssh-keygen', '-q', '-t', typeOf(path) ?? 'rsa', '-N', '', '-f', path)
    // Half a pair would be left as it is at every boot.
    if (!hasEnded && system.files.linkStatus(path)?.isFile()) system.files.remove(path)
  }
  if (system.files.status(redHatTool) !== undefined) {
    for (const path of missing().filter(isUsual)) await run(redHatTool, typeOf(path)!)
  } else if (areDefault) {
    for (const path of missing().filter(isQuick)) await make(path)
    await run('ssh-keygen', '-A')
  }
  // What -A left out was left out for a reason; an old ssh-keygen does not know it (CentOS 5).
  if (areDefault && missing().length < paths.length) return end
  for (const path of missing().toSorted((a, b) => Number(isQuick(b)) - Number(isQuick(a)))) await make(path)
  return end
}

/** No prime has to be found for it. With RSA's, -A begins, and on a busy host that took over 30 s (seen). */
function isQuick(path: string): boolean {
  return typeOf(path) === 'ed25519'
}

function isThere({files}: System, path: string): boolean {
  return (files.status(path)?.size ?? 0) > 0
}

function isUsual(path: string): boolean {
  return /^\/etc\/ssh\/ssh_host_(rsa|ecdsa|ed25519)_key$/.test(path)
}

/** The type that a name tells. */
function typeOf(path: string): string | undefined {
  return /(ed25519|ecdsa|rsa|dsa)/.exec(basename(path))?.[1]
}

function describe(tool: string, result: CommandResult): string {
  return `${basename(tool)} ${describeEnd(result)}`
}
