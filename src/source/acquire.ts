// Finds the context: the first row of contract §1 that is present wins, and none is guessed. There is no network
// source, ever: anyone on the wire can answer a link-local address (the class of CVE-2024-6174).

import {basename, dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Problem} from '../problem.ts'
import {openSystem, type System} from '../system/system.ts'
import {type Drive, readDrive, readDrives} from './drives.ts'
import {acquireGuestinfo} from './guestinfo.ts'
import {describeIsoSource, openIso} from './iso/iso-source.ts'
import {type MountPlace, mountVolume} from './mount.ts'
import {
  contextFileName,
  type FoundSource,
  type Recognition,
  type Source,
  type SourceFiles,
  unreadable,
} from './source.ts'
import {identifyVolume, superblockLength, type Volume} from './superblock.ts'
import {keepWithin} from './within.ts'

export type SourceRequest = {
  /** What the caller names; a path of this machine, whatever the root. */
  path?: string | undefined
  /** TARGET of vmcontext.conf. */
  target?: string | undefined
  waitMs: number
  /** Wait also for a disc that may still be put into an empty drive. */
  waitForDisc: boolean
  place: MountPlace
}

/** Discs are mounted on this machine even where the guest is only a directory. */
const machine = openSystem('/')
/** How many discs without a telling label are looked into. */
const discLimit = 16
const pollMs = 100

/** Looks for a context and makes its files readable. The caller releases what was found. */
export async function acquireSource(system: System, request: SourceRequest): Promise<Source> {
  if (request.path !== undefined) return acquireNamed(request.path, request.place)
  const deadline = performance.now() + request.waitMs
  for (;;) {
    const drives = readDrives(system)
    const source = (await searchDrives(system, drives, request)) ?? findDirectory(system)
    if (source !== undefined) return source
    const isWorthWaiting = request.waitForDisc || drives.some(drive => drive.state === 'not ready')
    if (!isWorthWaiting || performance.now() >= deadline) return searchElsewhere(system, drives, request)
    await sleep(pollMs)
  }
}

/** The last row is a process, and so asked once, when no drive and no directory is going to have a context. */
async function searchElsewhere(
  system: System,
  drives: readonly Drive[],
  request: SourceRequest,
): Promise<Source> {
  return (await acquireGuestinfo(system, request.place.layout)) ?? describeAbsence(system, drives, request)
}

/** Row 1: a directory, a context.sh, an image or a device that the caller names. */
async function acquireNamed(path: string, place: MountPlace): Promise<Source> {
  const status = machine.files.status(path)
  if (status === undefined)
    return unreadable(path, 'it does not exist', 'name a directory, a context.sh, an image or a device')
  if (status.isDirectory()) return openDirectory(machine.files, 'named', path)
  // Reading a pipe would wait for whoever writes into it.
  if (!status.isFile() && !status.isBlockDevice())
    return unreadable(path, 'it is neither a directory nor a file nor a disc')
  const head = machine.files.readAt(path, 0, superblockLength) ?? Buffer.alloc(0)
  const volume = identifyVolume(head)
  if (volume !== undefined) return openDisc('named', path, volume, place)
  // A text has none: it is an image that is damaged, or anything else.
  if (status.isFile() && !head.includes(0))
    return {...found(machine.files, 'named', path, dirname(path)), contextFile: basename(path)}
  const also = status.isFile() ? ', nor is it a text' : ''
  return unreadable(path, `there is no file system on it that a context comes on${also}`)
}

async function searchDrives(
  system: System,
  drives: readonly Drive[],
  request: SourceRequest,
): Promise<Source | undefined> {
  const labelled = (label: string) =>
    drives.filter(drive => drive.state === 'volume' && drive.volume.label === label)
  const contexts = labelled('CONTEXT')
  if (contexts.length > 0)
    return withRivals(await openDrive(system, 'label CONTEXT', contexts[0]!, request), contexts)
  const target = request.target === undefined ? undefined : readDrive(system, request.target)
  const others = drives.filter(drive => drive.state === 'volume' && drive.volume.type === 'iso9660')
  const candidates: [Recognition, Drive][] = [
    ...labelled('CDROM').map((drive): [Recognition, Drive] => ['label CDROM', drive]),
    ...(target === undefined ? [] : [['TARGET', target] as [Recognition, Drive]]),
    ...others.slice(0, discLimit).map((drive): [Recognition, Drive] => ['disc', drive]),
  ]
  return firstWithContext(system, candidates, request)
}

/** Of discs that only may be ours, the first that holds a context.sh; one that cannot be read is remembered. */
async function firstWithContext(
  system: System,
  candidates: readonly [Recognition, Drive][],
  request: SourceRequest,
): Promise<Source | undefined> {
  let failure: Source | undefined
  const seen = new Set<string>()
  for (const [recognition, drive] of candidates) {
    if (seen.has(drive.name)) continue
    seen.add(drive.name)
    const source = await openDrive(system, recognition, drive, request)
    if (source.state === 'found') return source
    if (recognition !== 'disc') failure ??= source.state === 'unreadable' ? source : undefined
  }
  return failure
}

async function openDrive(
  system: System,
  recognition: Recognition,
  drive: Drive,
  request: SourceRequest,
): Promise<Source> {
  if (drive.state === 'unreadable') return unreadable(drive.path, drive.cause)
  if (drive.state !== 'volume') return {state: 'no disc', problems: []}
  return openDisc(recognition, system.files.locate(drive.path), drive.volume, request.place)
}

/** Opens a disc or an image: mounted, or read by ourselves where nothing has to run from it. */
async function openDisc(
  recognition: Recognition,
  device: string,
  volume: Volume,
  place: MountPlace,
): Promise<Source> {
  if (volume.type === 'iso9660' && !place.runsScripts) {
    const image = openIso(machine.files, device)
    if (typeof image === 'string') return unreadable(device, image)
    const source = describeIsoSource(image, device, recognition)
    return source.state === 'found' || !isOneOfMany(recognition) ? source : {state: 'no disc', problems: []}
  }
  const mount = await mountVolume(machine, device, volume.type, place)
  if (typeof mount === 'string') return unreadable(device, mount)
  const files = keepWithin(machine.files, mount.directory)
  if (files.status(`${mount.directory}/${contextFileName}`)?.isFile()) {
    return {...found(files, recognition, device, mount.directory), release: mount.unmount}
  }
  await mount.unmount()
  if (isOneOfMany(recognition)) return {state: 'no disc', problems: []}
  return unreadable(device, `there is no ${contextFileName} on it`, 'make the disc again')
}

/** Any disc may be found this way; that this one holds no context is no mistake. */
function isOneOfMany(recognition: Recognition): boolean {
  return recognition === 'label CDROM' || recognition === 'disc'
}

/** Row 5: LXC guests get the context as a directory. */
function findDirectory(system: System): Source | undefined {
  return system.files.list('/context').length > 0
    ? openDirectory(system.files, 'directory', '/context')
    : undefined
}

function openDirectory(files: SourceFiles, recognition: Recognition, path: string): Source {
  if (files.status(`${path}/${contextFileName}`)?.isFile()) return found(files, recognition, path, path)
  return unreadable(path, `there is no ${contextFileName} in it`)
}

function found(files: SourceFiles, recognition: Recognition, origin: string, directory: string): FoundSource {
  const release = () => Promise.resolve([])
  return {
    state: 'found',
    recognition,
    origin,
    directory,
    files,
    contextFile: contextFileName,
    problems: [],
    release,
  }
}

function withRivals(source: Source, candidates: readonly Drive[]): Source {
  if (candidates.length < 2) return source
  const others = candidates.slice(1).map(drive => drive.path)
  const message = `${candidates.length} discs are labelled CONTEXT; ${candidates[0]!.path} is taken, not ${others.join(', ')}`
  return {...source, problems: [...source.problems, {code: 'choice-made', message}]}
}

function describeAbsence(system: System, drives: readonly Drive[], request: SourceRequest): Source {
  // Not the same as no drive: a disc may be there, and nobody can see it.
  if (system.live && system.files.status('/sys/class') === undefined)
    return unreadable('what is in the drives', '/sys is not mounted', 'mount -t sysfs sysfs /sys')
  const problems: Problem[] = []
  if (request.target !== undefined && !drives.some(drive => drive.name === request.target)) {
    const message = `TARGET names ${request.target}, and this machine has no such drive`
    problems.push({code: 'value-ignored', key: 'TARGET', message})
  }
  const broken = drives.find(drive => drive.name.startsWith('sr') && drive.state === 'unreadable')
  if (broken?.state === 'unreadable') return unreadable(broken.path, broken.cause)
  return {state: drives.some(drive => drive.name.startsWith('sr')) ? 'no disc' : 'no drive', problems}
}
