// Making the network of before count on a running guest: interfaces that change go down by the definition in force, the
// files return, and those that had a definition before come up by it.

import type {ExpectedInterface} from '../action/network.ts'
import type {RunAction} from '../action.ts'
import type {FileTree} from '../facts/files.ts'
import {interfaceOf, type LinkName, type Network, noNetwork} from '../network/model.ts'
import {describeSurroundings} from '../plan/network/network-files.ts'
import {describeExpected} from '../plan/network/verification.ts'
import type {Prepared} from '../prepare.ts'
import type {History, HistoryRun} from '../report/history.ts'
import {listRecords, type OwnedNics} from '../report/owned-nics.ts'
import type {FileReturn} from './files.ts'

export type NetworkReturn = {
  /** The interfaces that change. */
  down: readonly string[]
  up: readonly string[]
  /** Commands before the files return, and after. */
  before: readonly RunAction[]
  after: readonly RunAction[]
  /** What the interfaces shall have, as far as it is on record. */
  expected: readonly ExpectedInterface[]
  /** The commands that make the network of now count again, should the guest be cut off. */
  undo: {before: readonly RunAction[]; after: readonly RunAction[]}
}

/** Plans it; undefined where the network service is still to come, or is not known: there files are all. */
export function planNetworkReturn(
  history: History,
  runs: readonly HistoryRun[],
  files: readonly FileReturn[],
  prepared: Pick<Prepared, 'facts' | 'context' | 'settings'>,
): NetworkReturn | undefined {
  const {dialect, networkStarted} = prepared.facts
  const [now, then] = findNetworks(history, runs)
  if (dialect === undefined || !networkStarted) return undefined
  const here = describeSurroundings(prepared)
  const there = {...here, files: returnFiles(here.files, files)}
  const changed = now.nics.filter(nic => !then.nics.some(each => isSame(each, nic)))
  const gone = changed.filter(nic => !then.nics.some(each => interfaceOf(each) === interfaceOf(nic)))
  const {restored} = dialect.render({network: then, withdraw: [], giveBack: gone}, here)
  const earlier = listEarlier(runs.at(-1)!.nics)
  const down = changed.map(interfaceOf)
  const up = [
    ...then.nics.filter(nic => !now.nics.some(each => isSame(each, nic))),
    ...gone.filter(nic => [...restored, ...earlier].includes(interfaceOf(nic))),
  ].map(interfaceOf)
  if (down.length + up.length === 0) return undefined
  const expected = then.nics.filter(nic => up.includes(interfaceOf(nic))).map(describeExpected)
  const forth = {down, up, network: then}
  const back = {down: up, up: down, network: now}
  return {
    down,
    up,
    before: dialect.activate({...forth, network: merge(then, now)}, here).before.map(essential),
    after: dialect.activate(forth, there).after.map(action => orElse(action, expected.length > 0)),
    expected,
    undo: {
      before: dialect.activate({...back, network: merge(now, then)}, there).before.map(whateverHappens),
      after: dialect.activate(back, here).after.map(whateverHappens),
    },
  }
}

/** The network as it was written last, and as it was before the oldest of the runs; without one it is not on record. */
function findNetworks({runs: all}: History, runs: readonly HistoryRun[]): [Network, Network] {
  const earlier = all.filter(run => !runs.includes(run) && run.id < runs.at(-1)!.id)
  const last = (some: readonly HistoryRun[]) => some.findLast(run => run.network !== undefined)?.network
  return [last(all) ?? noNetwork, last(earlier) ?? noNetwork]
}

/** Interfaces that were ours before those runs, whatever is on record of them. */
function listEarlier(nics: OwnedNics): string[] {
  return Object.entries(nics).flatMap(([mac, nic]) =>
    listRecords(nic).map(({device, vlan}) => interfaceOf({device, vlan, mac})),
  )
}

/** Compared as the history keeps it: what is undefined is not there. */
function isSame(one: LinkName, other: LinkName): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Where an interface goes its carrier has to be known. */
function merge(first: Network, second: Network): Network {
  const names = new Set(first.nics.map(interfaceOf))
  return {...first, nics: [...first.nics, ...second.nics.filter(nic => !names.has(interfaceOf(nic)))]}
}

function returnFiles(files: FileTree, returns: readonly FileReturn[]): FileTree {
  const tree = new Map(files)
  for (const {path, bytes, before, state} of returns) {
    if (state !== 'return') continue
    if (bytes === undefined || before?.sha256 === undefined) tree.delete(path)
    else tree.set(path, {content: bytes.toString('latin1'), mode: before.mode})
  }
  return tree
}

/** An agent that is told to stop between down and up would leave the guest without a network. */
function essential(action: RunAction): RunAction {
  return {...action, essential: true}
}

function whateverHappens(action: RunAction): RunAction {
  return {...action, essential: true, optional: true}
}

/** What is not on record may have no definition to come up by. */
function orElse(action: RunAction, isOnRecord: boolean): RunAction {
  return isOnRecord ? essential(action) : whateverHappens(action)
}
