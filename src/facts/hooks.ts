// The hooks that the maker of an image puts into /etc/vmcontext.d/local and /etc/vmcontext.d/final. They are run as
// root, so none counts that somebody else than root could have written.

import type {Stats} from 'node:fs'
import type {Problem} from '../problem.ts'
import {type Stage, stages} from '../steps.ts'
import type {System} from '../system/system.ts'

export type Hook = {name: string; path: string}
export type Hooks = Readonly<Record<Stage, StageHooks>>
/** In the order in which they are run, and what is there and is not run. */
export type StageHooks = {hooks: readonly Hook[]; problems: readonly Problem[]}

const parent = '/etc/vmcontext.d'

/** Lists the hooks of both stages. */
export function readHooks(system: System): Hooks {
  const names = Object.keys(stages) as Stage[]
  return Object.fromEntries(names.map(stage => [stage, readStage(system, stage)])) as Hooks
}

export const noHooks: Hooks = {local: {hooks: [], problems: []}, final: {hooks: [], problems: []}}

function readStage(system: System, stage: Stage): StageHooks {
  const directory = `${parent}/${stage}`
  // In the order of bytes, as run-parts has it.
  const names = system.files.list(directory).filter(name => !name.startsWith('.'))
  const refusal = names.length === 0 ? undefined : refuseDirectories(system, [parent, directory])
  if (refusal !== undefined) return {hooks: [], problems: [refusal]}
  const hooks: Hook[] = []
  const problems: Problem[] = []
  for (const name of names) {
    const path = `${directory}/${name}`
    const problem = judge(path, name, system)
    if (problem === undefined) hooks.push({name: `${stage}/${name}`, path})
    else if (problem !== 'switched off') problems.push(problem)
  }
  return {hooks, problems}
}

/** Who can write a directory decides what is in it. */
function refuseDirectories({files}: System, paths: readonly string[]): Problem | undefined {
  for (const path of paths) {
    const status = files.status(path)
    const fault = status && findFault(status)
    if (fault === undefined) continue
    const message = `${path} ${fault}, so none of its hooks is run`
    return {code: 'hook-refused', file: path, message, cure: `chown root ${path}; chmod go-w ${path}`}
  }
  return undefined
}

/** What editors and package managers leave beside a file; run-parts passes such names over as well. */
const leftovers =
  /(~|,v|\.(bak|orig|old|new|save|swp|tmp|disabled|(dpkg|ucf)-\w+|rpm(save|new|orig)|cfsaved))$/

function judge(path: string, name: string, {files}: System): Problem | 'switched off' | undefined {
  const entry = files.linkStatus(path)
  // As systemd's units are masked.
  if (entry?.isSymbolicLink() && files.readLink(path) === '/dev/null') return 'switched off'
  const passed = (reason: string): Problem => {
    return {code: 'hook-passed-over', file: path, message: `this ${reason}, so it is no hook`}
  }
  if (entry === undefined || entry.isDirectory()) return passed('is a directory')
  if (leftovers.test(name)) return passed('has the name of a copy that was left behind')
  if (!/^[A-Za-z0-9_.-]+$/.test(name))
    return passed('has other characters in its name than A-Z a-z 0-9 _ . -')
  const refused = (reason: string, cure: string): Problem => {
    return {code: 'hook-refused', file: path, message: `this hook ${reason}, so it is not run`, cure}
  }
  if (!entry.isFile()) return refused('is no regular file', 'put the file itself there')
  const fault = findFault(entry)
  if (fault !== undefined) return refused(fault, `chown root ${path}; chmod go-w ${path}`)
  return (entry.mode & 0o111) === 0 ? passed('is not executable') : undefined
}

function findFault({uid, mode}: Stats): string | undefined {
  if (uid !== 0) return `belongs to the user ${uid} and not to root`
  return (mode & 0o022) === 0 ? undefined : 'can be written by others than root'
}
