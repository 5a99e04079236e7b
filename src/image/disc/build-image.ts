// Writing a context disc: by the program that OpenNebula calls, where it is installed, else by a writer of our own.

import {resolve} from 'node:path'
import type {Problem} from '../../problem.ts'
import {SystemError} from '../../system/errors.ts'
import {pathBeside} from '../../system/image-file.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import {removeTree} from '../../system/trees.ts'
import {growTree} from './entries.ts'
import {writeIsoImage} from './iso-image.ts'
import {type IsoTool, isoTools, runIsoTool} from './iso-tool.ts'

export type DiscEntry = {
  /** On the disc, relative, `/` between its parts. */
  path: string
  /** Bytes, or a regular file of this machine. */
  content: Uint8Array | {from: string}
  mode: number
}

export type BuildRequest = {
  output: string
  /** Undefined: `CDROM`, which mkisofs writes if nobody says otherwise. */
  label: string | undefined
  entries: readonly DiscEntry[]
  /** Which program writes it; undefined: the first that is installed. */
  tool?: IsoTool | 'vmcontext' | undefined
}

export type BuiltImage = {
  /** What wrote it. */
  tool: IsoTool | 'vmcontext'
  problems: Problem[]
}

/** Writes the disc atomically. @throws SystemError if nothing could be written. */
export async function buildDiscImage(machine: System, request: BuildRequest): Promise<BuiltImage> {
  const {files} = machine
  const output = resolve(request.output)
  const label = request.label ?? 'CDROM'
  if (!/^[\x20-\x7e]{1,32}$/.test(label))
    throw new SystemError(`write ${request.output}`, new Error('a label has 1 to 32 characters of ASCII'))
  const status = files.status(output)
  // A disk would be replaced by a file of its name.
  if (status !== undefined && !status.isFile())
    throw new SystemError(`write ${request.output}`, new Error('something that is no file is there'))
  // Whatever wrote what a killed run has left.
  for (const suffix of ['new', 'files'] as const) removeTree(files, pathBeside(files, output, suffix))
  const {root, problems} = growTree(files, request.entries)
  const tool = request.tool ?? isoTools.find(name => findProgram(machine, name) !== undefined) ?? 'vmcontext'
  if (tool !== 'vmcontext') {
    const failure = await runIsoTool(machine, tool, {output, label, root})
    if (failure === undefined) return {tool, problems}
    const message = `${tool} ${failure}; the image is written without it`
    problems.push({code: 'choice-made', message})
  }
  writeIsoImage(files, output, label, root)
  return {tool: 'vmcontext', problems}
}
