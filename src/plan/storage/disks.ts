// The disks step: a file system that the context wants to fill its disk, and whatever lies between the two. A boot on
// which all is grown already, which is every one but the first, starts no program.

import type {Action} from '../../action.ts'
import type {GrowRequest} from '../../context/storage/disks.ts'
import type {BlockDevice} from '../../facts/storage/block-devices.ts'
import type {Storage} from '../../facts/storage/storage.ts'
import type {Volume} from '../../facts/storage/volumes.ts'
import type {Problem} from '../../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {planDevice, reachOf} from './grow-device.ts'

/** All of them together: what takes longer goes on by itself, so that the boot does not wait (contract §5). */
const patienceMs = 20_000

/** What growing each kind of file system takes, and where it comes from. */
const fileSystemTools = {
  ext: {tool: 'resize2fs', source: 'e2fsprogs'},
  xfs: {tool: 'xfs_growfs', source: 'xfsprogs'},
  btrfs: {tool: 'btrfs', source: 'btrfs-progs'},
} as const

/** Plans the growth of what GROW_ROOTFS and GROW_FS ask for. */
export function planDisks({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.disks]
  if (context === undefined || !facts.live) return nothingAsked(problems)
  const {storage} = facts
  const targets: {volume: Volume; device: BlockDevice}[] = []
  for (const request of context.growth) {
    const volume = storage.volumes.get(request.path)
    const refusal = refuse(request, volume, storage.isContained)
    if (refusal !== undefined) problems.push(refusal)
    const device = volume?.size?.bytes === undefined ? undefined : volume.device
    // Two directories of one file system are one target.
    if (device === undefined || targets.some(target => target.device.name === device.name)) continue
    targets.push({volume: volume!, device})
  }
  if (targets.length === 0) return nothingAsked(problems)
  const waitMs = patienceMs / targets.length
  const situation = {storage, waitMs, problems, taken: new Map<string, string>()}
  return {
    summary: targets.map(({volume}) => volume.point).join(', '),
    actions: targets.flatMap(({volume, device}) => planVolume(volume, device, situation)),
    problems,
    // A disk that has grown since is another request.
    request: targets.map(({volume, device}) => [volume.point, reachOf(device)]),
  }
}

/** Why what was named does not grow; what is only so by default is silent about it. */
function refuse(
  {path, asked}: GrowRequest,
  volume: Volume | undefined,
  isContained: boolean,
): Problem | undefined {
  if (asked === undefined) return undefined
  if (isContained) {
    const message = `${path} does not grow: the disks of a container are its host's`
    return {...asked, code: 'value-ignored', message, cure: 'enlarge it on the host'}
  }
  if (volume === undefined) {
    const message = `nothing is mounted at ${path}, so nothing grows there`
    return {...asked, code: 'value-rejected', message, cure: 'mount it by a line of /etc/fstab'}
  }
  if (volume.size?.bytes !== undefined) return undefined
  const message = `${path} is ${volume.type}, which cannot grow here`
  return {...asked, code: 'value-ignored', message, cure: 'ext2 to ext4, xfs and btrfs on a disk can'}
}

type Situation = {
  storage: Storage
  waitMs: number
  problems: Problem[]
  /** By the physical volume the file system that has what it gains. */
  taken: Map<string, string>
}

function planVolume(volume: Volume, device: BlockDevice, situation: Situation): Action[] {
  const {storage, waitMs, problems} = situation
  const {point, type, isReadOnly, size} = volume
  const found: Problem[] = []
  const {actions, bytes} = planDevice(device, storage, found)
  const isFull = bytes - size!.bytes! <= size!.slackBytes
  if (actions.length === 0 && isFull) {
    problems.push(...found)
    return []
  }
  if (isReadOnly) {
    const message = `${point} is mounted read-only, so it does not grow`
    problems.push({
      code: 'deed-left-out',
      message,
      cure: 'mount it for writing and run vmcontext boot --only disks',
    })
    return []
  }
  const rival = claim(point, device, actions, situation)
  if (rival !== undefined) {
    const message = `${point} does not grow: what its disks gain is for ${rival}`
    problems.push({code: 'deed-left-out', message})
    return []
  }
  problems.push(...found)
  const {tool, source} = fileSystemTools[size!.kind]
  if (!storage.growTools.has(tool)) {
    const message = `${tool} is not there, so the ${type} of ${point} does not grow`
    problems.push({code: 'tool-missing', message, cure: `install ${source}`})
    return actions
  }
  const {deviceId, kind} = size!
  const about = {point, type, device: device.path, name: device.name, deviceId, patienceMs: waitMs}
  return [...actions, {kind: 'grow-file-system', fileSystem: kind, ...about}]
}

/** Takes what the physical volumes gain for a logical volume, or tells for what it is taken already. */
function claim(
  point: string,
  {volume}: BlockDevice,
  actions: readonly Action[],
  {taken}: Situation,
): string | undefined {
  if (volume === undefined || !actions.some(({kind}) => kind === 'grow-logical-volume')) return undefined
  const ids = volume.physicalVolumes.map(({id}) => id)
  const rival = ids.map(id => taken.get(id)).find(other => other !== undefined)
  if (rival === undefined) for (const id of ids) taken.set(id, point)
  return rival
}
