// Checks free space, and whether what the agent writes to can be written at all.

import type {Problem} from '../../problem.ts'
import {formatBytes} from '../../report/sizes.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import {listLogins} from '../login/logins.ts'
import {doubtful, wrong} from '../problems.ts'
import {findLargestFile} from './largest-file.ts'
import {listVolumes, type Volume} from './volumes.ts'

export const spaceCheck: Check = {
  id: 'space',
  title: 'free space',
  examine(exam) {
    const {system} = exam
    const homes = listLogins(exam).flatMap(({account}) => account?.home ?? [])
    const volumes = listVolumes(system, [...writtenPaths(system), ...homes])
    return {
      facts: volumes.map(describeVolume),
      problems: volumes.flatMap(volume => judgeVolume(system, volume)),
    }
  },
}

/**
 * Of a tree /run and /tmp are no part: the guest mounts its own over them. The root itself need not be written where
 * these are mounted.
 */
function writtenPaths({live}: System): string[] {
  const paths = ['/etc', '/var', '/var/lib/vmcontext', '/var/log']
  return live ? [...paths, '/run', '/tmp'] : ['/', ...paths]
}

function describeVolume({point, freeBytes, totalBytes}: Volume): string {
  return `${point} ${tellBytes(freeBytes)} of ${formatBytes(totalBytes)} free`
}

/** What one boot writes: records, kept copies, network files, a report, some lines of a log. */
const neededBytes = 1024 * 1024
/** And what it may write where a script has much to say: its log is kept up to 1 MiB, twice, beside those of others. */
const comfortableBytes = 16 * neededBytes
/** A file is made beside the one that it replaces; a log, a kept copy and a directory more. */
const neededInodes = 16

function judgeVolume(system: System, volume: Volume): Problem[] {
  const {point: file, isReadOnly, freeBytes, totalBytes, totalInodes, freeInodes} = volume
  if (isReadOnly) return [describeReadOnly(volume)]
  const where = volume.paths.join(', ')
  const left = `${tellBytes(freeBytes)} of its ${formatBytes(totalBytes)} is free`
  if (freeBytes < Math.min(neededBytes, totalBytes / 2)) {
    const message = `this file system is full, ${left}: nothing can be written to ${where}${nameLargest(system, volume)}`
    return [wrong({file, message, cure: cureSpace(file)})]
  }
  if (totalInodes > 0 && freeInodes < neededInodes) {
    const message = `this file system has no room for more files, however small (${freeInodes} of ${totalInodes} inodes are free): nothing can be written to ${where}`
    return [wrong({file, message, cure: cureInodes(file)})]
  }
  if (volume.freeBytesOfUsers === 0) {
    const message = `this file system is full for all but root, for whom ${formatBytes(freeBytes)} are kept: services fail that write to ${where}`
    return [doubtful({file, message, cure: cureSpace(file)})]
  }
  // A small tmpfs, as /run may be, has less even when it is empty.
  if (totalBytes < 4 * comfortableBytes || freeBytes >= comfortableBytes) return []
  const message = `this file system is nearly full, ${left} (${where})${nameLargest(system, volume)}`
  return [doubtful({file, message, cure: cureSpace(file)})]
}

function tellBytes(bytes: number): string {
  return bytes === 0 ? 'nothing' : formatBytes(bytes)
}

function nameLargest(system: System, {device}: Volume): string {
  const largest = findLargestFile(system, device)
  return largest === undefined ? '' : `; ${largest.path} alone has ${formatBytes(largest.bytes)}`
}

function cureSpace(point: string): string {
  return `make room (du -xah ${point} | sort -h | tail shows what is large) or give the machine a larger disk; then vmcontext boot`
}

function cureInodes(point: string): string {
  return `remove what is there in thousands (du -x --inodes ${point} | sort -n | tail shows where); then vmcontext boot`
}

function describeReadOnly({point, paths}: Volume): Problem {
  const message = `this is mounted read-only: nothing can be written to ${paths.join(', ')}`
  const cure = `mount -o remount,rw ${point}; if it turned read-only by itself, dmesg tells of a damaged disk`
  return wrong({file: point, message, cure})
}
