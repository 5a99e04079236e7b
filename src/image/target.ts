// What an image command is about to work on: a guest that is running, an image tree, or something that is neither and
// was named by mistake.

import {isInContainer} from '../facts/screen.ts'
import {unlessRefused} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import type {System} from '../system/system.ts'

/** The architectures that the agent is built for, as os.arch() names them. */
export type Architecture = 'x64' | 'arm64'

export type Target = {
  /** Why this is no root file system at all; undefined if it is one. */
  obstacle?: string | undefined
  /** What its programs are built for; undefined if none could be read, another word if it is none of ours. */
  architecture?: Architecture | string | undefined
  /** What tells that the running machine is a guest: "KVM", "a container"; undefined if it seems to be none. */
  guest?: string | undefined
}

/** Looks at the root that an image command is to work on. */
export function readTarget(system: System): Target {
  const {files} = system
  const isTree = files.status('/etc')?.isDirectory() ?? false
  if (!isTree) return {obstacle: `${system.root} holds no root file system: there is no /etc in it`}
  return {architecture: readArchitecture(system), guest: system.live ? readGuest(system) : undefined}
}

/** Programs that every root has one of; the first that is a program tells. */
const programs = ['/bin/sh', '/sbin/init', '/bin/busybox', '/bin/ls', '/usr/bin/env']

/** ELF's e_machine (elf(5)), for those that one may meet. */
const machines: Record<number, string> = {
  3: 'ia32',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}

function readArchitecture({files}: System): string | undefined {
  for (const path of programs) {
    const found = unlessRefused(
      () => readElfMachine(files, path),
      () => undefined,
    )
    if (found !== undefined) return found
  }
  return undefined
}

/** What a program is built for; undefined if it is none (elf(5)). */
export function readElfMachine(files: Files, path: string): string | undefined {
  const head = files.readAt(path, 0, 20)
  if (head === undefined || head.length < 20 || head.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)
  return machines[machine] ?? `ELF machine ${machine}`
}

/** A hypervisor tells of itself in the processor's flags; firmware names who made the machine. */
function readGuest(system: System): string | undefined {
  if (isInContainer(system)) return 'a container'
  const vendor = readKernelText(system, '/sys/class/dmi/id/sys_vendor')
  const isKnown = /QEMU|KVM|VMware|Xen|OpenNebula|Red Hat|Bochs|innotek|Microsoft|Amazon|Google/i.test(vendor)
  if (isKnown) return vendor
  return tellsOfHypervisor(system) ? 'a virtual machine' : undefined
}

/** Tells whether the processor's flags say that this is a virtual machine. */
export function tellsOfHypervisor(system: System): boolean {
  return /^flags\s*:.*\bhypervisor\b/m.test(readKernelText(system, '/proc/cpuinfo'))
}

/** A text of /proc or /sys; '' where there is none, or it may not be read. */
export function readKernelText({files}: System, path: string): string {
  return unlessRefused(
    () => files.readText(path)?.trim() ?? '',
    () => '',
  )
}
