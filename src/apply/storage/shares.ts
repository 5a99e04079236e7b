// Directories that the host shares by virtiofs: mounted, and unmounted once the context names them no more.

import type {MountSharedAction, UnmountSharedAction} from '../../action/storage.ts'
import {refuseMountPoint} from '../../context/storage/disks.ts'
import {findMount, readMounts} from '../../facts/storage/mounts.ts'
import {isLedAstray, type OwnShare, readOwnShares, writeOwnShares} from '../../facts/storage/shares.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut, type Result} from '../workshop.ts'

const timeoutMs = 10_000

export const mountSharedHandler: Handler<MountSharedAction> = {
  async perform({tag, point: wanted}, {system, mayExecute}) {
    const what = `${tag} at ${wanted}`
    if (!mayExecute) return leftOut(`mount ${what}`, 'nothing is mounted on another root')
    const {files} = system
    // Whatever it leads to by now: nothing is mounted through a link that somebody planted meanwhile.
    const point = files.followLinks(wanted)
    const refusal = isLedAstray(system, wanted) ? 'was linked by others than root' : refuseMountPoint(point)
    if (refusal !== undefined) return failed(what, `could not mount ${what}: ${point} ${refusal}`)
    const mount = findMount(readMounts(system), point)
    if (mount?.type === 'virtiofs' && mount.source === tag) return {status: 'unchanged', detail: what}
    if (mount !== undefined) {
      const message = `could not mount ${what}: ${mount.source} is mounted there`
      return failed(what, message, `unmount it, or choose another DISKx_MOUNT_POINT`)
    }
    files.makeDirectory(point)
    // Before, so that a run after a killed one knows it for ours.
    writeOwnShares(system, [...others(system, {tag, point}), {tag, point}])
    const result = await system.run({argv: ['mount', '-t', 'virtiofs', tag, point], timeoutMs})
    if (succeeded(result)) return {status: 'changed', detail: `mounted ${what}`}
    writeOwnShares(system, others(system, {tag, point}))
    // The reason stands in the first line; in the last mount(8) gives advice.
    const [reason = ''] = result.output.split('\n')
    const message = `could not mount ${what}: mount ${describeEnd({...result, output: reason})}`
    return failed(what, message, cureFor(system))
  },
}

export const unmountSharedHandler: Handler<UnmountSharedAction> = {
  async perform(share, {system, mayExecute}) {
    const {tag, point} = share
    const what = `${tag} from ${point}`
    if (!mayExecute) return leftOut(`unmount ${what}`, 'nothing is mounted on another root')
    const mount = findMount(readMounts(system), point)
    const isThere = mount?.type === 'virtiofs' && mount.source === tag
    const refusal = isThere ? await unmount(system, point, what) : undefined
    if (refusal !== undefined) return refusal
    writeOwnShares(system, others(system, share))
    return isThere ? {status: 'changed', detail: `unmounted ${what}`} : {status: 'unchanged', detail: what}
  },
}

async function unmount(system: System, point: string, what: string): Promise<Result | undefined> {
  const result = await system.run({argv: ['umount', point], timeoutMs})
  if (succeeded(result)) return undefined
  const message = `could not unmount ${what}: umount ${describeEnd(result)}`
  return failed(what, message, `end what uses it (fuser -m ${point}) and run vmcontext boot`)
}

function others(system: System, {tag, point}: OwnShare): OwnShare[] {
  return readOwnShares(system).filter(share => share.tag !== tag || share.point !== point)
}

function cureFor({files}: System): string {
  const isKnown = /\tvirtiofs$/m.test(files.readText('/proc/filesystems') ?? '')
  return isKnown
    ? 'the host offers nothing under this tag, or not to this machine: see the DISK of the template'
    : 'this kernel has no virtiofs: Linux has it since 5.4, in some distributions in a package of its own'
}
