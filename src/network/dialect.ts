// What a dialect is: it spells the one network model in the files of one network manager, and touches nothing.

import type {FileAction, RunAction} from '../action.ts'
import type {FileTree} from '../facts/files.ts'
import type {Problem} from '../problem.ts'
import type {Network} from './model.ts'

export type DialectName = 'interfaces' | 'redhat' | 'suse'

/** The files to write or remove, and what could not be said in this dialect. */
export type Rendering = {
  files: FileAction[]
  problems: Problem[]
  /** The devices whose definition becomes another. A file that they share may change without any of them. */
  changed: readonly string[]
}

export type Dialect = {
  name: DialectName
  /** For people: "ifupdown", "Red Hat network-scripts". */
  title: string
  /** What else NETCFG_TYPE may call it. */
  otherNames: readonly string[]
  /**
   * Files of the running system, any of which tells that the network service has run in this boot, so that files
   * alone bring nothing up any more. All lie where a boot begins empty.
   */
  serviceMarks: readonly string[]
  /**
   * Patterns of the files that the rendering edits or has to know; `*` stands for any characters within a name.
   * Called again with what has been read until nothing new is asked for, so that a file can name others.
   */
  sources(known: FileTree): readonly string[]
  /** Spells the network. `files` holds what is there now; a file whose text would not change is not in the result. */
  render(network: Network, files: FileTree): Rendering
  /** The commands that bring up these devices after the service has already run. */
  bringUp(devices: readonly string[]): RunAction[]
  /** The commands that take these devices down by the definition in force before anything is written. */
  takeDown(devices: readonly string[]): RunAction[]
}
