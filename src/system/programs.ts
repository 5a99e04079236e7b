// Where the programs of a guest lie.

import {toolDirectories} from './commands.ts'
import type {System} from './system.ts'

/** Where a program lies, in the first of the directories that tools are looked for in; undefined if in none. */
export function findProgram({files}: Pick<System, 'files'>, name: string): string | undefined {
  return toolDirectories
    .map(directory => `${directory}/${name}`)
    .find(path => files.status(path) !== undefined)
}
