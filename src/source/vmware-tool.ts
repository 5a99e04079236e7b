// VMware's own program for a question to the hypervisor. It needs no service of its own to run, so it answers in the
// earliest boot; elsewhere than on VMware nobody starts it.

import {describeEnd, toolDirectories} from '../system/commands.ts'
import type {System} from '../system/system.ts'

export type VmwareTool = {path: string; options: readonly string[]}

/** What the hypervisor says to a key: its value, that there is none, or why that cannot be told. */
export type VmwareAnswer = {kind: 'value'; text: string} | {kind: 'none'} | {kind: 'failed'; cause: string}

/** Both come with open-vm-tools; small images have the second alone (services/vmtoolsd/cmdLine.c, rpctool/rpctool.c). */
const programs = [['vmtoolsd', '--cmd'], ['vmware-rpctool']] as const

/** It answers within milliseconds, or the channel to the hypervisor is broken. */
const timeoutMs = 5000
/** A file of 16 MiB in base64 with its line breaks. */
const valueLimit = 24 * 1024 * 1024

/** Finds the program; undefined if there is none, or this is no machine of VMware's: images come with it anyway. */
export function findVmwareTool(system: System): VmwareTool | undefined {
  if (!system.live) return undefined
  for (const [name, ...options] of programs) {
    const directory = toolDirectories.find(directory => system.files.status(`${directory}/${name}`)?.isFile())
    if (directory === undefined) continue
    return isOfVmware(system) ? {path: `${directory}/${name}`, options} : undefined
  }
  return undefined
}

/** Asks for the value of a key of guestinfo. */
export async function askVmware(system: System, tool: VmwareTool, key: string): Promise<VmwareAnswer> {
  const argv = [tool.path, ...tool.options, `info-get ${key}`] as const
  const result = await system.run({argv, timeoutMs, valueLimit})
  const code = result.ended === 'exited' ? result.exitCode : undefined
  if (code === 0) {
    if (result.value !== undefined) return {kind: 'value', text: result.value.toString('utf8')}
    return {kind: 'failed', cause: 'it is larger than 16 MiB, or has no end'}
  }
  // What it says where there is no such key; and nothing at all where it sees no VMware after all (seen).
  const isNone = code === 1 && /^(no value found)?$/i.test(result.output.trim())
  return isNone ? {kind: 'none'} : {kind: 'failed', cause: `${tool.path} ${describeEnd(result)}`}
}

/** As systemd tells it where it cannot ask the processor (virt.c, dmi_vendors). */
function isOfVmware({files}: System): boolean {
  const names = ['sys_vendor', 'board_vendor', 'bios_vendor'].map(name => `/sys/class/dmi/id/${name}`)
  return names.some(path => files.readText(path)?.startsWith('VMware'))
}
