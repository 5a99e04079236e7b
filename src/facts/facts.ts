// Everything a planner has to know about the guest, gathered once, as plain data. A planner never asks the machine.

import type {ByteText} from '../action.ts'
import type {Dialect} from '../network/dialect.ts'
import type {Problem} from '../problem.ts'
import {SystemError} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {type Account, readAccounts, readGroupNames} from './accounts.ts'
import {readAuthorizedKeys} from './authorized-keys.ts'
import {chooseDialect} from './dialect-in-charge.ts'
import {type FileTree, readFileTree} from './files.ts'
import {type Link, readLinks} from './links.ts'
import {type ManagerName, readManagers, whoIsInCharge} from './network-managers.ts'
import {type OperatingSystem, readOperatingSystem} from './operating-system.ts'
import {findRivals} from './rivals.ts'

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
  /** The network service of this guest has run in this boot. */
  networkStarted: boolean
  /** The devices that ifupdown holds for up; undefined where it does not say. */
  devicesUp?: ReadonlySet<string> | undefined
  files: FileTree
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
}

/** Files that steps other than the network edit. */
const namedFiles = ['/etc/hostname', '/etc/HOSTNAME', '/etc/hosts', '/etc/sysconfig/network']

/** Gathers the facts. Reads only; nothing is started. */
export function gatherFacts(system: System, options: FactOptions): Facts {
  const os = readOperatingSystem(system)
  const manager = whoIsInCharge(os, readManagers(system))
  const {dialect, isLeftAlone, problems} = chooseDialect(manager, os, options.networkType)
  const accounts = readAccounts(system)
  return {
    root: system.root,
    live: system.live,
    os,
    links: options.links ?? readLinks(system),
    kernelHostname: system.live ? system.files.readText('/proc/sys/kernel/hostname')?.trim() : undefined,
    accounts,
    authorizedKeys: readKeys(system, accounts, options.keysOf),
    groups: readGroupNames(system),
    shells: options.shells.filter(path => system.files.status(path)?.isFile()),
    manager,
    dialect,
    leavesNetwork: isLeftAlone,
    networkStarted:
      system.live && (dialect?.serviceMarks ?? []).some(path => system.files.status(path) !== undefined),
    devicesUp: readDevicesUp(system),
    files: readFileTree(system, known => [...namedFiles, ...(dialect?.sources(known) ?? [])], problems),
    problems: [...findRivals(system), ...problems],
  }
}

function readKeys(
  system: System,
  accounts: readonly Account[],
  names: readonly string[],
): ReadonlyMap<string, ByteText> {
  const texts = new Map<string, ByteText>()
  for (const account of accounts.filter(({name}) => names.includes(name))) {
    const text = unlessRefused(() => readAuthorizedKeys(system, account))
    if (typeof text === 'string') texts.set(account.name, text)
  }
  return texts
}

/** An ordinary user may make a plan, and then cannot look everywhere. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

/** ifupdown notes each device it has brought up as `eth0=eth0`. */
function readDevicesUp(system: System): ReadonlySet<string> | undefined {
  const state = system.files.readText('/run/network/ifstate')
  if (state === undefined) return undefined
  return new Set(
    state
      .split('\n')
      .map(line => line.split('=')[0]!)
      .filter(Boolean),
  )
}
