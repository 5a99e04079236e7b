// The program that is installed: the one that is running, or in the portable form the directory that it runs from.

import {SystemError} from '../../system/errors.ts'
import {findOwnExecutable} from '../../system/executable.ts'
import {openFiles} from '../../system/files.ts'
import {readElfMachine} from '../target.ts'
import type {Wanted} from './wanted.ts'

export const programPath = '/usr/sbin/vmcontext'
const portableDirectory = '/usr/lib/vmcontext/portable'

export type AgentProgram = {
  /** It brings its own C library, and needs none of the guest's. */
  isPortable: boolean
  /** What it is built for; undefined if it is no program at all. */
  machine: string | undefined
  wanted: readonly Wanted[]
}

/**
 * Finds the program. `portable` is the directory of the portable form, which its wrapper names in VMCONTEXT_PORTABLE;
 * `built` is what the build has left, for a run from the sources.
 *
 * @throws SystemError if there is none.
 */
export function findAgentProgram(portable: string | undefined, built: string | undefined): AgentProgram {
  if (portable !== undefined && portable !== '') return findPortable(portable)
  const from = findOwnExecutable() ?? built
  const machine = openFiles('/')
  if (from === undefined || machine.status(from) === undefined) {
    const cause = new Error(`there is no ${from}; npm run build makes it`)
    throw new SystemError('find the program to install, for vmcontext is run from its sources', cause)
  }
  const wanted: Wanted = {kind: 'copy', path: programPath, from, mode: 0o755, reason: 'the agent'}
  return {isPortable: false, machine: readElfMachine(machine, from), wanted: [wanted]}
}

/** Loader, libraries, program and licences lie together; what is in /usr/sbin leads there. */
function findPortable(directory: string): AgentProgram {
  const machine = openFiles('/')
  const names = listTree(directory)
  const wrapper: Wanted = {
    kind: 'file',
    path: programPath,
    content: `#!/bin/sh\nexec ${portableDirectory}/vmcontext "$@"\n`,
    mode: 0o755,
    reason: 'starts the agent with the libraries that it brings along',
  }
  const wanted = names.map((name): Wanted => {
    const from = `${directory}/${name}`
    const mode = (machine.status(from)?.mode ?? 0) & 0o111 ? 0o755 : 0o644
    return {
      kind: 'copy',
      path: `${portableDirectory}/${name}`,
      from,
      mode,
      reason: 'the agent and its libraries',
    }
  })
  const binary = `${directory}/vmcontext.bin`
  if (machine.status(binary) === undefined || !names.includes('vmcontext')) {
    throw new SystemError(
      `install from ${directory}`,
      new Error('it does not hold the portable vmcontext (VMCONTEXT_PORTABLE)'),
    )
  }
  return {isPortable: true, machine: readElfMachine(machine, binary), wanted: [...wanted, wrapper]}
}

/** The regular files of a directory of this machine, by relative path. */
function listTree(directory: string, below = ''): string[] {
  const machine = openFiles('/')
  return machine.list(`${directory}/${below}`).flatMap(name => {
    const path = below === '' ? name : `${below}/${name}`
    const status = machine.status(`${directory}/${path}`)
    return status?.isDirectory() ? listTree(directory, path) : status?.isFile() ? [path] : []
  })
}
