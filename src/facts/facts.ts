// Everything a planner has to know about the guest, gathered once, as plain data. A planner never asks the machine.

import type {Stats} from 'node:fs'
import type {ByteText} from '../action.ts'
import type {Dialect} from '../network/dialect.ts'
import type {Problem} from '../problem.ts'
import {type Manifest, readOriginals} from '../report/manifest.ts'
import {listRecords} from '../report/owned-nics.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {type Account, readAccounts, readGroupNames} from './accounts.ts'
import {readAuthorizedKeys} from './authorized-keys.ts'
import {chooseDialect, type DialectHere, listDialects} from './dialect-in-charge.ts'
import {type FileFact, type FileTree, readFileTree} from './files.ts'
import {type Link, readLinks} from './links.ts'
import {type ManagerName, nobody, readManagers, whoIsInCharge} from './network-managers.ts'
import {type OperatingSystem, readOperatingSystem, unknownSystem} from './operating-system.ts'
import {findRivals} from './rivals.ts'
import {readStartedServices} from './started-services.ts'
import {readSystemdVersion} from './systemd-version.ts'

export type Facts = {
  root: string
  /** The guest is the running machine, not a directory. */
  live: boolean
  os: OperatingSystem
  links: readonly Link[]
  /** The running kernel's host name; undefined on another root. */
  kernelHostname?: string | undefined
  accounts: readonly Account[]
  /** The text of authorized_keys of the accounts that may get or lose keys; one that cannot be read is absent. */
  authorizedKeys: ReadonlyMap<string, ByteText>
  groups: readonly string[]
  /** Which of the shells that an account may get are there. */
  shells: readonly string[]
  /** Who is in charge of the network; undefined if nobody is. */
  manager?: ManagerName | undefined
  /** The dialect that spells the network here; undefined if there is none for who is in charge. */
  dialect?: Dialect | undefined
  /** Somebody said that nobody's network files are to be written. */
  leavesNetwork: boolean
  /** Every dialect, with the use that is made of it here. */
  dialects: readonly DialectHere[]
  /** Landmarks of the dialects that are there. */
  landmarks: ReadonlySet<string>
  /** What is started when this guest boots. */
  services: ReadonlySet<string>
  systemdVersion?: number | undefined
  /** Where /etc/resolv.conf leads, if it is a symbolic link. */
  resolvConfTarget?: string | undefined
  /** The network service of this guest has run in this boot. */
  networkStarted: boolean
  /** The devices that the network service holds for up; undefined where it does not say. */
  devicesUp?: ReadonlySet<string> | undefined
  /** Those of them that the kernel has down: cards that were taken out and put in again. */
  devicesLost: ReadonlySet<string>
  files: FileTree
  /** Of files that are ours what stood there before; undefined: nothing. */
  originals: ReadonlyMap<string, FileFact | undefined>
  /** What could not be read, and who else does our work. */
  problems: readonly Problem[]
}

export type FactOptions = {
  /** Stands in for /sys on an image tree. */
  links?: readonly Link[] | undefined
  /** NETCFG_TYPE: who is in charge by decree, in order of preference. */
  networkType?: string | undefined
  /** The shells that the account may get, by path. */
  shells: readonly string[]
  /** The accounts whose keys are looked at. */
  keysOf: readonly string[]
  /** The files that are ours. */
  manifest: Manifest
}

/** Files that steps other than the network edit. */
const namedFiles = [
  '/etc/hostname',
  '/etc/HOSTNAME',
  '/etc/hosts',
  '/etc/sysconfig/network',
  '/etc/resolv.conf',
]

/** Gathers the facts. Reads only; nothing is started. */
export function gatherFacts(system: System, options: FactOptions): Facts {
  const problems: Problem[] = []
  /** What cannot be read costs itself. An ordinary user may make a plan, and then cannot look everywhere. */
  const orElse = <T>(read: () => T, otherwise: T): T =>
    unlessRefused(read, refusal => {
      problems.push({code: 'fact-missing', message: refusal.message})
      return otherwise
    })
  const started = orElse<ReadonlySet<string>>(() => readStartedServices(system), new Set())
  problems.push(...orElse(() => findRivals(system, started), []))
  const os = orElse(() => readOperatingSystem(system), unknownSystem)
  const managers = orElse(() => readManagers(system, started), nobody)
  const manager = whoIsInCharge(os, managers)
  const all = listDialects(managers, os)
  const choice = chooseDialect(manager, os, options.networkType, all)
  problems.push(...choice.problems)
  const {dialect} = choice
  const concerned =
    dialect === undefined
      ? []
      : all.filter(each => isConcerned(each, dialect, options.manifest)).map(each => each.dialect)
  const tree = readFileTree(
    system,
    known => [...namedFiles, ...concerned.flatMap(each => each.sources(known))],
    problems,
  )
  const accounts = orElse(() => readAccounts(system), [])
  const {files} = system
  const devicesUp = orElse(() => readDevicesUp(system, dialect), undefined)
  return {
    root: system.root,
    live: system.live,
    os,
    links: options.links ?? orElse(() => readLinks(system), []),
    kernelHostname: system.live
      ? orElse(() => files.readText('/proc/sys/kernel/hostname')?.trim(), undefined)
      : undefined,
    accounts,
    authorizedKeys: readKeys(system, accounts, options.keysOf, orElse),
    groups: orElse(() => readGroupNames(system), []),
    shells: options.shells.filter(path => orElse(() => isProgram(files.status(path)), false)),
    manager,
    dialect,
    dialects: all,
    landmarks: new Set(
      concerned
        .flatMap(each => each.landmarks ?? [])
        .filter(path => orElse(() => files.status(path) !== undefined, false)),
    ),
    services: started,
    systemdVersion: orElse(() => readSystemdVersion(system), undefined),
    resolvConfTarget: orElse(() => files.readLink('/etc/resolv.conf'), undefined),
    leavesNetwork: choice.isLeftAlone,
    networkStarted:
      system.live && (dialect?.serviceMarks ?? []).some(path => files.status(path) !== undefined),
    devicesUp,
    devicesLost: new Set([...(devicesUp ?? [])].filter(name => orElse(() => isLost(system, name), false))),
    files: tree,
    originals: orElse(() => readOriginals(system, options.manifest), new Map()),
    problems,
  }
}

/** The one in charge, those that somebody reads as well, those that stand in its way, and those with files of ours. */
function isConcerned({dialect, state}: DialectHere, inCharge: Dialect, {nics}: Manifest): boolean {
  if (dialect === inCharge || state !== 'absent') return true
  const records = Object.values(nics).flatMap(listRecords)
  return (
    (inCharge.displaces ?? []).includes(dialect.name) || records.some(each => each.dialect === dialect.name)
  )
}

type OrElse = <T>(read: () => T, otherwise: T) => T

function isProgram(status: Stats | undefined): boolean {
  return status?.isFile() === true && (status.mode & 0o111) !== 0
}

function readKeys(
  system: System,
  accounts: readonly Account[],
  names: readonly string[],
  orElse: OrElse,
): ReadonlyMap<string, ByteText> {
  const texts = new Map<string, ByteText>()
  for (const account of accounts.filter(({name}) => names.includes(name))) {
    const text = orElse(() => readAuthorizedKeys(system, account), undefined)
    if (typeof text === 'string') texts.set(account.name, text)
  }
  return texts
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
