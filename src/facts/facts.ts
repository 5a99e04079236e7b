// Everything a planner has to know about the guest, gathered once, as plain data. A planner never asks the machine.

import type {Stats} from 'node:fs'
import {sudoersPath} from '../context/login/sudo.ts'
import type {Dialect} from '../network/dialect.ts'
import type {Problem} from '../problem.ts'
import {type Manifest, readOriginals} from '../report/manifest.ts'
import {listRecords} from '../report/owned-nics.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {type FileFact, type FileTree, readFileTree} from './files.ts'
import {type Hooks, noHooks, readHooks} from './hooks.ts'
import {type Account, readAccounts, readGroupNames} from './login/accounts.ts'
import {type KeysFacts, readKeysFacts} from './login/keys-facts.ts'
import {type LoginFacts, type LoginQuestions, noLoginFacts, readLoginFacts} from './login/login.ts'
import {type NameServiceAnswer, nothingElsewhere, type UnaskedAccount} from './login/name-service.ts'
import {noSshd, readSshd, type Sshd} from './login/sshd.ts'
import {chooseDialect, type DialectHere, listDialects} from './network/dialect-in-charge.ts'
import {type Link, readLinks} from './network/links.ts'
import {type ManagerName, nobody, readManagers, whoIsInCharge} from './network/network-managers.ts'
import {hasOneEnv} from './one-env.ts'
import {type OperatingSystem, readOperatingSystem, unknownSystem} from './operating-system.ts'
import {findRivals} from './rivals.ts'
import {loginPath, readScreen, type Screen} from './screen.ts'
import {readStartedServices} from './started-services.ts'
import {readStorage, type Storage, type StorageRequest} from './storage/storage.ts'
import {readSystemdVersion} from './systemd-version.ts'
import {readTimeZone, type TimeZone, timeZoneFiles} from './time-zone.ts'
import {readVmIdentity, type VmIdentity} from './vm-identity.ts'

export type Facts = {
  root: string
  /** The guest is the running machine, not a directory. */
  live: boolean
  os: OperatingSystem
  links: readonly Link[]
  /** The running kernel's host name; undefined on another root. */
  kernelHostname?: string | undefined
  /** Those of /etc/passwd, and of those that were asked for also what a directory service has. */
  accounts: readonly Account[]
  /** Those that a directory service may have, which does not answer. */
  unaskedAccounts: readonly UnaskedAccount[]
  login: LoginFacts
  /** Of the accounts that may get or lose keys. */
  authorizedKeys: ReadonlyMap<string, KeysFacts>
  sshd: Sshd
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
  /** What is there for the time zone that the context names; undefined if it names none. */
  timeZone?: TimeZone | undefined
  screen: Screen
  files: FileTree
  /** Of files that are ours what stood there before; undefined: nothing. */
  originals: ReadonlyMap<string, FileFact | undefined>
  /** There is a file of ours for the tool `onegate`. */
  hasOneEnv: boolean
  /** What the steps for disks have to know. */
  storage: Storage
  /** The hooks of the image. */
  hooks: Hooks
  /** What tells this VM from its clones; looked up only where something is done once for good. */
  vm?: VmIdentity | undefined
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
  /** What a directory service answered. */
  nameService?: NameServiceAnswer | undefined
  /** What has to be known for the account of the context. */
  login?: LoginQuestions | undefined
  /** The accounts whose keys are looked at. */
  keysOf: readonly string[]
  /** The time zone that the context names. */
  timeZone?: string | undefined
  /** What is asked of the disks; undefined: nothing. */
  storage?: StorageRequest | undefined
  /** Something is to be done once for this VM. */
  isVmAsked: boolean
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
  sudoersPath,
  loginPath,
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
  const named = options.timeZone === undefined ? namedFiles : [...namedFiles, ...timeZoneFiles]
  const tree = readFileTree(
    system,
    known => [...named, ...concerned.flatMap(each => each.sources(known))],
    problems,
  )
  const {nameService = nothingElsewhere, login} = options
  const accounts = [...orElse(() => readAccounts(system), []), ...nameService.accounts]
  const {files} = system
  const sshd =
    system.live || options.keysOf.length > 0
      ? orElse(() => readSshd(system, options.keysOf.length > 0), noSshd)
      : noSshd
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
    unaskedAccounts: nameService.unasked,
    login: login === undefined ? noLoginFacts : orElse(() => readLoginFacts(system, login), noLoginFacts),
    authorizedKeys: readKeysFacts(system, sshd.settings, options.keysOf, orElse),
    sshd,
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
    timeZone: orElse(() => readTimeZone(system, options.timeZone), undefined),
    screen: orElse(() => readScreen(system, tree), {isContainer: false, goesDark: false}),
    hasOneEnv: orElse(() => hasOneEnv(system), false),
    storage: readStorage(system, options.storage, orElse),
    hooks: orElse(() => readHooks(system), noHooks),
    vm: options.isVmAsked ? readVmIdentity(system) : undefined,
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

function isProgram(status: Stats | undefined): boolean {
  return status?.isFile() === true && (status.mode & 0o111) !== 0
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
