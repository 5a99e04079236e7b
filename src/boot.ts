// A boot from end to end: prepare, apply, report. Whatever happens, the disc is unmounted and the lock is released.

import {applySteps, saveManifest} from './apply/apply.ts'
import {restoreLabels} from './apply/labels.ts'
import {clearScriptFiles} from './apply/scripts/script-file.ts'
import {describeNic} from './plan/network/network.ts'
import type {Plan} from './plan/plan.ts'
import {type Prepared, prepareBoot, type Request} from './prepare.ts'
import {type BootState, readBootState, writeBootState} from './report/boot-state.ts'
import {formatFingerprints, takeNewFingerprints} from './report/fingerprints.ts'
import {
  formatContext,
  formatIdleSteps,
  formatProblemLine,
  formatStep,
  formatSummary,
  type ReportLine,
} from './report/lines.ts'
import type {LineOptions, Log} from './report/log.ts'
import type {Manifest} from './report/manifest.ts'
import {enterNics, settleNics} from './report/owned-nics.ts'
import {judgeRun, type RunReport, type StepReport, writeReport} from './report/report.ts'
import {removeLaidOut} from './source/guestinfo.ts'
import {bootLayout, endLeftoverMount, placeForBoot, placeForLooking} from './source/mount.ts'
import {type StepName, stageOf} from './steps.ts'
import {unlessRefused} from './system/errors.ts'
import {takeLock} from './system/lock.ts'
import {openSystem, type System} from './system/system.ts'

const lockPath = '/run/vmcontext/lock'
/** The note that something was plugged in or out (init/hot-plug). */
const changesPath = '/run/vmcontext/changed'

export type BootRequest = Request & {agent: string; log: Log}

/**
 * Does the stages of a boot on a guest.
 *
 * @returns the report, or undefined if the agent is switched off.
 * @throws LockedError, ManifestTooNewError, SystemError before anything was done.
 */
export async function boot(system: System, request: BootRequest): Promise<RunReport | undefined> {
  const begin = performance.now()
  const elapsed = () => round(performance.now() - begin)
  const startedAt = new Date().toISOString()
  const release = takeLock(system.files, lockPath)
  try {
    if (system.live) {
      // Whatever was plugged in up to now is seen by this run; what comes later leaves another note.
      quietly(() => system.files.remove(changesPath))
      await endLeftoverMount(system)
      quietly(() => clearScriptFiles(system))
      quietly(() => removeLaidOut(system.files, bootLayout))
    }
    const prepared = await prepareBoot(system, request, settings =>
      system.live ? placeForBoot(system, settings.mountPoint) : placeForLooking(openSystem('/')),
    )
    if (prepared === 'switched off') return undefined
    const run = await carryOut(system, request, prepared, elapsed)
    const report: RunReport = {
      agent: request.agent,
      stages: request.stages,
      ...(request.only === undefined ? {} : {only: request.only}),
      startedAt,
      durationMs: elapsed(),
      ...run,
    }
    const show = showMasked(request.log, prepared.mask)
    show(report.problems.map(problem => formatProblemLine(problem)))
    const isConfigured = readBootState(system).network !== undefined
    show([formatSummary(report, describeGuest(prepared, run.steps, isConfigured))], {isSummary: true})
    quietly(() => writeReport(system, report, prepared.mask))
    return report
  } finally {
    release()
  }
}

async function carryOut(
  system: System,
  {agent, log, stages, only}: BootRequest,
  prepared: Prepared,
  elapsed: () => number,
) {
  const {manifest, plan, source, contextReport} = prepared
  const state = readBootState(system)
  const show = showMasked(log, prepared.mask)
  const onStepEnd = (step: StepReport) => {
    show(formatStep(step))
    // A script is not run twice in one boot, so it is noted as soon as it has ended.
    if (stageOf(step.name) === 'final') noteSteps(system, state, plan, [step])
  }
  try {
    show(formatContext(contextReport))
    enterPlan(manifest, prepared)
    forgetSteps(system, state, plan)
    const runSoFar = {agent, context: contextReport, problems: prepared.problems}
    const steps = await applySteps(plan.steps, {system, manifest, onStepEnd, elapsed, runSoFar})
    show(formatIdleSteps(steps, 'done before'))
    show(formatIdleSteps(steps, 'done once'))
    // Who asks for a step by name is told that there is nothing in it.
    if (only !== undefined) show(formatIdleSteps(steps, 'not asked'))
    settleHosts(manifest, steps)
    if (hasDoneAll(steps, 'network')) settleNics(manifest.nics, plan.ownedNics, plan.givenBackNics)
    if (system.live && stages.includes('final') && only === undefined) {
      const hostKeys = prepared.facts.sshd.hostKeys.map(({path}) => path)
      show(formatFingerprints(takeNewFingerprints(system, manifest, hostKeys)), {isSummary: true})
    }
    const labels = await restoreLabels(system, changedPaths(steps))
    const unsaved = saveManifest(system, manifest)
    // What is done and not on record is done again: otherwise this boot would never enter it.
    if (unsaved.length === 0) noteSteps(system, state, plan, steps)
    const problems = [...prepared.problems, ...labels, ...unsaved]
    const parts = {context: contextReport, steps, problems}
    return {...parts, outcome: judgeRun(parts)}
  } finally {
    if (source.state === 'found') await source.release()
  }
}

function changedPaths(steps: readonly StepReport[]): string[] {
  const deeds = steps.flatMap(step => step.deeds).filter(deed => deed.status === 'changed')
  return [...new Set(deeds.flatMap(({paths = []}) => paths))]
}

/** Enters into the manifest what the plan makes ours besides files, accounts and keys. */
function enterPlan(manifest: Manifest, {plan}: Prepared): void {
  const isPlanned = (name: string) => plan.steps.some(step => step.name === name && step.idle === undefined)
  if (isPlanned('network')) enterNics(manifest.nics, plan.ownedNics)
  // Until the file is written the line of the run before may still stand in it.
  if (isPlanned('hostname') && plan.hosts !== undefined) manifest.hosts = [plan.hosts, ...manifest.hosts]
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
function nameFromDns(steps: readonly StepReport[]): string | undefined {
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
function forgetSteps(system: System, state: BootState, {steps}: Plan): void {
  const stale = steps.filter(({name, idle}) => idle === undefined && state[name] !== undefined)
  if (stale.length === 0) return
  for (const {name} of stale) delete state[name]
  quietly(() => writeBootState(system, state))
}

/** Notes the steps that were done as they were asked for. */
function noteSteps(system: System, state: BootState, plan: Plan, reports: readonly StepReport[]): void {
  for (const {name, outcome} of reports) {
    const step = plan.steps.find(planned => planned.name === name)
    if (step !== undefined && (outcome === 'changed' || outcome === 'unchanged')) state[name] = step.digest
  }
  quietly(() => writeBootState(system, state))
}

/** Records of a run that cannot be written must not turn a good boot into a bad one. */
function quietly(write: () => void): void {
  unlessRefused(write, () => undefined)
}

/**
 * What a person asks first: the name and the addresses. `isConfigured`: the network has been seen to in this boot, perhaps
 * by another run.
 */
function describeGuest(
  {context, plan, facts}: Prepared,
  steps: readonly StepReport[],
  isConfigured: boolean,
): string[] {
  const name = context?.hostname?.full ?? nameFromDns(steps) ?? facts.kernelHostname
  const network = steps.find(step => step.name === 'network')
  // What was found not to work, and perhaps taken back, is not what the guest has.
  const works = network?.deeds.every(({kind, status}) => kind !== 'verify-network' || status !== 'failed')
  const hasNetwork = network === undefined ? isConfigured : network.outcome !== 'off' && works
  return [...(name === undefined ? [] : [name]), ...(hasNetwork ? plan.network.nics.map(describeNic) : [])]
}

function showMasked(log: Log, mask: (text: string) => string) {
  return (lines: readonly ReportLine[], options: LineOptions = {}) => {
    for (const {level, text, entry} of lines) log.log(level, mask(text), {...options, entry: mask(entry)})
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
