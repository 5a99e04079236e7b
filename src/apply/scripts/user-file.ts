// Files of USER_DATA: a path that the user names, so it may lead anywhere. Every directory on the way is held open.
// Links that only root can make are followed as ever; where others can write, none is.

import type {Stats} from 'node:fs'
import {posix} from 'node:path'
import type {WriteUserFileAction} from '../../action/scripts.ts'
import {type FoundFile, hashBytes, writeManifest} from '../../report/manifest.ts'
import type {ReadFile} from '../../system/bounded.ts'
import {type Directory, isOnlyOurs, openDirectory} from '../../system/directory.ts'
import {SystemError, unlessRefused} from '../../system/errors.ts'
import type {Ownership} from '../../system/files.ts'
import type {System} from '../../system/system.ts'
import {own} from '../files.ts'
import {failed, type Handler, type Result, type Workshop} from '../workshop.ts'
import {resolveOwner} from './owner.ts'

export const writeUserFileHandler: Handler<WriteUserFileAction> = {
  async perform(action, workshop) {
    const {path} = action
    const {system} = workshop
    const wasMissing = workshop.isFileMissing
    workshop.isFileMissing = true
    const owner = await resolveOwner(system, action.owner)
    if (typeof owner === 'string')
      return failed(
        `file ${path}`,
        `could not write ${path}: ${owner}`,
        'name one that is there, or a number',
      )
    const made: string[] = []
    const {directory, isShared, name} = openPlace(system, path, owner, made)
    try {
      const result = put({directory, isShared, name, made}, action, owner, workshop)
      if (result.status !== 'failed') workshop.isFileMissing = wasMissing
      return result
    } finally {
      directory.close()
    }
  },
}

/** What the file is to hold. A text that it ends with already is not added again: the last run may have been killed. */
function compose({content, append}: WriteUserFileAction, current: Buffer | undefined): Buffer {
  const bytes = Buffer.from(content.reveal(), 'latin1')
  if (!append || current === undefined) return bytes
  const end = current.subarray(Math.max(0, current.length - bytes.length))
  return end.equals(bytes) ? current : Buffer.concat([current, bytes])
}

/** `isShared`: others than root may write it, or one on the way to it, and so put something else in its place. */
type Spot = {directory: Directory; isShared: boolean}
/** `made`: the directories that were made on the way, the deepest first. */
type Place = Spot & {name: string; made: readonly string[]}

function put(
  {directory, isShared, name, made}: Place,
  action: WriteUserFileAction,
  owner: Ownership,
  workshop: Workshop,
): Result {
  const {path, mode} = action
  const status = directory.entry(name)
  if (status !== undefined && !status.isFile())
    return failed(`file ${path}`, `could not write ${path}: something that is no file is there`)
  // What is said of it is of the file that is read: a user may exchange it at any moment.
  const there = directory.readWithStatus(name)
  const current = there?.bytes
  const gid = action.owner.group === '' ? (there?.status.gid ?? owner.gid) : owner.gid
  const hasRights = there !== undefined && isOf(there.status, {uid: owner.uid, gid, mode})
  const mayGain = action.append && isShared && there !== undefined && !hasRights
  const obstacle = mayGain ? refuseToAppend(directory, there.status) : undefined
  if (obstacle !== undefined) return failed(`file ${path}`, `could not append to ${path}: ${obstacle}`)
  const bytes = compose(action, current)
  const [before, after] = [current && hashBytes(current), hashBytes(bytes)]
  if (before === after && hasRights) return {status: 'unchanged', detail: path, after}
  // Not before the place is known to be no trap: what is entered is given back one day. The bytes that were read here
  // are kept, not what the path leads to by now.
  own(workshop, path, after, {found: there === undefined ? null : asFound(there), made})
  unlessRefused(
    () => workshop.recorder?.save(),
    () => undefined,
  )
  writeManifest(workshop.system, workshop.manifest)
  directory.write(name, bytes, mode, {uid: owner.uid, gid})
  const detail = `${current === undefined ? 'created' : 'wrote'} ${path}`
  return {status: 'changed', detail, paths: [path], before, after}
}

function isOf(status: Stats, {uid, gid, mode}: Ownership & {mode: number}): boolean {
  return status.uid === uid && status.gid === gid && (status.mode & 0o7777) === mode
}

/**
 * Why what is there must not come to have other rights: where others than root may write, they may have put a file
 * there that is not theirs to read, by a hard link or under another name.
 */
function refuseToAppend({status}: Directory, {nlink, uid}: Stats): string | undefined {
  if (nlink > 1) return 'it has other names, too, which its user may have made'
  const isTheirs = uid !== 0 && uid === status.uid
  return isTheirs ? undefined : `it belongs to the user ${uid}, and others may have put it there`
}

function asFound({bytes, status: {mode, uid, gid}}: ReadFile): FoundFile {
  return {bytes, mode, uid, gid}
}

/** More links in one path are a circle (path_resolution(7)). */
const linkLimit = 40

/** Opens the directory that a path leads to, made if it is missing: for the owner, as cloud-init has it. */
function openPlace(system: System, path: string, owner: Ownership, made: string[]): Spot & {name: string} {
  let place = path
  for (let links = 0; links <= linkLimit; links += 1) {
    const spot = descend(system, posix.dirname(place), owner, made)
    if (typeof spot === 'string') {
      place = posix.join(spot, posix.basename(place))
      continue
    }
    const name = posix.basename(place)
    const target = followOrClose(system, spot, name)
    if (target === undefined) return {...spot, name}
    place = target
  }
  throw new SystemError(`write ${path}`, Object.assign(new Error(), {code: 'ELOOP'}))
}

/** Goes down to a directory. Gives the path to go on with if a link is met. */
function descend(system: System, path: string, owner: Ownership, made: string[]): Spot | string {
  let directory = openDirectory(system.files.locate('/'), '')
  let isShared = false
  const parts = path.split('/').filter(Boolean)
  for (const [index, part] of parts.entries()) {
    const above = directory
    try {
      isShared ||= !isOnlyOurs(above.status)
      const target = follow(system, {directory: above, isShared}, part)
      if (target !== undefined) return posix.join(target, ...parts.slice(index + 1))
      if (above.entry(part) === undefined) {
        above.makeDirectory(part, 0o755, owner)
        made.unshift(`${above.path}/${part}`)
      }
      directory = above.open(part)
    } finally {
      above.close()
    }
  }
  return {directory, isShared: isShared || !isOnlyOurs(directory.status)}
}

/** Keeps the directory open only where the entry is what is meant. */
function followOrClose(system: System, spot: Spot, name: string): string | undefined {
  let target: string | undefined = ''
  try {
    target = follow(system, spot, name)
    return target
  } finally {
    if (target !== undefined) spot.directory.close()
  }
}

/** Where an entry leads if it is a symbolic link; undefined if it is none. */
function follow({files}: System, {directory, isShared}: Spot, name: string): string | undefined {
  if (!directory.entry(name)?.isSymbolicLink()) return undefined
  const path = `${directory.path}/${name}`
  if (!isShared) return posix.resolve(directory.path || '/', files.readLink(path) ?? '')
  throw new SystemError(`write through ${path}`, 'it is a symbolic link that others than root can make')
}
