// The machine as the agent sees it: one value that every gatherer and every deed gets. Nothing outside this folder
// imports node:fs, node:child_process or execa.

import {type Command, type CommandResult, runCommand} from './commands.ts'
import {type Files, openFiles} from './files.ts'

export type System = {
  /** `/`, or the directory that stands for the guest's root file system. */
  root: string
  /** True where the guest is the running machine: its kernel may be asked, its programs may be run. */
  live: boolean
  files: Files
  run(command: Command): Promise<CommandResult>
}

/** Opens the running machine (`/`) or a directory that holds a guest's root file system. */
export function openSystem(root: string): System {
  return {root, live: root === '/', files: openFiles(root), run: runCommand}
}
