// Everything a planner has to know about the guest, gathered once, as plain data. A planner never asks the machine.

import {sudoersPath} from '../context/login/sudo.ts'
import type {Problem} from '../problem.ts'
import {adoptedPaths, readOriginals} from '../report/manifest.ts'
import type {StepName} from '../steps.ts'
import {type SystemError, unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {describeRefusal, type FileFact, type FileTree, readFileTree} from './files.ts'
import {type Hooks, noHooks, readHooks} from './hooks.ts'
import {type AccountFacts, type AccountQuestions, readAccountFacts} from './login/account-facts.ts'
import {type NetworkFacts, type NetworkQuestions, readNetworkFacts} from './network/network-facts.ts'
import {hasOneEnv} from './one-env.ts'
import {type OperatingSystem, readOperatingSystem, unknownSystem} from './operating-system.ts'
import {findRivals} from './rivals.ts'
import {loginPath, readScreen, type Screen} from './screen.ts'
import {readStartedServices} from './started-services.ts'
import {readStorage, type Storage, type StorageRequest} from './storage/storage.ts'
import {readTimeZone, type TimeZone, timeZoneFiles} from './time-zone.ts'
import {readVmIdentity, type VmIdentity} from './vm-identity.ts'

export type Facts = NetworkFacts &
  AccountFacts & {
    root: string
    /** The guest is the running machine, not a directory. */
    live: boolean
    os: OperatingSystem
    /** The running kernel's host name; undefined on another root. */
    kernelHostname?: string | undefined
    /** What is started when this guest boots. */
    services: ReadonlySet<string>
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
    /** The steps that cannot be planned: the machine refused what they go by. Not the same as not being allowed to look. */
    blind: BlindSteps
    /** What could not be read, and who else does our work. */
    problems: readonly Problem[]
  }

/** Why a step cannot be planned. */
export type BlindSteps = ReadonlyMap<StepName, Problem>

export type FactOptions = Omit<NetworkQuestions, 'os' | 'services'> &
  AccountQuestions & {
    /** The time zone that the context names. */
    timeZone?: string | undefined
    /** What is asked of the disks; undefined: nothing. */
    storage?: StorageRequest | undefined
    /** Something is to be done once for this VM. */
    isVmAsked: boolean
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

/**
 * Reads something, or takes what holds where it cannot be read. `costs` are the steps that must not be planned on that:
 * what is not known would look to them as if it were not there.
 */
export type OrElse = <T>(read: () => T, otherwise: T, costs?: readonly StepName[]) => T

/** Gathers the facts. Reads only; nothing is started. */
export function gatherFacts(system: System, options: FactOptions): Facts {
  const problems: Problem[] = []
  const blind = new Map<StepName, Problem>()
  /** What cannot be read costs itself. An ordinary user may make a plan, and then cannot look everywhere. */
  const refuse = (refusal: SystemError, costs: readonly StepName[]) => {
    const problem = describeRefusal(refusal)
    if (refusal.unseen !== undefined || costs.length === 0) problems.push(problem)
    else for (const step of costs) blind.set(step, blind.get(step) ?? describeBlindness(problem))
  }
  const orElse: OrElse = (read, otherwise, costs = []) =>
    unlessRefused(read, refusal => {
      refuse(refusal, costs)
      return otherwise
    })
  const services = orElse<ReadonlySet<string>>(() => readStartedServices(system), new Set(), ['network'])
  problems.push(...orElse(() => findRivals(system, services), []))
  const os = orElse(() => readOperatingSystem(system), unknownSystem, ['network', 'hostname', 'time-zone'])
  const network = readNetworkFacts(system, {...options, os, services}, problems, orElse)
  const asked = options.timeZone === undefined ? namedFiles : [...namedFiles, ...timeZoneFiles]
  const named = [...asked, ...adoptedPaths(options.manifest)]
  const sources = (known: FileTree) => network.concernedDialects.flatMap(each => each.sources(known))
  const patterns = (known: FileTree) => [...named, ...sources(known)]
  const files = readFileTree(system, patterns, (refusal, path) => refuse(refusal, editorsOf(path)))
  return {
    root: system.root,
    live: system.live,
    os,
    services,
    kernelHostname: orElse(() => readKernelHostname(system), undefined),
    ...network,
    ...readAccountFacts(system, options, orElse),
    timeZone: orElse(() => readTimeZone(system, options.timeZone), undefined, ['time-zone']),
    screen: orElse(() => readScreen(system, files), {isContainer: false, goesDark: false}, ['console']),
    hasOneEnv: orElse(() => hasOneEnv(system), false, ['onegate']),
    storage: readStorage(system, options.storage, orElse),
    hooks: orElse(() => readHooks(system), noHooks, ['local-hooks', 'final-hooks']),
    vm: options.isVmAsked ? readVmIdentity(system) : undefined,
    files,
    originals: orElse(() => readOriginals(system, options.manifest), new Map(), ['network']),
    blind,
    problems,
  }
}

/** The steps that edit a file, by its path or the directory that it is in; the network's are many. */
function editorsOf(path: string): readonly StepName[] {
  return editors[path] ?? ['network']
}

const editors: Readonly<Record<string, readonly StepName[]>> = {
  '/etc/hostname': ['hostname'],
  '/etc/HOSTNAME': ['hostname'],
  '/etc/hosts': ['hostname'],
  '/etc/sysconfig/network': ['hostname', 'network'],
  '/etc/timezone': ['time-zone'],
  '/etc/sysconfig/clock': ['time-zone'],
  [sudoersPath]: ['sudo'],
  [loginPath]: ['console'],
}

function describeBlindness({message}: Problem): Problem {
  const cure = 'see dmesg for errors of the disk and run vmcontext boot again'
  return {code: 'deed-failed', message: `${message}; nothing is done that goes by it`, cure}
}

function readKernelHostname({files, live}: System): string | undefined {
  return live ? files.readText('/proc/sys/kernel/hostname')?.trim() : undefined
}
