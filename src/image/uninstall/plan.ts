// The plan of `vmcontext uninstall`: what starts the agent goes first and the agent last; what it displaced returns. What
// contexts have made of the guest stays, the network above all.

import type {Problem} from '../../problem.ts'
import type {Manifest} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {programPath} from '../install/agent-program.ts'
import {readInitSystem} from '../install/init-system.ts'
import type {InstalledFile, InstallRecord} from '../install/record.ts'
import {sweepLeftovers} from '../leftovers.ts'
import {planEntries} from './files.ts'
import {describeRivalry, planNetworkReturn} from './network.ts'
import {findDeadLinks, planEdits, planLinks, planRenames} from './shared.ts'

export type UninstallPlan = {
  deeds: readonly Deed[]
  problems: readonly Problem[]
  /** Something that was changed stays, and copies of what stood there before with it. */
  keepsCopies: boolean
}

/** Tells whether anything was installed here, wholly or in part. */
export function isInstalled({agent, files, displaced}: InstallRecord): boolean {
  return agent !== '' || Object.keys(files).length > 0 || Object.keys(displaced).length > 0
}

/** Plans it all. Nothing of the root is run, nothing changed. What is done already takes no deed. */
export function planUninstall(
  system: System,
  record: InstallRecord,
  manifest: Manifest,
  {restoresNetwork}: {restoresNetwork: boolean},
): UninstallPlan {
  const {links, files, program} = sortEntries(record.files)
  const parts = [
    planEntries(system, links, 'it starts the agent'),
    planEntries(system, files, 'a part of the agent'),
    planEntries(system, program, 'the agent'),
    planEntries(system, record.displaced, 'what it held back is at work again'),
  ]
  const [started, removed, agent, displaced] = parts.map(({deeds}) => deeds)
  const network = restoresNetwork
    ? planNetworkReturn(system, manifest, record)
    : {deeds: [], problems: describeRivalry(system, manifest, record)}
  const problems = parts.flatMap(each => each.problems)
  const deeds = [
    ...started!,
    ...planLinks(system, record),
    ...planEdits(system),
    ...planRenames(system, record),
    ...removed!,
    ...displaced!,
    ...network.deeds,
    ...agent!,
    ...sweepLeftovers(system, record),
    ...planDirectories(system, record),
  ]
  return {
    deeds: [...planStops(system, record), ...deeds, ...planTools(system, deeds)],
    problems: [...problems, ...findDeadLinks(system, record), ...network.problems],
    keepsCopies: problems.length > 0,
  }
}

type Entries = Record<string, InstalledFile>

/** Links by which it is started, the program, and everything else. */
function sortEntries(files: Readonly<Entries>): {links: Entries; files: Entries; program: Entries} {
  const pick = (choose: (path: string, entry: InstalledFile) => boolean) =>
    Object.fromEntries(Object.entries(files).filter(([path, entry]) => choose(path, entry)))
  return {
    links: pick((_, {link}) => link !== undefined),
    files: pick((path, {link}) => link === undefined && path !== programPath),
    program: pick((path, {link}) => link === undefined && path === programPath),
  }
}

/** What watches and would start the agent any moment. Its own services have ended, and the network is not touched. */
function planStops(system: System, {files}: InstallRecord): Deed[] {
  if (!isUnderSystemd(system)) return []
  const names = Object.keys(files).map(path => path.slice(path.lastIndexOf('/') + 1))
  const units = [...new Set(names)].filter(name => /\.(path|timer)$/.test(name))
  return units.map(unit => ({
    kind: 'run',
    argv: ['systemctl', 'stop', unit],
    purpose: `stop ${unit}`,
    timeoutMs: 30_000,
    optional: true,
    reason: 'it would start the agent',
  }))
}

/** Those of the guest take notice. insserv also knows by what it starts whoever has his links back. */
function planTools(system: System, deeds: readonly Deed[]): Deed[] {
  const isInsserv = system.live && readInitSystem(system).kind === 'insserv'
  const tools: [string, ...string[]][] = [
    ...(isUnderSystemd(system) ? [['systemctl', 'daemon-reload'] as [string, ...string[]]] : []),
    ...(isInsserv ? [['insserv'] as [string]] : []),
  ]
  if (deeds.length === 0) return []
  return tools.map(argv => ({
    kind: 'run',
    argv,
    purpose: `tell the guest's own tool (${argv.join(' ')})`,
    timeoutMs: 60_000,
    optional: true,
    reason: 'so that it knows',
  }))
}

function isUnderSystemd({live, files}: System): boolean {
  return live && files.status('/run/systemd/system')?.isDirectory() === true
}

/** The deepest first; one that somebody else has put something in stays. */
function planDirectories({files}: System, {directories}: InstallRecord): Deed[] {
  const present = directories.filter(path => files.status(path)?.isDirectory())
  return present
    .toSorted()
    .toReversed()
    .map(path => ({
      kind: 'remove-directory',
      path,
      reason: 'it was made for the agent; it stays if others have put something there',
    }))
}
