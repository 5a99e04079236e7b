// What a dialect is: it spells the one network model in the files of one network manager, and touches nothing.

import type {FileAction, RunAction} from '../action.ts'
import type {FileFact, FileTree} from '../facts/files.ts'
import type {OperatingSystem} from '../facts/operating-system.ts'
import type {Problem} from '../problem.ts'
import type {LinkName, Network} from './model.ts'

export type DialectName = 'interfaces' | 'redhat' | 'suse' | 'netplan' | 'networkd' | 'nm'

/** What has to become of the files of a dialect. A NIC stands in one of the three at most. */
export type Change = {
  /** NICs that get a definition of ours, in place of any other that they have in this dialect. */
  network: Network
  /** NICs that another dialect defines: every definition of them in this one goes. */
  withdraw: readonly LinkName[]
  /** NICs that are no longer ours: our definition goes, and what stood there before us comes back. */
  giveBack: readonly LinkName[]
}

/** What a dialect knows of the guest. */
export type Surroundings = {
  os: OperatingSystem
  /** The files that it asked for, as they are now. */
  files: FileTree
  /** For each file that is ours now what stood there before us; undefined: nothing. */
  originals: ReadonlyMap<string, FileFact | undefined>
  /** Which of its landmarks there are. */
  landmarks: ReadonlySet<string>
  /** The names of services that something starts at boot, without `.service`. */
  services: ReadonlySet<string>
  /** The version of systemd, e.g. 252; undefined where there is none. */
  systemdVersion?: number | undefined
  /** Where /etc/resolv.conf leads, if it is a symbolic link. */
  resolvConfTarget?: string | undefined
  /** Who shall carry out what netplan reads, if somebody said so. */
  netplanRenderer?: 'networkd' | 'NetworkManager' | undefined
  /** The network service has run in this boot, so that files alone bring nothing up any more. */
  isStarted: boolean
}

/** The files to write or remove, and what could not be said in this dialect. */
export type Rendering = {
  files: FileAction[]
  problems: Problem[]
  /**
   * The interfaces whose definition becomes another, comes or goes; a VLAN by its own name. A file that they share may
   * change without any of them.
   */
  changed: readonly string[]
  /** Of interfaces that were given back those that have a definition again, one by which they are brought up at boot. */
  restored: readonly string[]
}

/** What is to be activated once files have changed, or an interface is found to be down. */
export type Activation = {
  /** Interfaces to take down by the definition in force before anything is written. */
  down: readonly string[]
  /** Interfaces to bring up by their new one. */
  up: readonly string[]
  network: Network
}

export type Dialect = {
  name: DialectName
  /** For people: "ifupdown", "Red Hat network-scripts". */
  title: string
  /** What else NETCFG_TYPE may call it. */
  otherNames: readonly string[]
  /** Dialects whose definitions of our NICs stand in the way of this one, enabled or not. */
  displaces?: readonly DialectName[]
  /**
   * Files of the running system, any of which tells that the network service has run in this boot, so that files
   * alone bring nothing up any more. All lie where a boot begins empty.
   */
  serviceMarks: readonly string[]
  /** Where the service notes each interface that it holds for up, `eth0=eth0` a line; the first that is there counts. */
  stateFiles?: readonly string[]
  /** Paths of programs and links whose presence it has to know; their content is not read. */
  landmarks?: readonly string[]
  /**
   * Patterns of the files that the rendering edits or has to know; `*` stands for any characters within a name.
   * Called again with what has been read until nothing new is asked for, so that a file can name others.
   */
  sources(known: FileTree): readonly string[]
  /** Spells the network. A file whose text would not change is not in the result. */
  render(change: Change, surroundings: Surroundings): Rendering
  /**
   * The commands that make files count: `before` they are written, and `after`. Called whenever a file changes or an
   * interface is down, also in a boot whose network service is still to come (`isStarted` is false); there most
   * dialects need none.
   */
  activate(activation: Activation, surroundings: Surroundings): {before: RunAction[]; after: RunAction[]}
  /** Somebody makes resolv.conf of the name servers in this dialect's files. Else the agent writes it itself. */
  resolvesNames(surroundings: Surroundings): boolean
}
