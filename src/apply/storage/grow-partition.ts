// Growing a partition into the free space behind it, while it is in use. growpart and sfdisk write the table, and for
// GPT its copy at the new end of the disk; the kernel is told by partx, as it would not read a table that is in use.

import type {GrowPartitionAction} from '../../action/storage.ts'
import {readDeviceBytes} from '../../facts/storage/block-devices.ts'
import {parsePartitionTable} from '../../facts/storage/partition-table.ts'
import {formatBytes} from '../../report/sizes.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

/** growpart waits for udev in the end. */
const timeoutMs = 10_000
const toolTimeoutMs = 5000

export const growPartitionHandler: Handler<GrowPartitionAction> = {
  async perform(action, {system, mayExecute}) {
    const {disk, number, tools} = action
    const what = `partition ${number} of ${disk}`
    if (!mayExecute) return leftOut(`grow ${what}`, 'nothing of another root is executed')
    const before = readBytes(system, action)
    if (before >= action.bytes) return {status: 'unchanged', detail: what}
    const obstacles: string[] = []
    for (const tool of tools) {
      const {obstacle, isHung = false} = await growWith[tool](system, action)
      const after = readBytes(system, action)
      if (after > before) {
        const detail = `grew ${what} from ${formatBytes(before)} to ${formatBytes(after)}`
        return {status: 'changed', detail, before: `${before}`, after: `${after}`}
      }
      if (obstacle === undefined) return {status: 'unchanged', detail: what}
      obstacles.push(obstacle)
      // Another one would hang as well, and the boot waits.
      if (isHung) break
    }
    const cure = `look at it with sfdisk --list ${disk}`
    return failed(what, `could not grow ${what}: ${obstacles.join('; ')}`, cure)
  },
}

/** Grows it, or tells in words why not; there may have been nothing to grow. */
type Grow = (system: System, action: GrowPartitionAction) => Promise<{obstacle?: string; isHung?: boolean}>

const growWith: Record<GrowPartitionAction['tools'][number], Grow> = {
  async growpart(system, {disk, number}) {
    const result = await system.run({argv: ['growpart', disk, `${number}`], timeoutMs})
    // growpart(1): 1 is that it cannot grow.
    const isNoChange = result.ended === 'exited' && result.exitCode === 1 && /NOCHANGE/.test(result.output)
    if (succeeded(result) || isNoChange) return {}
    return {obstacle: `growpart ${describeEnd(result)}`, isHung: result.ended === 'timed out'}
  },

  async sfdisk(system, {disk, number, bytes, sectorBytes}) {
    const version = await system.run({argv: ['sfdisk', '--version'], timeoutMs: toolTimeoutMs})
    // Before util-linux 2.26 the same words meant something else, and GPT was unknown.
    const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version.output) ?? []).map(Number)
    if (major * 1000 + minor < 2026) return {obstacle: 'this sfdisk is too old, growpart is needed'}
    const argv = ['sfdisk', '--no-reread', '--force', '-N', `${number}`, disk] as const
    // Not `+`, all there is: up to 2.38 at least that runs over an extended partition and one sector into the first
    // logical one. A size that is too large it refuses.
    const result = await system.run({argv, input: `,${Math.floor(bytes / sectorBytes)}\n`, timeoutMs})
    if (!succeeded(result)) return {obstacle: `sfdisk ${describeEnd(result)}`}
    const tell = ['partx', '--update', '--nr', `${number}`, disk] as const
    const told = await system.run({argv: tell, timeoutMs: toolTimeoutMs})
    if (succeeded(told)) return {}
    const obstacle = 'the table is written, but the kernel will see it at the next boot only'
    return {obstacle: `${obstacle}: partx ${describeEnd(told)}`}
  },
}

/** Of an extended partition the kernel tells no size. */
function readBytes(system: System, {disk, number, name, sectorBytes}: GrowPartitionAction): number {
  if (name !== undefined) return readDeviceBytes(system, name)
  const {extended} = parsePartitionTable(system.files.readAt(disk, 0, 512) ?? Buffer.alloc(0))
  return extended?.number === number ? sectorBytes * extended.size : 0
}
