// Mounting a context disc for as long as it is read, in a way that writes nothing to it and leaves nothing behind.

import {type MountFact, readMounts} from '../facts/storage/mounts.ts'
import type {Problem} from '../problem.ts'
import {readBootId} from '../system/clock.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {unlessRefused} from '../system/errors.ts'
import {isWayOurs, requireOwnDirectory} from '../system/own-place.ts'
import type {System} from '../system/system.ts'
import {type FileSystemType, readOnlyOptions} from './superblock.ts'

const timeoutMs = 20_000
const notePath = '/run/vmcontext/mounted'

/** A mounted disc; `unmount` is safe to call twice, and both calls wait for the one end. */
export type Mount = {directory: string; unmount(): Promise<readonly Problem[]>}

/**
 * Mounts a device or an image file read-only. Both paths are paths of this machine, whatever the root: mounting is
 * ours to do even where the guest is only a directory.
 *
 * @returns the mount, or why it failed in words.
 */
export async function mountVolume(
  machine: System,
  device: string,
  type: FileSystemType,
  place: MountPlace,
): Promise<Mount | string> {
  const isImage = machine.files.status(device)?.isFile() ?? false
  const options = `${readOnlyOptions(type)}${isImage ? ',loop' : ''}`
  const prepare = () => place.prepare(isImage ? undefined : device)
  const obstacle = unlessRefused(prepare, refusal => refusal.message)
  if (obstacle !== undefined) return obstacle
  const argv = ['mount', '-t', type, '-o', options, device, place.directory] as const
  const result = await machine.run({argv, timeoutMs})
  if (!succeeded(result)) {
    // mount(8) that died, or was too slow for us, may have done its work.
    const isThere = ({point, source}: MountFact) =>
      point === machine.files.followLinks(place.directory) && (isImage || source === device)
    const isMounted = () => readMounts(machine).some(isThere)
    if (result.ended !== 'exited' && unlessRefused(isMounted, () => true))
      await unmountDirectory(machine, place.directory)
    place.cleanUp()
    return `mount ${describeEnd(result)}`
  }
  const end = async () => {
    const problems = await unmountDirectory(machine, place.directory)
    // The note stays for the next run, which tries again.
    if (problems.length === 0) place.cleanUp()
    return problems
  }
  let ended: Promise<readonly Problem[]> | undefined
  return {
    directory: place.directory,
    unmount() {
      ended ??= end()
      return ended
    },
  }
}

/**
 * A directory to mount on, and what is to be done before and after. `layout` is one for the files of a context that
 * has no disc; never a mount point, it is made and removed with all that is in it.
 */
export type MountPlace = {
  directory: string
  layout: string
  /** Scripts are run from there, so that files have to be files; who only looks need not mount an ISO image. */
  runsScripts?: boolean
  prepare(device: string | undefined): void
  cleanUp(): void
  /** Where to mount instead, if the context has its own use for the directory. */
  elsewhere?: MountPlace | undefined
}

/** Where boot lays out the files of a context that has no disc: in memory, and gone when the run ends. */
export const bootLayout = '/run/vmcontext/guestinfo'

/**
 * Where boot mounts: the mount point of the settings, because scripts of 2.2 say `/mnt/context.sh` in their own text;
 * a directory of ours where that one is in use. It is noted, so that the run after a killed one can unmount it.
 */
export function placeForBoot(system: System, wanted: string): MountPlace {
  const ours = noted(system, '/run/vmcontext/context')
  const mayTake = unlessRefused(
    () => isFree(system, wanted),
    () => false,
  )
  return mayTake ? {...noted(system, wanted), elsewhere: ours} : ours
}

function noted(system: System, directory: string): MountPlace {
  const {files} = system
  return {
    directory,
    layout: bootLayout,
    runsScripts: true,
    prepare(device) {
      files.makeDirectory(directory)
      const note: Note = {bootId: readBootId(files), device, directory: files.followLinks(directory)}
      const write = () => {
        files.makeDirectory('/run/vmcontext')
        files.write(notePath, JSON.stringify(note), {mode: 0o600, durable: false})
      }
      // Without the note the mount works just as well; it only is not found again after a kill.
      unlessRefused(write, () => undefined)
    },
    // A note that stays is of a mount that is gone, as the next run sees.
    cleanUp: () =>
      unlessRefused(
        () => files.remove(notePath),
        () => undefined,
      ),
  }
}

/** Nothing is mounted there, it is an empty directory or can become one, and nobody can put a link in its place. */
function isFree(system: System, path: string): boolean {
  const {files} = system
  if (readMounts(system).some(({point}) => point === files.followLinks(path))) return false
  if (!isWayOurs(files, path) || !isWayOurs(files, files.followLinks(path))) return false
  const status = files.status(path)
  return status === undefined || (status.isDirectory() && files.list(path).length === 0)
}

/** Where a plan, or a boot on another root, mounts: a directory that exists only for as long as it looks. */
export function placeForLooking(machine: System): MountPlace {
  const directory = `/run/vmcontext-plan-${process.pid}`
  return {
    directory,
    layout: directory,
    prepare() {
      machine.files.makeDirectory(directory, 0o700)
      requireOwnDirectory(machine.files, directory)
    },
    cleanUp: () => machine.files.removeDirectory(directory),
  }
}

/** Ends the mount that a killed run of this boot left behind. What somebody else mounted there since then stays. */
export async function endLeftoverMount(system: System): Promise<void> {
  const note = readNote(system)
  if (note === undefined) return
  const isOurs = ({point, source}: MountFact) =>
    point === note.directory && (note.device === undefined || note.device === source)
  const isCurrent = note.bootId !== undefined && note.bootId === readBootId(system.files)
  if (isCurrent && readMounts(system).some(isOurs)) await unmountDirectory(system, note.directory)
  system.files.remove(notePath)
}

/**
 * What boot mounts where, for the run after a killed one. The device is left out where a loop device takes its place.
 */
type Note = {bootId: string | undefined; device?: string | undefined; directory: string}

function readNote(system: System): Note | undefined {
  try {
    const note = JSON.parse(system.files.readText(notePath) ?? 'null') as Note | null
    return typeof note?.directory === 'string' ? note : undefined
  } catch {
    return undefined
  }
}

// A daemon that a script left behind may stand in the directory: then the mount goes when the daemon does.
async function unmountDirectory(system: System, target: string): Promise<Problem[]> {
  const result = await system.run({argv: ['umount', target], timeoutMs, essential: true})
  if (succeeded(result)) return []
  const lazily = await system.run({argv: ['umount', '-l', target], timeoutMs, essential: true})
  if (succeeded(lazily)) return []
  const message = `the disc is still mounted at ${target}: umount ${describeEnd(lazily)}`
  return [{code: 'source-stuck', message, cure: `umount ${target}`}]
}
