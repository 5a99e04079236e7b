// What a run writes down: in the manifest what is ours, for the rest of this boot what was done. Before the deeds, so that
// a run that is killed is understood by the next one; and after them.

import type {Plan} from './plan/plan.ts'
import {type BootState, writeBootState} from './report/boot-state.ts'
import type {HostsLine, Manifest} from './report/manifest.ts'
import {enterNics, settleNics} from './report/owned-nics.ts'
import type {StepReport} from './report/report.ts'
import type {StepName} from './steps.ts'
import {unlessRefused} from './system/errors.ts'
import type {System} from './system/system.ts'

/** Enters into the manifest what the plan makes ours besides files, accounts and keys. */
export function enterPlan(manifest: Manifest, plan: Plan): void {
  const isPlanned = (name: string) => plan.steps.some(step => step.name === name && step.idle === undefined)
  if (isPlanned('network')) enterNics(manifest.nics, plan.ownedNics)
  if (isPlanned('hostname') && plan.hosts !== undefined) enterHosts(manifest, plan.hosts)
}

/** Until the file is written the line of the run before may still stand in it; the same line need not be noted twice. */
function enterHosts(manifest: Manifest, {line, original}: HostsLine): void {
  const [latest] = manifest.hosts
  if (latest?.line === line && latest.original === original) return
  manifest.hosts = [{line, original}, ...manifest.hosts]
}

/** Enters into the manifest what is settled once the steps are done. */
export function settleManifest(manifest: Manifest, plan: Plan, steps: readonly StepReport[]): void {
  settleHosts(manifest, steps)
  if (hasDoneAll(steps, 'network')) settleNics(manifest.nics, plan.ownedNics, plan.givenBackNics)
}

/** Once /etc/hosts is written only the new line is in it. */
function settleHosts(manifest: Manifest, steps: readonly StepReport[]): void {
  if (hasSucceeded(steps, 'hostname') || hasTakenDnsName(steps)) manifest.hosts.splice(1)
}

/** A name was found, and everything that has to do with it done. */
function hasTakenDnsName(steps: readonly StepReport[]): boolean {
  return nameFromDns(steps) !== undefined && hasSucceeded(steps, 'dns-name')
}

/** The name that the name servers told. */
export function nameFromDns(steps: readonly StepReport[]): string | undefined {
  const deeds = steps.find(({name}) => name === 'dns-name')?.deeds ?? []
  return deeds.find(({kind}) => kind === 'take-dns-name')?.after
}

function hasSucceeded(steps: readonly StepReport[], name: StepName): boolean {
  const outcome = steps.find(step => step.name === name)?.outcome
  return outcome === 'changed' || outcome === 'unchanged'
}

/** Every deed of a step was done. What was wrong with a value, and so led to no deed, does not count. */
function hasDoneAll(steps: readonly StepReport[], name: StepName): boolean {
  const step = steps.find(step => step.name === name)
  if (step === undefined || step.outcome === 'off' || step.outcome === 'not asked') return false
  return step.outcome !== 'done before' && step.deeds.every(({status}) => status !== 'failed')
}

/** What is about to be done anew no longer stands as it was done before, even if it fails or this run is killed. */
export function forgetSteps(system: System, state: BootState, {steps}: Plan): void {
  const stale = steps.filter(({name, idle}) => idle === undefined && state[name] !== undefined)
  if (stale.length === 0) return
  for (const {name} of stale) delete state[name]
  quietly(() => writeBootState(system, state))
}

/** Notes the steps that were done as they were asked for. */
export function noteSteps(
  system: System,
  state: BootState,
  plan: Plan,
  reports: readonly StepReport[],
): void {
  const done = reports.filter(({outcome}) => outcome === 'changed' || outcome === 'unchanged')
  const steps = plan.steps.filter(({name}) => done.some(report => report.name === name))
  const news = steps.filter(({name, digest}) => state[name] !== digest)
  if (news.length === 0) return
  for (const {name, digest} of news) state[name] = digest
  quietly(() => writeBootState(system, state))
}

/** Records of a run that cannot be written must not turn a good boot into a bad one. */
export function quietly(write: () => void): void {
  unlessRefused(write, () => undefined)
}
