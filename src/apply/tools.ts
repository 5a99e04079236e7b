// The programs of this machine that a deed may use.

import {findProgram} from '../system/programs.ts'
import {openSystem} from '../system/system.ts'

/** Tells whether a program is there. */
export function isInstalled(tool: string): boolean {
  return findTool(tool) !== undefined
}

/** Tells whether a program is busybox's, by where its link leads. */
export function isOfBusybox(path: string): boolean {
  return /busybox/.test(openSystem('/').files.followLinks(path))
}

/** Where a program lies. Those of this machine are meant, whatever root they are to work on. */
export function findTool(tool: string): string | undefined {
  return findProgram(openSystem('/'), tool)
}
