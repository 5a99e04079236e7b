// The plan of a boot: every step with its deeds, decided before any of them is done. Pure.

import {createHash} from 'node:crypto'
import type {Action, Step} from '../action.ts'
import type {FileTree} from '../facts/files.ts'
import {type Network, noNetwork} from '../network/model.ts'
import {describeDefect, type Problem} from '../problem.ts'
import type {BootState} from '../report/boot-state.ts'
import type {HostsLine} from '../report/manifest.ts'
import type {NicRecord} from '../report/owned-nics.ts'
import {type Stage, type StepName, stageOf, stepNames} from '../steps.ts'
import {planReady} from './cloud/ready.ts'
import {planDnsName} from './dns-name.ts'
import {type HostnamePlan, planHostname} from './hostname.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'
import {type NetworkPlan, planNetwork} from './network/network.ts'
import {planOnline} from './network/online.ts'
import {planners} from './planners.ts'
import {inOrderOfUrgency} from './urgency.ts'

export type Plan = {
  steps: readonly Step[]
  network: Network
  /** The NICs that are ours from now on, by MAC, and the MACs of those that no longer are. */
  ownedNics: Readonly<Record<string, NicRecord>>
  givenBackNics: readonly string[]
  /** Our line of /etc/hosts once the plan is carried out. */
  hosts?: HostsLine | undefined
}

export type PlanOptions = {
  stages: readonly Stage[]
  /** These steps of them only. */
  only?: readonly StepName[] | undefined
  /** What has been done in this boot; steps that were asked for the same are not repeated. */
  doneBefore: BootState
}

/** Plans the steps of the stages in their order. */
export function planBoot(input: PlanInput, {stages, only: chosen, doneBefore}: PlanOptions): Plan {
  const only = chosen ?? stepNames
  const {blind} = input.facts
  const network = guard<NetworkPlan>(
    () => planNetwork(input),
    {network: noNetwork, owned: {}, givenBack: []},
    blind.get('network'),
  )
  const names = stepNames.filter(name => stages.includes(stageOf(name)) && only.includes(name))
  // What is never going to be done to the network is not there for the host name. A run without the network step is no
  // reason: another run has done it, or will.
  const hasNetwork = !input.settings.stepsOff.has('network')
  const steps: Step[] = []
  let hosts: HostsLine | undefined
  let seen = input
  for (const name of names) {
    const plan = planStep(name, seen)
    steps.push(finishStep(name, plan, input, doneBefore))
    seen = withFiles(seen, steps.at(-1)!.actions)
  }
  return {
    steps: inOrderOfUrgency(steps),
    network: network.network,
    ownedNics: network.owned,
    givenBackNics: network.givenBack,
    hosts,
  }

  function planStep(name: StepName, seen: PlanInput): StepPlan {
    if (name === 'network') return network
    if (name === 'ready') return guard(() => planReady(seen, {stages, only: chosen, earlier: steps}), {})
    if (name === 'online') return guard(() => planOnline(seen, network.network, stages.includes('local')), {})
    if (name === 'dns-name') return guard(() => planDnsName(seen, network.network), {})
    if (name !== 'hostname') return guard(() => planners[name](seen), {}, blind.get(name))
    const plan = guard<HostnamePlan>(
      () => planHostname(seen, hasNetwork ? network.network : noNetwork),
      {},
      blind.get(name),
    )
    hosts = plan.hosts
    return plan
  }
}

/** A planner that fails unexpectedly costs its own step; where it would go by what nobody knows it is not asked. */
function guard<T extends StepPlan>(
  plan: () => T,
  rest: Omit<T, keyof StepPlan>,
  blindness?: Problem | undefined,
): T | (StepPlan & typeof rest) {
  if (blindness !== undefined) return {...nothingAsked([blindness]), ...rest}
  try {
    return plan()
  } catch (error) {
    return {...nothingAsked([describeDefect(error)]), ...rest}
  }
}

function finishStep(name: StepName, plan: StepPlan, {settings}: PlanInput, doneBefore: BootState): Step {
  const {summary, actions, problems, request} = plan
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  if (settings.stepsOff.has(name)) return {name, summary, actions: [], problems: [], digest, idle: 'off'}
  if (plan.idle !== undefined) return {name, summary, actions, problems, digest, idle: plan.idle}
  const isDone = doneBefore[name] === digest && plan.isOpen !== true
  return {
    name,
    summary,
    actions: isDone ? [] : actions,
    problems,
    digest,
    ...(isDone ? {idle: 'done before'} : {}),
  }
}

/** The files as they will be once earlier deeds are done: two steps may edit one file. */
function withFiles(input: PlanInput, actions: readonly Action[]): PlanInput {
  const files = new Map(input.facts.files)
  for (const action of actions) {
    if (action.kind === 'write') files.set(action.path, {content: action.content, mode: action.mode})
    if (action.kind === 'remove') files.delete(action.path)
  }
  return {...input, facts: {...input.facts, files: files satisfies FileTree}}
}
