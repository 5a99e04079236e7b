// Row 6 of contract §1: what the vCenter driver of OpenNebula 4.10 to 6.10 wrote into the virtual machine's own
// configuration (vcenter_driver/virtual_machine.rb, extraconfig_context and extraconfig_file), asked of VMware's tool.
//
// It has no directory, and scripts want one: the values become files that are there for as long as the run takes.

import type {Problem} from '../problem.ts'
import {unlessRefused} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import type {System} from '../system/system.ts'
import {contextFileName, type Source, unreadable} from './source.ts'
import {askVmware, findVmwareTool, type VmwareTool} from './vmware-tool.ts'

const prefix = 'guestinfo.opennebula'
/** Each is a process and a question to the hypervisor. */
const fileLimit = 64
/** The longest name that leaves room for that of a temporary file beside it. */
const nameLimit = 200

/** Looks for a context in the guestinfo of a VMware machine and lays it out; undefined if there is none. */
export async function acquireGuestinfo(system: System, directory: string): Promise<Source | undefined> {
  const tool = findVmwareTool(system)
  if (tool === undefined) return undefined
  const answer = await askVmware(system, tool, `${prefix}.context`)
  if (answer.kind === 'failed') return unreadable(`${prefix}.context`, answer.cause)
  // Emptied is as good as taken away: that is how it is cleared from within the guest.
  if (answer.kind === 'none' || answer.text.trim() === '') return undefined
  const context = decode(answer.text)
  if (context === undefined) return unreadable(`${prefix}.context`, 'it is not base64')
  const files = await readFiles(system, tool)
  if ('cause' in files) return unreadable(files.key, files.cause)
  const {problems, found} = files
  found.set(contextFileName, context)
  return layOut(system.files, directory, found, problems)
}

/** Removes what a run that was killed left behind. */
export function removeLaidOut(files: Files, directory: string): void {
  if (files.linkStatus(directory) === undefined) return
  for (const name of files.list(directory)) files.remove(`${directory}/${name}`)
  files.removeDirectory(directory)
}

type FoundFiles = {found: Map<string, Buffer>; problems: Problem[]}

/** Reads `…file.0`, `…file.1` and so on up to the first that is not there. */
async function readFiles(
  system: System,
  tool: VmwareTool,
): Promise<FoundFiles | {key: string; cause: string}> {
  const found = new Map<string, Buffer>()
  const problems: Problem[] = []
  for (let number = 0; number < fileLimit; number += 1) {
    const key = `${prefix}.file.${number}`
    const answer = await askVmware(system, tool, key)
    // Not one file less without a word: a key file that is missing would take a key away.
    if (answer.kind === 'failed') return {key, cause: answer.cause}
    const [, name, text] = /^([^\n]*)\n?(.*)$/s.exec(answer.kind === 'none' ? '' : answer.text)!
    if (name!.trim() === '') return {found, problems}
    const file = readFile(name!.trim(), text!, found)
    if (typeof file === 'string') problems.push({code: 'source-incomplete', key, message: file})
    else found.set(name!.trim(), file)
  }
  const message = `only the first ${fileLimit} files are taken`
  return {found, problems: [...problems, {code: 'source-incomplete', key: prefix, message}]}
}

/** The bytes of a file, or why it is none. */
function readFile(name: string, text: string, others: ReadonlyMap<string, Buffer>): Buffer | string {
  const shown = JSON.stringify(name)
  if (
    /[/\x00-\x1f\x7f\ufffd]/.test(name) ||
    name === '.' ||
    name === '..' ||
    Buffer.byteLength(name) > nameLimit
  )
    return `${shown} cannot be the name of a file, so it is not taken`
  if (name === contextFileName) return `a file cannot be called ${name}, so it is not taken`
  if (others.has(name)) return `there are two files called ${shown}; the first is taken`
  return decode(text) ?? `${shown} is not base64, so it is not taken`
}

/** The driver's base64 has a line break after every 60 characters. */
function decode(text: string): Buffer | undefined {
  const digits = text.replace(/\s+/g, '')
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
  return isBase64 ? Buffer.from(digits, 'base64') : undefined
}

/** Puts the files where nobody but root can read them. */
function layOut(
  files: Files,
  directory: string,
  found: ReadonlyMap<string, Buffer>,
  problems: Problem[],
): Source {
  const refusal = unlessRefused(
    () => {
      removeLaidOut(files, directory)
      files.makeDirectory(directory, 0o700)
      for (const [name, bytes] of found)
        files.write(`${directory}/${name}`, bytes, {mode: 0o600, durable: false})
      return undefined
    },
    ({message}) => message,
  )
  const release = async () => {
    unlessRefused(
      () => removeLaidOut(files, directory),
      () => undefined,
    )
    return []
  }
  if (refusal !== undefined) {
    void release()
    return unreadable(prefix, refusal)
  }
  const place = {origin: prefix, directory, files, contextFile: contextFileName}
  return {state: 'found', recognition: 'VMware', ...place, problems, release}
}
