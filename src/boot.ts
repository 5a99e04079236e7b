// A boot from end to end: prepare, apply, report. Whatever happens, the disc is unmounted and the lock is released.

import {applySteps, saveManifest} from './apply/apply.ts'
import {restoreLabels} from './apply/labels.ts'
import {clearScriptFiles} from './apply/scripts/script-file.ts'
import {describeNic} from './plan/network/network.ts'
import type {Plan} from './plan/plan.ts'
import {type Prepared, prepareBoot, type Request} from './prepare.ts'
import type {Problem} from './problem.ts'
import {enterPlan, forgetSteps, nameFromDns, noteSteps, quietly, settleManifest} from './records.ts'
import {type BootState, readBootState} from './report/boot-state.ts'
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
import {clearProgress, lockPath, noteProgress, type RunNow} from './report/progress.ts'
import {openRecorder} from './report/recorder.ts'
import {judgeRun, type RunReport, type StepReport, writeReport} from './report/report.ts'
import {removeLaidOut} from './source/guestinfo.ts'
import {bootLayout, endLeftoverMount, placeForBoot, placeForLooking} from './source/mount.ts'
import {type StepName, stageOf} from './steps.ts'
import {readUptimeMs} from './system/clock.ts'
import {SystemError, unlessRefused} from './system/errors.ts'
import {takeLock} from './system/lock.ts'
import {ForeignPlaceError} from './system/own-place.ts'
import {openSystem, type System} from './system/system.ts'

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
  const sinceBootMs = unlessRefused(
    () => readUptimeMs(system.files),
    () => undefined,
  )
  const unlocked: Problem[] = []
  const release = takeLockOrTell(system, unlocked)
  const {stages, only} = request
  const now: RunNow = {
    pid: process.pid,
    stages,
    ...(only === undefined ? {} : {only}),
    startedAt,
    sinceBootMs,
  }
  try {
    quietly(() => noteProgress(system, now))
    if (system.live) {
      // Whatever was plugged in up to now is seen by this run; what comes later leaves another note.
      quietly(() => system.files.remove(changesPath))
      // Told where it matters: the place is then in use, and another one is taken.
      await endLeftoverMount(system).catch(ignoreRefusal)
      quietly(() => clearScriptFiles(system))
      quietly(() => removeLaidOut(system.files, bootLayout))
    }
    const found = await prepareBoot(system, request, settings =>
      system.live ? placeForBoot(system, settings.mountPoint) : placeForLooking(openSystem('/')),
    )
    if (found === 'switched off') return undefined
    const prepared = {...found, problems: [...unlocked, ...found.problems]}
    const state = readBootState(system)
    const run = await carryOut(system, request, prepared, state, elapsed, now)
    const report: RunReport = {
      agent: request.agent,
      stages: request.stages,
      ...(request.only === undefined ? {} : {only: request.only}),
      startedAt,
      sinceBootMs,
      durationMs: elapsed(),
      ...run,
    }
    const told = tellReport(system, report, prepared.mask)
    const show = showMasked(request.log, prepared.mask)
    show(told.problems.map(problem => formatProblemLine(problem)))
    const isConfigured = state.network !== undefined
    show([formatSummary(told, describeGuest(prepared, run.steps, isConfigured))], {isSummary: true})
    return told
  } finally {
    // Before the lock: who finds a note and no living owner of the lock knows that the run was killed.
    quietly(() => clearProgress(system))
    release()
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof SystemError)) throw error
}

/**
 * Takes the lock. Where the machine refuses it, on a read-only or full /run, the boot goes on without, and says so:
 * whoever else runs is not seen, and every file is still replaced as a whole.
 *
 * @throws LockedError, ForeignPlaceError
 */
function takeLockOrTell(system: System, problems: Problem[]): () => void {
  return unlessRefused(
    () => takeLock(system.files, lockPath),
    refusal => {
      if (refusal instanceof ForeignPlaceError) throw refusal
      const {message} = refusal
      const cure = 'see that /run can be written'
      problems.push({code: 'record-damaged', message: `${message}; another run would not be seen`, cure})
      return () => undefined
    },
  )
}

async function carryOut(
  system: System,
  {agent, log, stages, only}: BootRequest,
  prepared: Prepared,
  state: BootState,
  elapsed: () => number,
  now: RunNow,
) {
  const {manifest, plan, source, contextReport} = prepared
  const show = showMasked(log, prepared.mask)
  const onStepBegin = ({name}: {name: StepName}) => {
    quietly(() => noteProgress(system, {...now, step: name, stepStartedMs: elapsed()}))
  }
  const onStepEnd = (step: StepReport) => {
    show(formatStep(step))
    // A script is not run twice in one boot, so it is noted as soon as it has ended.
    if (stageOf(step.name) === 'final') noteSteps(system, state, plan, [step])
  }
  const recorder = openRecorder(system, {
    startedAt: now.startedAt,
    stages,
    only,
    manifest,
    ...describePlan(plan),
  })
  try {
    show(formatContext(contextReport))
    enterPlan(manifest, plan)
    forgetSteps(system, state, plan)
    const runSoFar = {agent, context: contextReport, problems: prepared.problems}
    const steps = await applySteps(plan.steps, {
      system,
      manifest,
      recorder,
      onStepBegin,
      onStepEnd,
      elapsed,
      runSoFar,
    })
    // Nobody reads the disc any more: it is unmounted while the records are written. How that ends is told below.
    if (source.state === 'found') source.release().catch(() => undefined)
    show(formatIdleSteps(steps, 'done before'))
    show(formatIdleSteps(steps, 'done once'))
    // Who asks for a step by name is told that there is nothing in it.
    if (only !== undefined) show(formatIdleSteps(steps, 'not asked'))
    settleManifest(manifest, plan, steps)
    if (system.live && stages.includes('final') && only === undefined) {
      const hostKeys = prepared.facts.sshd.hostKeys.map(({path}) => path)
      show(formatFingerprints(takeNewFingerprints(system, manifest, hostKeys)), {isSummary: true})
    }
    const labels = await restoreLabels(system, changedPaths(steps))
    const unsaved = saveManifest(system, manifest)
    // What is done and not on record is done again: otherwise this boot would never enter it.
    if (unsaved.length === 0) noteSteps(system, state, plan, steps)
    const stuck = source.state === 'found' ? await source.release() : []
    const problems = [...prepared.problems, ...labels, ...unsaved, ...stuck]
    const outcome = judgeRun({context: contextReport, steps, problems})
    const unrecorded = recorder.settle({steps, outcome, mask: prepared.mask})
    const parts = {context: contextReport, steps, problems: [...problems, ...unrecorded]}
    return {...parts, outcome: judgeRun(parts)}
  } finally {
    // Whatever happened above.
    if (source.state === 'found') await source.release()
  }
}

/** What the record of a run has to know of its plan. */
function describePlan({steps, network}: Plan) {
  const stepOf = (path: string) =>
    steps.find(({actions}) => actions.some(action => 'path' in action && action.path === path))?.name
  return {network, stepOf}
}

function changedPaths(steps: readonly StepReport[]): string[] {
  const deeds = steps.flatMap(step => step.deeds).filter(deed => deed.status === 'changed')
  return [...new Set(deeds.flatMap(({paths = []}) => paths))]
}

/** Writes the report; one that cannot be written is told of on the console, where nobody looks for it in vain. */
function tellReport(system: System, report: RunReport, mask: (text: string) => string): RunReport {
  return unlessRefused(
    () => {
      writeReport(system, report, mask)
      return report
    },
    refusal => {
      const message = `there is no report of this run: ${refusal.message}`
      const problem: Problem = {code: 'record-damaged', message, cure: 'see the lines above'}
      const told = {...report, problems: [...report.problems, problem]}
      return {...told, outcome: judgeRun(told)}
    },
  )
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
