// What a context asks of the guest's disks: file systems that fill them, swap, directories shared by the host
// (contract §3).

import type {Place, Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isNo, isYes, pickVariable, readPlainValue} from '../variables.ts'

/** A file system that shall fill its disk. */
export type GrowRequest = {
  /** Where it is mounted, or its device. */
  path: string
  /** Where that was asked for; undefined: by default. */
  asked?: Place | undefined
}

/** A directory of the host, by the tag it is offered under. */
export type Share = {tag: string; point: string; place: Place}

/** The variables that name no disk by number. */
export const diskVariables = ['GROW_ROOTFS', 'GROW_FS'] as const
export const swapVariables = ['IGNORE_SWAP'] as const

/** Tells whether a variable names a directory shared by the host: `DISK0_MOUNT_TAG`, `DISK0_MOUNT_POINT`. */
export function isShareVariable(name: string): boolean {
  return /^DISK\d+_MOUNT_(TAG|POINT)$/.test(name)
}

/** Reads GROW_ROOTFS, which is YES unless it says otherwise, and GROW_FS: paths, set apart by blanks. */
export function readGrowth(disc: Disc, problems: Problem[]): GrowRequest[] {
  const root = readAnswer(disc, 'GROW_ROOTFS', true, problems)
  const variable = pickVariable(disc.variables, 'GROW_FS')
  const paths = (variable?.value ?? '').split(/\s+/).filter(Boolean)
  const requests = paths.flatMap((text): GrowRequest[] => {
    const asked = placeOf(disc, variable!)
    const path = text.startsWith('/') ? normalize(text) : text
    if (/^\/[^\x00-\x1f\x7f]*$/.test(path)) return [{path, asked}]
    const message = `${JSON.stringify(text)} is no absolute path, so nothing grows for it`
    problems.push({...asked, code: 'value-rejected', message, cure: 'name mount points, such as / or /data'})
    return []
  })
  const all = root ? [{path: '/'}, ...requests] : requests
  return all.filter(({path}, index) => all.findIndex(other => other.path === path) === index)
}

/** Reads IGNORE_SWAP: whether swap that is found is to be used. */
export function readUsesSwap(disc: Disc, problems: Problem[]): boolean {
  return readAnswer(disc, 'IGNORE_SWAP', false, problems) === false
}

/** Every directory that is to be mounted could be read: another one that was mounted is no longer wanted. */
export function areSharesKnown({dropped, isComplete}: Disc): boolean {
  return isComplete && ![...dropped].some(isShareVariable)
}

/** Reads DISKx_MOUNT_TAG and DISKx_MOUNT_POINT, in the order of x. */
export function readShares(disc: Disc, problems: Problem[]): Share[] {
  const numbers = [...disc.variables.keys()].flatMap(name =>
    isShareVariable(name) ? [Number(name.slice(4, name.indexOf('_')))] : [],
  )
  const shares: Share[] = []
  for (const number of [...new Set(numbers)].sort((one, other) => one - other)) {
    const share = readShare(disc, `DISK${number}`, problems)
    const rival = shares.find(({point}) => point === share?.point)
    if (share !== undefined && rival === undefined) shares.push(share)
    if (share === undefined || rival === undefined) continue
    const message = `${rival.place.key} has ${share.point} already, so ${share.tag} is not mounted`
    problems.push({...share.place, code: 'value-rejected', message})
  }
  return shares
}

/** Why nothing of the host may be mounted on a path, in words; undefined if it may. */
export function refuseMountPoint(path: string): string | undefined {
  if (!path.startsWith('/')) return 'is no absolute path'
  if (/[\x00-\x1f\x7f]/.test(path)) return 'has control characters'
  if (path.split('/').includes('..')) return 'has `..` in it'
  const plain = normalize(path)
  const isLocal = plain.startsWith('/usr/local/')
  const isSystem = !isLocal && systemTrees.some(tree => plain === tree || plain.startsWith(`${tree}/`))
  return isSystem || systemDirectories.includes(plain) ? 'is a directory of the system itself' : undefined
}

/** What the guest needs to run, with all that is below it. */
const systemTrees = [
  ...['/proc', '/sys', '/dev', '/run', '/boot', '/etc', '/root', '/usr'],
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/var/lib/vmcontext'],
]

/** What has parts of the guest in it, some of which a mount there would hide. */
const systemDirectories = [
  '/',
  '/home',
  '/tmp',
  '/var',
  '/var/lib',
  '/var/log',
  '/var/tmp',
  '/var/cache',
  '/var/spool',
]

/** A path without repeated or trailing slashes. */
function normalize(path: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return `/${parts.join('/')}`
}

function readShare(disc: Disc, disk: string, problems: Problem[]): Share | undefined {
  const names = [`${disk}_MOUNT_TAG`, `${disk}_MOUNT_POINT`] as const
  const [tag, point] = names.map(name => pickVariable(disc.variables, name))
  if (tag === undefined || point === undefined) {
    const present = tag ?? point
    // Both are empty, or what is missing was told already.
    if (present === undefined || names.some(name => disc.dropped.has(name))) return undefined
    const missing = names[tag === undefined ? 0 : 1]
    const message = `there is no ${missing} to it, so nothing is mounted`
    problems.push({...placeOf(disc, present), code: 'value-rejected', message})
    return undefined
  }
  return checkShare(disc, tag, point, problems)
}

function checkShare(disc: Disc, tag: Assignment, point: Assignment, problems: Problem[]): Share | undefined {
  const tagText = readPlainValue(tag) ?? ''
  const path = point.value.replace(/\r$/, '').trim()
  const refusal = refuseMountPoint(path)
  if (refusal !== undefined) {
    const message = `${JSON.stringify(path)} ${refusal}, so ${JSON.stringify(tagText)} is not mounted there`
    const cure = 'choose a directory such as /srv/share or one below /mnt'
    problems.push({...placeOf(disc, point), code: 'value-rejected', message, cure})
    return undefined
  }
  // VIRTIO 1.2, 5.11.4: a tag has 36 bytes at most. mount(8) would take a leading `-` for an option.
  if (tagText === '' || tagText.startsWith('-') || Buffer.byteLength(tagText) > 36) {
    const message = `${JSON.stringify(tagText)} cannot be the tag of a shared directory, so it is not mounted`
    problems.push({...placeOf(disc, tag), code: 'value-rejected', message})
    return undefined
  }
  return {tag: tagText, point: normalize(path), place: placeOf(disc, tag)}
}

/** The answer of a variable; undefined where one may stand in what could not be read. */
function readAnswer(disc: Disc, name: string, otherwise: boolean, problems: Problem[]): boolean | undefined {
  if (disc.dropped.has(name)) return undefined
  const variable = pickVariable(disc.variables, name)
  if (variable === undefined) return disc.isComplete ? otherwise : undefined
  if (isYes(variable.value)) return true
  if (!isNo(variable.value)) {
    const message = 'this is neither YES nor NO, so it is taken for NO'
    problems.push({...placeOf(disc, variable), code: 'value-adjusted', message})
  }
  return false
}
