// Growing a mounted file system to the end of its device. On a disk of many tebibytes that takes minutes: then it goes
// on by itself and the boot goes on as well.

import type {GrowFileSystemAction} from '../../action/storage.ts'
import {readDeviceBytes} from '../../facts/storage/block-devices.ts'
import {readFileSystemBytes} from '../../facts/storage/volumes.ts'
import {formatBytes} from '../../report/sizes.ts'
import {type Command, type CommandResult, describeEnd, succeeded} from '../../system/commands.ts'
import {waitAtMost} from '../../system/patience.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

export const growFileSystemHandler: Handler<GrowFileSystemAction> = {
  async perform(action, {system, mayExecute}) {
    const {point, type, device, name, patienceMs} = action
    const what = `the ${type} of ${point}`
    if (!mayExecute) return leftOut(`grow ${what}`, 'nothing of another root is executed')
    const measure = () => readFileSystemBytes(system, device, point) ?? 0
    const [before, room] = [measure(), readDeviceBytes(system, name)]
    if (room <= before) return {status: 'unchanged', detail: what}
    // The kernel does the work and cannot be interrupted in it: ended it would hold up the boot all the same.
    const growing = system.run({argv: commandFor(action), timeoutMs: Number.POSITIVE_INFINITY})
    const result = await waitAtMost(growing, patienceMs)
    if (result === undefined) {
      const detail = `${what} is growing from ${formatBytes(before)} to ${formatBytes(room)}; this goes on in the background`
      return {status: 'changed', detail}
    }
    const after = measure()
    if (after > before) {
      return {status: 'changed', detail: `grew ${what} from ${formatBytes(before)} to ${formatBytes(after)}`}
    }
    if (succeeded(result)) return {status: 'unchanged', detail: what}
    const [tool] = commandFor(action)
    return failed(what, `could not grow ${what}: ${tool} ${describeEnd(withError(result))}`)
  },
}

/** These programs tell their progress besides, and often last; of all that the error is wanted. */
function withError(result: CommandResult): CommandResult {
  const error = result.output.split('\n').findLast(line => /^(ERROR|resize2fs|xfs_growfs|btrfs):/.test(line))
  return error === undefined ? result : {...result, output: error}
}

function commandFor({fileSystem, device, point, deviceId}: GrowFileSystemAction): Command['argv'] {
  if (fileSystem === 'ext') return ['resize2fs', device]
  if (fileSystem === 'xfs') return ['xfs_growfs', point]
  return ['btrfs', 'filesystem', 'resize', `${deviceId}:max`, point]
}
