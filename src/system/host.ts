// The machine under the guest, as systeminformation tells it: hypervisor, processors, memory, disks. It starts programs
// (lscpu, lsblk, dmidecode) and is slow, so that only what is shown is asked for. Numbers by which a machine can be
// told from all others (serials, UUIDs) are not taken over. Its osInfo() is not used: that asks name servers.

import type {Systeminformation} from 'systeminformation'
import {toolEnvironment} from './commands.ts'

export type Host = {
  /** `KVM`, `QEMU`, `VMware`; '' if no hypervisor is seen. */
  hypervisor: string
  /** What the firmware calls the machine: `QEMU Standard PC (i440FX + PIIX, 1996)`. */
  machine: string
  processors: number
  /** What kind they are. */
  processor: string
  memoryBytes: number
  /** What programs could still get. */
  freeMemoryBytes: number
  swapBytes: number
  disks: readonly Disk[]
}

export type Disk = {
  name: string
  /** `disk`, `part`, `rom`, `loop`, `lvm`. */
  type: string
  bytes: number
  /** '' if there is none, or none that can be told. */
  fileSystem: string
  /** The label of its file system. */
  label: string
  mountPoint: string
}

/** What is not known in that time is not told. */
const timeoutMs = 10_000

/** Asks about the running machine. What does not answer in time is left out. */
export async function readHost(): Promise<Partial<Host>> {
  return withToolEnvironment(async () => {
    const [system, cpu, memory, disks] = await Promise.all([
      inTime(import('systeminformation/lib/system.js').then(module => module.system())),
      inTime(import('systeminformation/lib/cpu.js').then(module => module.cpu())),
      inTime(import('systeminformation/lib/memory.js').then(module => module.mem())),
      inTime(import('systeminformation/lib/filesystem.js').then(module => module.blockDevices())),
    ])
    return {
      ...(system && {hypervisor: nameHypervisor(system), machine: nameMachine(system)}),
      ...(cpu && {processors: cpu.cores, processor: cpu.brand}),
      ...(memory && {
        memoryBytes: memory.total,
        freeMemoryBytes: memory.available,
        swapBytes: memory.swaptotal,
      }),
      ...(disks && {disks: disks.map(describeDisk)}),
    }
  })
}

function nameHypervisor({virtual, virtualHost = ''}: Systeminformation.SystemData): string {
  return virtual ? virtualHost || 'a hypervisor' : ''
}

/** `Computer` is what it says where the firmware says nothing. */
function nameMachine({manufacturer, model}: Systeminformation.SystemData): string {
  return [manufacturer, model].filter(part => part !== '' && part !== '-' && part !== 'Computer').join(' ')
}

function describeDisk({name, type, size, fsType, label, mount}: Systeminformation.BlockDevicesData): Disk {
  return {name, type, bytes: size, fileSystem: fsType, label, mountPoint: mount}
}

/** The value, or undefined where it fails or takes too long. */
async function inTime<T>(value: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, timeoutMs, undefined)
  })
  try {
    return await Promise.race([value, tooLate])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** The package hands its programs what this process has: for that long it has what every tool gets (contract §2). */
async function withToolEnvironment<T>(action: () => Promise<T>): Promise<T> {
  const own = {...process.env}
  replaceEnvironment(toolEnvironment)
  try {
    return await action()
  } finally {
    replaceEnvironment(own)
  }
}

function replaceEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, values)
}
