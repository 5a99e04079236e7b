// Carrying a rollback out. The network comes first, all or nothing, and is checked: a guest that would be cut off is as
// it was before, and then nothing else is touched either. The other files each for itself.

import type {RunAction} from '../action.ts'
import {setHostnameHandler} from '../apply/hostname.ts'
import {restoreLabels} from '../apply/labels.ts'
import {probeGatewaysHandler, verifyNetworkHandler} from '../apply/network/verify.ts'
import {runHandler} from '../apply/run.ts'
import type {Workshop} from '../apply/workshop.ts'
import {type Deed, listMade} from '../image/deed.ts'
import {performDeeds} from '../image/perform.ts'
import {hasFailure, type Problem} from '../problem.ts'
import type {Manifest} from '../report/manifest.ts'
import type {System} from '../system/system.ts'
import {planDirectories, planLeftovers, planReturn, planUndo} from './deeds.ts'
import type {FileReturn} from './files.ts'
import type {NetworkReturn} from './network.ts'
import type {RollbackPlan} from './plan.ts'

export type Rolled = {
  /** Every file of the plan that is now what it was before. */
  returned: readonly FileReturn[]
  problems: Problem[]
  /** The network of before was not to be had, or cut the guest off, so it is as it was; nothing was done. */
  isTakenBack: boolean
}

/** Does it. `seconds`: how long the network may take; undefined: it is not checked. */
export async function performRollback(
  system: System,
  manifest: Manifest,
  plan: RollbackPlan,
  {seconds}: {seconds?: number | undefined},
): Promise<Rolled> {
  const workshop: Workshop = {system, manifest, mayExecute: system.live}
  const same = plan.files.filter(({state}) => state === 'same')
  const returns = plan.files.filter(({state}) => state === 'return')
  const network = returns.filter(({step}) => step === 'network')
  const others = returns.filter(({step}) => step !== 'network')
  const problems = await returnNetwork(workshop, network, plan.network, seconds)
  if (hasFailure(problems)) return {returned: [], problems, isTakenBack: true}
  const done = [...network]
  const onDone = (_: Deed, index: number) => done.push(others[index]!)
  problems.push(...(await performDeeds(system, others.map(planReturn), {mode: 'each', onDone})).problems)
  if (plan.hostName !== undefined) problems.push(...(await setHostName(workshop, plan.hostName)))
  const returned = [...same, ...done]
  const rest = [...planLeftovers(system, returned), ...planDirectories(system, returned)]
  problems.push(...(await performDeeds(system, rest, {mode: 'each'})).problems)
  problems.push(...(await restoreLabels(system, listMade(done.map(planReturn)))))
  return {returned, problems, isTakenBack: false}
}

async function returnNetwork(
  workshop: Workshop,
  files: readonly FileReturn[],
  network: NetworkReturn | undefined,
  seconds: number | undefined,
): Promise<Problem[]> {
  const deeds = files.map(planReturn)
  if (network === undefined) return putInPlace(workshop.system, deeds)
  const {before, after, expected} = network
  if (seconds !== undefined) await probeGatewaysHandler.perform({kind: 'probe-gateways'}, workshop)
  const problems = await runAll(workshop, before)
  const written = await putInPlace(workshop.system, deeds)
  if (hasFailure(written)) return [...problems, ...written, ...(await takeBack(workshop, [], network))]
  problems.push(...written, ...(await runAll(workshop, after)))
  if (seconds === undefined) return problems.map(soften)
  const verify = {kind: 'verify-network', expected, timeoutMs: seconds * 1000, undo: []} as const
  const {problems: wrong = []} = await verifyNetworkHandler.perform(verify, workshop)
  if (!hasFailure(wrong)) return problems.map(soften)
  return [...problems, ...wrong, ...(await takeBack(workshop, files.map(planUndo), network))]
}

async function putInPlace(system: System, deeds: readonly Deed[]): Promise<Problem[]> {
  return (await performDeeds(system, deeds, {mode: 'all'})).problems
}

async function takeBack(
  workshop: Workshop,
  deeds: readonly Deed[],
  {undo}: NetworkReturn,
): Promise<Problem[]> {
  const problems = await runAll(workshop, undo.before)
  problems.push(...(await putInPlace(workshop.system, deeds)))
  return [...problems, ...(await runAll(workshop, undo.after))]
}

async function runAll(workshop: Workshop, actions: readonly RunAction[]): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const action of actions)
    problems.push(...((await runHandler.perform(action, workshop)).problems ?? []))
  return problems
}

/** A command complained, and the guest has what it should all the same, or nobody wanted to know. */
function soften(problem: Problem): Problem {
  return {...problem, code: 'network-late'}
}

async function setHostName(workshop: Workshop, name: string): Promise<Problem[]> {
  return (await setHostnameHandler.perform({kind: 'set-hostname', name}, workshop)).problems ?? []
}
