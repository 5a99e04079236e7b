// The machine as the agent sees it: one value that every gatherer and every deed gets. Nothing outside this folder
// imports node:fs, node:child_process or execa.

import {type Command, type CommandResult, runCommand} from './commands.ts'
import {type Directory, openDirectory} from './directory.ts'
import {type Files, type Ownership, openFiles} from './files.ts'
import {asUser} from './identity.ts'

export type System = {
  /** `/`, or the directory that stands for the guest's root file system. */
  root: string
  /** True where the guest is the running machine: its kernel may be asked, its programs may be run. */
  live: boolean
  files: Files
  run(command: Command): Promise<CommandResult>
  /** Opens a directory and holds it open. The caller closes it. */
  openDirectory(path: string): Directory
  /** Does something with the rights of a user and nothing more (identity.ts). */
  asUser<T>(owner: Ownership, action: () => T): T
}

/** Opens the running machine (`/`) or a directory that holds a guest's root file system. */
export function openSystem(root: string): System {
  const files = openFiles(root)
  return {
    root,
    live: root === '/',
    files,
    run: runCommand,
    openDirectory: path => openDirectory(files.locate(path), path),
    asUser,
  }
}
