// Keys of the ssh server itself, made with the guest's own tools, so that its policy for types and access holds.

import {basename, dirname} from 'node:path'
import type {MakeHostKeysAction} from '../../action/login.ts'
import {count} from '../../report/lines.ts'
import {type CommandResult, describeEnd} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

/** For all of them. A kernel that has just started may have no randomness yet, and then nothing ends. */
const timeoutMs = 30_000

/** What Red Hat's unit sshd-keygen@TYPE calls: it knows of FIPS, and of the group that may read the keys. */
const redHatTool = '/usr/libexec/openssh/sshd-keygen'

export const makeHostKeysHandler: Handler<MakeHostKeysAction> = {
  async perform({paths, areDefault}, {system, mayExecute}) {
    const detail = 'host keys of sshd'
    if (!mayExecute) return leftOut(detail, 'nothing of another root is executed')
    if (paths.some(path => isThere(system, path))) return {status: 'unchanged', detail}
    const end = await makeKeys(system, paths, areDefault)
    const made = paths.filter(path => isThere(system, path))
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
    const message = `could not make host keys for sshd: ${end}; without them it lets nobody in`
    return failed(detail, message, 'ssh-keygen -A')
  },
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
    for (const path of paths.filter(isUsual)) await run(redHatTool, typeOf(path)!)
  } else if (areDefault) {
    for (const path of paths.filter(isQuick)) await make(path)
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
