// The guests of the scenarios as planning sees them: what a context would make of their network files, without a boot.

import {join} from 'node:path'
import {readContext} from '../../src/context/context.ts'
import {type Facts, gatherFacts} from '../../src/facts/facts.ts'
import type {FileTree} from '../../src/facts/files.ts'
import type {Link} from '../../src/facts/network/links.ts'
import type {Network} from '../../src/network/model.ts'
import type {PlanInput} from '../../src/plan/input.ts'
import {planNetwork} from '../../src/plan/network/network.ts'
import type {Problem} from '../../src/problem.ts'
import type {Manifest} from '../../src/report/manifest.ts'
import {readManifest} from '../../src/report/manifest.ts'
import {settle} from '../../src/settings/settings.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDisc} from '../context/sample-disc.ts'
import {tree} from './samples.ts'

/** A guest for each dialect, and of ifcfg files both readers. */
export const bases = {
  interfaces: 'debian-12',
  busybox: 'alpine-3.20',
  redhat: 'centos-7',
  suse: 'opensuse-15.6',
  'suse 11': 'opensuse-11.2',
  netplan: 'ubuntu-24.04',
  networkd: 'debian-13-networkd',
  nm: 'rocky-9',
} as const
export type Base = keyof typeof bases

export type Planned = {
  network: Network
  /** Texts of the files that the plan writes. */
  written: Readonly<Record<string, string>>
  /** Every network file once it is done. */
  files: Readonly<Record<string, string>>
  removed: readonly string[]
  mtus: readonly string[]
  problems: readonly Problem[]
}

export type Planner = (
  context: string,
  links: readonly Link[],
  files?: Readonly<Record<string, string>>,
) => Planned

/** Opens a guest; what is given is a function that plans its network. `files` stand in for its own. */
export function openGuest(base: Base): Planner {
  const system = openSystem(join(import.meta.dirname, '../scenarios/bases', bases[base]))
  const problems: Problem[] = []
  const manifest = readManifest(system, problems)
  const facts = gatherFacts(system, {links: [], shells: [], keysOf: [], isVmAsked: false, manifest})
  return (context, links, files) => plan(facts, manifest, context, links, files)
}

function plan(
  facts: Facts,
  manifest: Manifest,
  text: string,
  links: readonly Link[],
  files?: Readonly<Record<string, string>>,
): Planned {
  const disc = makeDisc(text)
  const {context, problems} = readContext(disc)
  const before: FileTree = files === undefined ? facts.files : tree(files)
  const input: PlanInput = {
    context,
    isContextUnreadable: false,
    contextProblems: problems,
    settings: settle([], disc, []),
    facts: {...facts, links, files: before},
    manifest,
    isForced: false,
  }
  const {network, actions, problems: found} = planNetwork(input)
  const written: Record<string, string> = {}
  const after = Object.fromEntries(Array.from(before, ([path, {content}]) => [path, content]))
  const removed: string[] = []
  const mtus: string[] = []
  for (const action of actions) {
    if (action.kind === 'write') after[action.path] = written[action.path] = action.content
    if (action.kind === 'set-mtu') mtus.push(`${action.device} ${action.mtu}`)
    if (action.kind !== 'remove') continue
    delete after[action.path]
    removed.push(action.path)
  }
  return {network, written, files: after, removed, mtus, problems: found}
}
