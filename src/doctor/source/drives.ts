// What lies in the drives of a guest that has no context: an empty drive, somebody else's disc, one with a wrong label.

import type {Place} from '../../problem.ts'
import {type Drive, readDrives} from '../../source/drives.ts'
import {contextFileName} from '../../source/source.ts'
import type {Volume} from '../../source/superblock.ts'
import type {Exam} from '../exam.ts'
import {cureForDisc, cureForNoDisc} from './cures.ts'

type Words = Place & {message: string; cure: string}

/**
 * What is in them, for a person, and why none of it is a context; the likeliest first. `isAbsent`: nothing is there
 * that could have been meant as one.
 */
export function seeDrives({system}: Pick<Exam, 'system'>): {
  facts: string[]
  problems: Words[]
  isAbsent: boolean
} {
  const drives = readDrives(system).filter(drive => isCdDrive(drive) || isMeant(drive))
  const facts = drives.map(drive => `${drive.path}: ${describeDrive(drive)}`)
  const problems = drives.flatMap(drive => explainDrive(drive) ?? [])
  if (problems.length > 0) return {facts, problems, isAbsent: false}
  if (drives.length === 0) {
    const message = 'there is no context: this machine has no CD drive, and no disk with the label CONTEXT'
    return {facts: ['no CD drive'], problems: [{message, cure: cureForNoDisc}], isAbsent: true}
  }
  const message = `there is no context: ${drives.map(drive => `${describeContent(drive)} in ${drive.path}`).join(', ')}`
  return {facts, problems: [{message, cure: cureForNoDisc}], isAbsent: true}
}

function describeContent(drive: Drive): string {
  if (drive.state !== 'volume') return 'there is no disc'
  const {label} = drive.volume
  return `there is a disc ${label === '' ? 'without a label' : `labelled ${JSON.stringify(label)}`} and no context.sh`
}

/** `vfat with the label "cidata"`. */
export function describeVolume({type, label}: Volume): string {
  return `${type} ${label === '' ? 'without a label' : `labelled ${JSON.stringify(label)}`}`
}

function isCdDrive({name}: Drive): boolean {
  return name.startsWith('sr')
}

/** Labels by which other agents find their discs, and those that are ours but for a slip. */
const near = /context|^cdrom$|^(cidata|config-2|opennebula|one)$/i

function isMeant(drive: Drive): boolean {
  return drive.state === 'volume' && near.test(drive.volume.label)
}

function describeDrive(drive: Drive): string {
  switch (drive.state) {
    case 'volume':
      return describeVolume(drive.volume)
    case 'other':
      return 'something that is no file system of a disc'
    case 'no medium':
      return 'no disc in it'
    case 'not ready':
      return 'does not answer'
    case 'unreadable':
      return `cannot be read: ${drive.cause}`
  }
}

function explainDrive(drive: Drive): Words | undefined {
  const {path} = drive
  if (drive.state === 'unreadable')
    return {message: `${path} cannot be read: ${drive.cause}`, cure: cureForDisc}
  if (drive.state === 'not ready') {
    const cure = 'see dmesg for its driver; CONTEXT_WAIT in vmcontext.conf waits for it longer'
    return {message: `${path} is there and does not answer`, cure}
  }
  if (drive.state === 'other') {
    return {message: `what is in ${path} is no file system that a context comes on`, cure: cureForDisc}
  }
  return drive.state === 'volume' && isMeant(drive) ? explainVolume(path, drive.volume) : undefined
}

const ofOthers: Readonly<Record<string, string>> = {
  cidata: 'a disc for cloud-init (NoCloud)',
  'config-2': 'a disc for cloud-init (ConfigDrive)',
}

function explainVolume(path: string, volume: Volume): Words {
  const what = ofOthers[volume.label.toLowerCase()]
  if (what !== undefined) {
    const message = `the disc in ${path} is ${what}, labelled ${JSON.stringify(volume.label)}, and no context`
    return {message, cure: cureForNoDisc}
  }
  // Of ISO images those were looked into.
  const why =
    volume.type === 'iso9660' || volume.label === 'CONTEXT'
      ? `holds no ${contextFileName}`
      : 'has not the label CONTEXT'
  const message = `the disc in ${path} (${describeVolume(volume)}) is no context: it ${why}`
  const cure = `make it with the label CONTEXT and a ${contextFileName} at its top (vmcontext disc build does)`
  return {message, cure}
}
