// Checks the machine: what carries this guest, and whether the agent was ever tried on such a one.

import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import {type Disk, type Host, readHost} from '../../system/host.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import {doubtful, note} from '../problems.ts'

export const hostCheck: Check = {
  id: 'machine',
  title: 'the machine',
  isSlow: true,
  async examine({system, prepared}) {
    const kernels = listKernels(system)
    const host = system.live ? await readHost() : {}
    return {
      facts: [nameSystem(prepared.facts.os.name, kernels), ...describeHost(host)],
      problems: [...judgeKernels(kernels), ...judgeMemory(host)],
    }
  },
}

/** The one that runs; of an image those that may be booted. */
function listKernels({files, live}: System): string[] {
  if (live) return [files.readText('/proc/sys/kernel/osrelease')?.trim() ?? 'unknown']
  const names = ['/lib/modules', '/usr/lib/modules'].flatMap(path => files.list(path))
  return [...new Set(names)].filter(name => /^\d+\.\d+/.test(name))
}

function nameSystem(name: string, kernels: readonly string[]): string {
  return kernels.length === 0 ? name : `${name}, kernel ${kernels.join(', ')}`
}

function describeHost({
  hypervisor,
  machine = '',
  processors,
  processor = '',
  ...host
}: Partial<Host>): string[] {
  const carriers = hypervisor === undefined ? [] : [nameCarrier(hypervisor, machine)]
  const type = processor === '' ? '' : ` (${processor})`
  const cpus = processors === undefined ? [] : [`${count(processors, 'CPU')}${type}`]
  const disks = (host.disks ?? []).filter(isShown).map(describeDisk)
  return [
    ...carriers,
    ...cpus,
    ...describeMemory(host),
    ...(disks.length === 0 ? [] : [`disks: ${disks.join('; ')}`]),
  ]
}

function nameCarrier(hypervisor: string, machine: string): string {
  if (hypervisor === '') return `no hypervisor is seen${machine && ` (${machine})`}`
  if (machine.startsWith(hypervisor)) return machine
  return `${hypervisor}${machine && ` (${machine})`}`
}

function describeMemory({memoryBytes, freeMemoryBytes, swapBytes}: Partial<Host>): string[] {
  if (memoryBytes === undefined || freeMemoryBytes === undefined) return []
  const swap = swapBytes ? `, ${formatBytes(swapBytes)} of swap` : ''
  return [`${formatBytes(memoryBytes)} of memory, ${formatBytes(freeMemoryBytes)} to be had${swap}`]
}

/** A loop device without a file, and a drive without a disc, are of no interest. */
function isShown({bytes, type}: Disk): boolean {
  return bytes > 0 && type !== 'loop'
}

function describeDisk({name, bytes, fileSystem, label, mountPoint}: Disk): string {
  const place = mountPoint === '' ? '' : `on ${mountPoint}`
  return [name, formatBytes(bytes), fileSystem, label, place].filter(Boolean).join(' ')
}

/** Older ones were not tried (contract, its head). */
const oldestKernel = [4, 18] as const

function judgeKernels(kernels: readonly string[]): Problem[] {
  const old = kernels.filter(isOld)
  if (old.length === 0 || old.length < kernels.length) return []
  const message = `kernel ${old.join(', ')} is older than ${oldestKernel.join('.')}: the agent was not tried on it`
  return [note({message})]
}

function isOld(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number)
  return major < oldestKernel[0] || (major === oldestKernel[0] && minor < oldestKernel[1])
}

/** A run of the agent takes about as much (npm run bench). */
const neededMemory = 64 * 1024 * 1024

function judgeMemory({freeMemoryBytes}: Partial<Host>): Problem[] {
  if (freeMemoryBytes === undefined || freeMemoryBytes >= neededMemory) return []
  const message = `only ${formatBytes(freeMemoryBytes)} of memory are to be had: the kernel may kill what is started`
  return [doubtful({message, cure: 'give the machine more MEMORY in its template'})]
}
