// What has to be known of the network of the guest: its links, who is in charge, and what state that is in.

import type {Dialect} from '../../network/dialect.ts'
import type {Problem} from '../../problem.ts'
import type {Manifest} from '../../report/manifest.ts'
import {listRecords} from '../../report/owned-nics.ts'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import type {OperatingSystem} from '../operating-system.ts'
import {readSystemdVersion} from '../systemd-version.ts'
import {chooseDialect, type DialectHere, listDialects} from './dialect-in-charge.ts'
import {type Link, readLinks} from './links.ts'
import {type ManagerName, nobody, readManagers, whoIsInCharge} from './network-managers.ts'

export type NetworkFacts = {
  links: readonly Link[]
  /** Who is in charge of the network; undefined if nobody is. */
  manager?: ManagerName | undefined
  /** The dialect that spells the network here; undefined if there is none for who is in charge. */
  dialect?: Dialect | undefined
  /** Somebody said that nobody's network files are to be written. */
  leavesNetwork: boolean
  /** Every dialect, with the use that is made of it here. */
  dialects: readonly DialectHere[]
  /** Those whose files may have to be edited. */
  concernedDialects: readonly Dialect[]
  /** Landmarks of the dialects that are there. */
  landmarks: ReadonlySet<string>
  systemdVersion?: number | undefined
  /** Where /etc/resolv.conf leads, if it is a symbolic link. */
  resolvConfTarget?: string | undefined
  /** The network service of this guest has run in this boot. */
  networkStarted: boolean
  /** The devices that the network service holds for up; undefined where it does not say. */
  devicesUp?: ReadonlySet<string> | undefined
  /** Those of them that the kernel has down: cards that were taken out and put in again. */
  devicesLost: ReadonlySet<string>
}

export type NetworkQuestions = {
  os: OperatingSystem
  /** What is started when this guest boots. */
  services: ReadonlySet<string>
  /** Stands in for /sys on an image tree. */
  links?: readonly Link[] | undefined
  /** NETCFG_TYPE: who is in charge by decree, in order of preference. */
  networkType?: string | undefined
  manifest: Manifest
}

/** Reads it all. Who cannot be put in charge as asked is a problem. */
export function readNetworkFacts(
  system: System,
  {os, services, links, networkType, manifest}: NetworkQuestions,
  problems: Problem[],
  orElse: OrElse,
): NetworkFacts {
  const {files, live} = system
  const managers = orElse(() => readManagers(system, services), nobody, ['network'])
  const manager = whoIsInCharge(os, managers)
  const dialects = listDialects(managers, os)
  const {dialect, isLeftAlone, problems: refused} = chooseDialect(manager, os, networkType, dialects)
  problems.push(...refused)
  const isConcerned = (each: DialectHere) => dialect !== undefined && mayBeEdited(each, dialect, manifest)
  const concernedDialects = dialects.filter(isConcerned).map(each => each.dialect)
  const exists = (path: string) => orElse(() => files.status(path) !== undefined, false, ['network'])
  const devicesUp = orElse(() => readDevicesUp(system, dialect), undefined, ['network'])
  return {
    links: links ?? orElse(() => readLinks(system), [], ['network', 'hostname']),
    manager,
    dialect,
    leavesNetwork: isLeftAlone,
    dialects,
    concernedDialects,
    landmarks: new Set(concernedDialects.flatMap(each => each.landmarks ?? []).filter(exists)),
    systemdVersion: orElse(() => readSystemdVersion(system), undefined, ['network']),
    resolvConfTarget: orElse(() => files.readLink('/etc/resolv.conf'), undefined, ['network']),
    networkStarted: live && (dialect?.serviceMarks ?? []).some(exists),
    devicesUp,
    devicesLost: new Set(
      [...(devicesUp ?? [])].filter(name => orElse(() => isLost(system, name), false, ['network'])),
    ),
  }
}

/** The one in charge, those that somebody reads as well, those that stand in its way, and those with files of ours. */
function mayBeEdited({dialect, state}: DialectHere, inCharge: Dialect, {nics}: Manifest): boolean {
  if (dialect === inCharge || state !== 'absent') return true
  const records = Object.values(nics).flatMap(listRecords)
  return (
    (inCharge.displaces ?? []).includes(dialect.name) || records.some(each => each.dialect === dialect.name)
  )
}

function readDevicesUp({files}: System, dialect: Dialect | undefined): ReadonlySet<string> | undefined {
  const states = (dialect?.stateFiles ?? []).map(path => files.readText(path))
  const state = states.find(text => text !== undefined)
  if (state === undefined) return undefined
  return new Set(
    state
      .split('\n')
      .map(line => line.split('=')[0]!)
      .filter(Boolean),
  )
}

/** IFF_UP (netdevice(7)) is not set. */
function isLost({files}: System, name: string): boolean {
  const flags = files.readText(`/sys/class/net/${name}/flags`)?.trim()
  return flags !== undefined && (Number(flags) & 1) === 0
}
