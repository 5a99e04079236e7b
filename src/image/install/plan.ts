// The plan of `vmcontext install`: every deed in order, and what the record is to say before and after them.

import type {Problem} from '../../problem.ts'
import {keptDirectory, readManifest} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {sweepLeftovers} from '../leftovers.ts'
import {planTakeOver} from '../take-over/take-over.ts'
import type {AgentProgram} from './agent-program.ts'
import {type Changes, planChanges, planStateDirectories} from './changes.ts'
import type {InitSystem} from './init-system.ts'
import {planParts} from './parts.ts'
import type {Payload} from './payload.ts'
import {formatRecord, type InstallRecord, readRecord, recordPath} from './record.ts'
import {unitDirectory} from './start/systemd.ts'
import {rememberDirectories, rememberRenames} from './traces.ts'
import type {SharedChange} from './wanted.ts'

export type InstallRequest = {
  /** `vmcontext 1.2.3`. */
  agent: string
  payload: Payload
  /** Undefined where a package has put it in place. */
  program: AgentProgram | undefined
  takesOver: boolean
}

export type InstallPlan = {
  deeds: readonly Deed[]
  /** As it is to be in the end. */
  record: InstallRecord
  /** Which agent had been installed; undefined: none, as far as is known. */
  former: string | undefined
  notes: readonly string[]
  obstacles: readonly string[]
  problems: readonly Problem[]
}

/** Plans it all. Nothing of the root is run, nothing changed. */
export function planInstall(system: System, init: InitSystem, request: InstallRequest): InstallPlan {
  const {program, payload, agent} = request
  const isPackaged = program === undefined
  const problems: Problem[] = []
  const before = readRecord(system, problems)
  const parts = planParts(system, payload, init, {isPackaged, takesOver: request.takesOver})
  const wanted = [...(program?.wanted ?? []), ...parts.wanted]
  const changes = planChanges(system, wanted, before, path => isPackaged && !isShadowing(path))
  const installed: InstallRecord = {...before, agent, files: withoutFormer(changes.files)}
  const takeOver = request.takesOver
    ? planTakeOver(system, installed, readManifest(system, problems))
    : {deeds: [], problems: [], notes: [], record: installed}
  const {record} = takeOver
  const deeds = [
    ...keepDamaged(system, problems),
    ...changes.deeds,
    ...parts.shared.flatMap(planShared),
    ...takeOver.deeds,
  ]
  record.renamed = rememberRenames(before.renamed, parts.shared)
  record.directories = rememberDirectories(system, before.directories, deeds)
  return {
    deeds: withRecord(system, before, record, changes, deeds, system.live ? parts.tools : []),
    record,
    former: before.agent === '' ? undefined : before.agent,
    notes: [...changes.notes, ...takeOver.notes],
    obstacles: changes.obstacles,
    problems: [...problems, ...takeOver.problems],
  }
}

/** A record that is damaged still tells a person something. */
function keepDamaged({files}: System, problems: readonly Problem[]): Deed[] {
  const isDamaged = problems.some(({file}) => file === recordPath)
  const content = isDamaged ? files.read(recordPath) : undefined
  if (content === undefined) return []
  return [
    {kind: 'write', path: `${recordPath}.damaged`, content, mode: 0o600, reason: 'the record as it was'},
  ]
}

const shadowPlaces = [
  `${unitDirectory}/`,
  '/etc/udev/rules.d/',
  '/usr/lib/vmcontext/portable/',
  // The package's are compressed, and have other names.
  '/usr/share/man/',
  '/etc/runlevels/',
]

/** Debian's OpenRC runs the package's scripts of SysV init; of two that provide the same it starts neither. */
const openrcScripts = ['/etc/init.d/vmcontext', '/etc/init.d/vmcontext-final']

/** What would stand above the files of a package, or is of no use beside them. */
function isShadowing(path: string): boolean {
  return shadowPlaces.some(place => path.startsWith(place)) || openrcScripts.includes(path)
}

function withoutFormer(files: InstallRecord['files']): InstallRecord['files'] {
  return Object.fromEntries(Object.entries(files).map(([path, {former: _, ...entry}]) => [path, entry]))
}

function planShared(change: SharedChange): Deed[] {
  const {reason} = change
  if (change.kind === 'edit') {
    const {path, content, mode} = change
    return [{kind: 'write', path, content, mode, reason}]
  }
  return [{kind: 'rename', path: change.path, to: change.to, reason}]
}

/**
 * The record comes first, with everything that was ours and will be, so that a run that is killed is understood by the
 * next one; when all is done, it is settled (settle.ts). The tools come last: what they do is not taken back.
 */
function withRecord(
  system: System,
  before: InstallRecord,
  after: InstallRecord,
  changes: Changes,
  deeds: readonly Deed[],
  tools: readonly [string, ...string[]][],
): Deed[] {
  const content = formatRecord({...after, files: {...before.files, ...changes.files}})
  const touched = deeds.flatMap(deed => ('path' in deed ? [deed.path] : []))
  const all = [
    ...sweepLeftovers(system, after, [...Object.keys(before.files), ...touched]),
    ...dropSecondCopies([...changes.keep, ...deeds]),
  ]
  if (all.length === 0) return []
  const record: Deed = {
    kind: 'write',
    path: recordPath,
    content,
    mode: 0o600,
    reason: 'what is installed, for later',
  }
  return [
    ...planStateDirectories().filter(deed => 'path' in deed && system.files.status(deed.path) === undefined),
    ...(system.files.readText(recordPath) === content ? [] : [record]),
    ...all,
    ...tools.map(planTool),
  ]
}

/** Two files of the same bytes have one copy. */
function dropSecondCopies(deeds: readonly Deed[]): Deed[] {
  const kept = new Set<string>()
  return deeds.filter(deed => {
    if (deed.kind !== 'write' || !deed.path.startsWith(`${keptDirectory}/`)) return true
    const isSecond = kept.has(deed.path)
    kept.add(deed.path)
    return !isSecond
  })
}

function planTool(argv: readonly [string, ...string[]]): Deed {
  const words = argv.join(' ')
  return {
    kind: 'run',
    argv,
    purpose: `tell the guest's own tool (${words})`,
    timeoutMs: 60_000,
    optional: true,
    reason: 'so that it knows',
  }
}
