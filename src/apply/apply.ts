// Carries a plan out: step by step, deed by deed. A deed that fails costs itself; the rest goes on.

import type {Action, ActionKind, ActionOf, Step} from '../action.ts'
import {describeDefect, hasFailure, type Problem} from '../problem.ts'
import {describeRecordFailure, forgetGivenBack, type Manifest, writeManifest} from '../report/manifest.ts'
import type {Recorder} from '../report/recorder.ts'
import type {DeedReport, StepReport} from '../report/report.ts'
import {SystemError, unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {keepOneEnvHandler} from './cloud/one-env.ts'
import {reportReadyHandler} from './cloud/ready.ts'
import {cureOf} from './cures.ts'
import {takeDnsNameHandler} from './dns-name.ts'
import {removeHandler, writeHandler} from './files.ts'
import {setHostnameHandler} from './hostname.ts'
import {linkHandler} from './link.ts'
import {createAccountHandler} from './login/account.ts'
import {makeHostKeysHandler} from './login/host-keys.ts'
import {authorizeKeysHandler, foldKeysHandler} from './login/keys.ts'
import {setPasswordHandler} from './login/password.ts'
import {writeSudoRuleHandler} from './login/sudo.ts'
import {setMtuHandler} from './network/mtu.ts'
import {awaitNetworkHandler} from './network/online.ts'
import {probeGatewaysHandler, verifyNetworkHandler} from './network/verify.ts'
import {runHandler} from './run.ts'
import {keepScreenLitHandler} from './screen.ts'
import {markOnceHandler} from './scripts/once.ts'
import {runScriptHandler} from './scripts/script.ts'
import {writeUserFileHandler} from './scripts/user-file.ts'
import {growFileSystemHandler} from './storage/grow-file-system.ts'
import {growLogicalVolumeHandler} from './storage/grow-logical-volume.ts'
import {growPartitionHandler} from './storage/grow-partition.ts'
import {mountSharedHandler, unmountSharedHandler} from './storage/shares.ts'
import {swapOnHandler} from './storage/swap.ts'
import {failed, type Handler, type Result, type RunSoFar, type Workshop} from './workshop.ts'

const handlers: {[K in ActionKind]: Handler<ActionOf<K>>} = {
  write: writeHandler,
  remove: removeHandler,
  link: linkHandler,
  run: runHandler,
  'await-network': awaitNetworkHandler,
  'take-dns-name': takeDnsNameHandler,
  'keep-screen-lit': keepScreenLitHandler,
  'set-mtu': setMtuHandler,
  'probe-gateways': probeGatewaysHandler,
  'verify-network': verifyNetworkHandler,
  'set-hostname': setHostnameHandler,
  'create-account': createAccountHandler,
  'authorize-keys': authorizeKeysHandler,
  'make-host-keys': makeHostKeysHandler,
  'set-password': setPasswordHandler,
  'write-sudo-rule': writeSudoRuleHandler,
  'run-script': runScriptHandler,
  'mark-once': markOnceHandler,
  'write-user-file': writeUserFileHandler,
  'fold-keys': foldKeysHandler,
  'grow-partition': growPartitionHandler,
  'grow-logical-volume': growLogicalVolumeHandler,
  'grow-file-system': growFileSystemHandler,
  'swap-on': swapOnHandler,
  'mount-shared': mountSharedHandler,
  'unmount-shared': unmountSharedHandler,
  'keep-one-env': keepOneEnvHandler,
  'report-ready': reportReadyHandler,
}

export type ApplyOptions = {
  system: System
  /** Changed in place: what is ours after the run. */
  manifest: Manifest
  /** Notes what every file was before it changes. */
  recorder?: Recorder | undefined
  /** Called before something is done in a step. */
  onStepBegin?(step: Step): void
  /** Called as soon as a step has ended. */
  onStepEnd(report: StepReport): void
  /** Milliseconds since the run began. */
  elapsed(): number
  /** What there is to tell of this run before its first step. */
  runSoFar?: Omit<RunSoFar, 'steps'> | undefined
}

/** Carries out every step in order and tells what came of each. */
export async function applySteps(steps: readonly Step[], options: ApplyOptions): Promise<StepReport[]> {
  const reports: StepReport[] = []
  const workshop: Workshop = {
    runSoFar: options.runSoFar && {...options.runSoFar, steps: reports},
    system: options.system,
    manifest: options.manifest,
    recorder: options.recorder,
    mayExecute: options.system.live,
  }
  const refused = prepare(
    steps.flatMap(step => step.actions),
    workshop,
  )
  for (const step of steps) {
    if (step.actions.length > 0) options.onStepBegin?.(step)
    const report = await applyStep(step, workshop, refused, options.elapsed)
    reports.push(report)
    options.onStepEnd(report)
  }
  return reports
}

/**
 * Writes down everything that is about to change, in one go before the first change. An action whose present state
 * cannot be kept is refused: what cannot be given back is not overwritten.
 */
function prepare(actions: readonly Action[], workshop: Workshop): Map<Action, unknown> {
  const refused = new Map<Action, unknown>()
  for (const action of actions) {
    try {
      handlerOf(action).prepare?.(action, workshop)
    } catch (error) {
      refused.set(action, error)
    }
  }
  // Without the records the deeds still count; the failure is reported where they are written at the end.
  const ignore = () => undefined
  unlessRefused(() => workshop.recorder?.save(), ignore)
  unlessRefused(() => writeManifest(workshop.system, workshop.manifest), ignore)
  return refused
}

async function applyStep(
  step: Step,
  workshop: Workshop,
  refused: ReadonlyMap<Action, unknown>,
  elapsed: () => number,
): Promise<StepReport> {
  const startedMs = elapsed()
  const deeds: DeedReport[] = []
  const work = async (actions: readonly Action[], refused: ReadonlyMap<Action, unknown>) => {
    for (const action of actions) {
      const begin = elapsed()
      const result = await perform(action, workshop, refused.get(action))
      const {problems = [], followUps = [], ...rest} = result
      deeds.push({kind: action.kind, ...rest, problems, durationMs: elapsed() - begin})
      if (followUps.length > 0) await work(followUps, prepare(followUps, workshop))
    }
  }
  await work(step.actions, refused)
  const problems = [...step.problems, ...deeds.flatMap(deed => deed.problems)]
  const {name, summary} = step
  return {
    name,
    summary,
    outcome: judge(step, deeds, problems),
    deeds,
    problems,
    startedMs,
    durationMs: elapsed() - startedMs,
  }
}

async function perform(action: Action, workshop: Workshop, refusal: unknown): Promise<Result> {
  try {
    if (refusal !== undefined) throw refusal
    return await handlerOf(action).perform(action, workshop)
  } catch (error) {
    if (error instanceof SystemError) return failed(action.kind, error.message, cureFor(action, error.code))
    return {status: 'failed', detail: action.kind, problems: [describeDefect(error)]}
  }
}

function cureFor(action: Action, code: string): string | undefined {
  if (code === 'EACCES' && action.kind === 'authorize-keys')
    return `see that the home of ${action.account} belongs to ${action.account}`
  return cureOf(code)
}

function judge(
  step: Step,
  deeds: readonly DeedReport[],
  problems: readonly Problem[],
): StepReport['outcome'] {
  if (hasFailure(problems)) return 'failed'
  if (step.idle !== undefined && step.actions.length === 0) return step.idle
  return deeds.some(deed => deed.status === 'changed') ? 'changed' : 'unchanged'
}

/** The table is typed by kind; a union of actions needs this one cast to be looked up in it. */
function handlerOf(action: Action): Handler<Action> {
  return handlers[action.kind] as Handler<Action>
}

/** Saves the manifest at the end of a run; the problem if that fails. */
export function saveManifest(system: System, manifest: Manifest): Problem[] {
  try {
    forgetGivenBack(system, manifest)
    writeManifest(system, manifest)
    return []
  } catch (error) {
    return [describeRecordFailure(error instanceof SystemError ? error.cause : error)]
  }
}
