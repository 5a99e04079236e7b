// The ready step, the last of all: the cloud is told how it went. What it came to is not known before everything else
// is done, so the deed itself finds that out; the plan says whom to tell, and what has failed elsewhere in this boot.

import type {RunScriptAction} from '../../action/scripts.ts'
import type {Step} from '../../action.ts'
import type {ReadyScript} from '../../context/cloud/ready.ts'
import {hasFailure, type Problem} from '../../problem.ts'
import {listFailuresOfBoot} from '../../report/verdict.ts'
import {Secret} from '../../secret.ts'
import {type Stage, type StepName, stages} from '../../steps.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {hasFailedForGood} from '../scripts/once.ts'
import {buildScriptEnvironment} from '../scripts/script-environment.ts'

/** What the run does as a whole, and the steps that it has planned before this one. */
export type RunScope = {
  stages: readonly Stage[]
  only?: readonly StepName[] | undefined
  earlier: readonly Step[]
}

/** Plans the report to OneGate. */
export function planReady(input: PlanInput, scope: RunScope): StepPlan {
  const {context, contextProblems, settings, facts} = input
  const problems = [...contextProblems.ready]
  const ready = context?.ready
  if (ready?.target === undefined) return nothingAsked(problems)
  const {script, request: scriptRequest} = planScript(input, ready.script, problems)
  const {target, reportsReady, reportsOutcome, waitMs} = ready
  // Started before the network service, waiting would keep that from ever starting.
  const isTooEarly = facts.live && scope.stages.includes('local') && !facts.networkStarted
  const attempts = isTooEarly ? 1 : ready.attempts
  const failedBefore = [...findFailedBefore(input, scope), ...(hasFailure(problems) ? ['ready'] : [])]
  const told = {endpoint: target.endpoint, vmid: target.vmid, reportsReady, reportsOutcome, failedBefore}
  return {
    summary: target.endpoint,
    actions: [
      {
        kind: 'report-ready',
        ...told,
        token: target.token,
        script,
        ...{attempts, waitMs, timeoutMs: settings.readyTimeoutMs, authorityFile: settings.readyAuthorityFile},
        isForced: input.isForced,
      },
    ],
    problems,
    // Only digested; with asterisks in it one token would be like another.
    request: {told, token: target.token.reveal(), scriptRequest, planned: listPlannedFailures(input, scope)},
    // As long as anything is still to be done, how it ends may differ from what was told.
    isOpen: scope.earlier.some(step => step.actions.length > 0),
  }
}

/** What has failed in this boot, or once for good, and is not done again by this run. */
function findFailedBefore(input: PlanInput, scope: RunScope): string[] {
  const isWhole = scope.only === undefined
  const others = (Object.keys(stages) as Stage[]).filter(stage => !isWhole || !scope.stages.includes(stage))
  const redone = new Set<string>([...scope.earlier.map(step => step.name), 'ready'])
  const ofBoot = listFailuresOfBoot(input.bootSoFar?.runs ?? [], others).filter(name => !redone.has(name))
  return [...new Set([...ofBoot, ...listFailedForGood(input, scope)])]
}

/** Whatever boot it failed in, nobody has done it since. */
function listFailedForGood(input: PlanInput, {earlier}: RunScope): StepName[] {
  const {context, settings} = input
  const once: StepName[] = [
    ...(context?.userData === undefined ? [] : ['user-data' as const]),
    ...(context?.startScript?.once === true ? ['start-script' as const] : []),
  ]
  const isRedone = (name: StepName) => earlier.some(step => step.name === name && step.actions.length > 0)
  return once.filter(name => !settings.stepsOff.has(name) && !isRedone(name) && hasFailedForGood(name, input))
}

/** What is known to fail before anything is done. */
function listPlannedFailures({bootSoFar}: PlanInput, {earlier}: RunScope): string[] {
  const context = hasFailure(bootSoFar?.contextProblems ?? []) ? ['context'] : []
  return [...context, ...earlier.filter(step => hasFailure(step.problems)).map(step => step.name)]
}

type ScriptPlan = {script?: RunScriptAction | undefined; request: unknown}

function planScript(input: PlanInput, wanted: ReadyScript | undefined, problems: Problem[]): ScriptPlan {
  const {context, settings, mountDirectory = '/'} = input
  if (context === undefined || wanted === undefined) return {request: null}
  const built = buildScriptEnvironment(context.variables, mountDirectory, context.file)
  problems.push(...built.problems)
  const {environment} = built
  const {name} = wanted
  const common = {kind: 'run-script', name, environment, timeoutMs: settings.scriptTimeoutMs} as const
  if ('path' in wanted) return {script: {...common, path: wanted.path}, request: wanted.path}
  const text = withInterpreter(wanted.text.reveal(), input)
  const bytes = Buffer.from(text).toString('latin1')
  return {script: {...common, path: '', text: new Secret(bytes)}, request: text}
}

/** one-context gives READY_SCRIPT to bash, so that is what its authors write for; a guest without bash has sh. */
function withInterpreter(text: string, {facts}: PlanInput): string {
  return text.startsWith('#!') || !facts.shells.includes('/bin/bash') ? text : `#!/bin/bash\n${text}`
}
