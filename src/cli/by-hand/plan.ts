// `vmcontext plan`: what boot would do now, as a person reads it. Nothing is changed, no mount is left.

import type {Action, Step} from '../../action.ts'
import {type Prepared, prepareBoot, type Request} from '../../prepare.ts'
import {weighProblem} from '../../problem.ts'
import {
  count,
  formatContext,
  formatIdleSteps,
  formatProblemLine,
  idleWords,
  isSilent,
  nameWidth,
} from '../../report/lines.ts'
import {stringifyMasked} from '../../report/mask.ts'
import {placeForLooking} from '../../source/mount.ts'
import {escapeControls} from '../../system/commands.ts'
import {openSystem, type System} from '../../system/system.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {describeAction} from './describe-action.ts'

export type PlanOptions = {json: boolean; check: boolean; strict: boolean; terminal: Terminal}

/** Prints the plan and gives the exit code. */
export async function showPlan(system: System, request: Request, options: PlanOptions): Promise<number> {
  const {print} = options.terminal
  const prepared = await prepareBoot(system, request, () => placeForLooking(openSystem('/')))
  if (prepared === 'switched off') {
    print('vmcontext is switched off; boot would do nothing\n')
    return exitCodes.done
  }
  if (prepared.source.state === 'found') await prepared.source.release()
  const text = options.json
    ? stringifyMasked(describePlan(prepared), prepared.mask)
    : prepared.mask(escapeControls(formatPlan(prepared)))
  print(`${text}\n`)
  return judge(prepared, options)
}

function judge(prepared: Prepared, {check, strict}: PlanOptions): number {
  const weights = planProblems(prepared).map(weighProblem)
  const hasWork = thingsToDo(prepared).length > 0
  if (weights.includes('failure') || (strict && weights.includes('warning'))) return exitCodes.failed
  return check && hasWork ? exitCodes.failed : exitCodes.done
}

function planProblems({plan, problems, contextReport}: Prepared) {
  return [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)]
}

/** The plan as lines for a person: what each step aims at, what it would do, and diffs of the files. */
function formatPlan(prepared: Prepared): string {
  const {plan, contextReport, facts, problems} = prepared
  const lines = [
    `Plan for ${facts.live ? 'this guest' : facts.root} (${facts.os.name})`,
    ...formatContext(contextReport).map(({text}) => text),
    ...plan.steps.filter(step => !isSilent(step)).flatMap(step => formatStep(step, prepared)),
    ...formatIdleSteps(plan.steps, 'done before').map(({text}) => text),
    ...formatIdleSteps(plan.steps, 'done once').map(({text}) => text),
    ...formatIdleSteps(plan.steps, 'not asked').map(({text}) => text),
    ...problems.map(problem => formatProblemLine(problem).text),
    summarize(prepared),
  ]
  return lines.join('\n')
}

const indent = ' '.repeat(nameWidth + 3)

function formatStep(step: Step, prepared: Prepared): string[] {
  const state = describeState(step)
  const aim = [step.summary, state].filter(Boolean).join(': ')
  return [
    `  ${step.name.padEnd(nameWidth)} ${aim}`.trimEnd(),
    ...step.actions
      .flatMap(action => describeAction(action, prepared))
      .map(line => `${indent}${line}`.trimEnd()),
    ...step.problems.map(problem => formatProblemLine(problem).text),
  ]
}

function describeState({idle, actions, problems}: Step): string {
  // What stands in the way is told below.
  if (idle === 'not asked' && problems.length > 0) return ''
  if (idle !== undefined) return idleWords[idle]
  return actions.length === 0 ? 'nothing to do' : ''
}

function summarize(prepared: Prepared): string {
  const {length} = thingsToDo(prepared)
  return length === 0 ? 'Nothing to do.' : `${count(length, 'thing')} to do.`
}

/** What a boot would really do: on another root nothing is executed, and folding keys belongs to the scripts. */
function thingsToDo({plan, facts}: Prepared): Action[] {
  const accompanying = ['fold-keys', 'await-network', 'mark-once']
  const executed = ['run', 'take-dns-name', 'run-script', 'set-hostname', 'set-mtu', 'report-ready']
  return plan.steps
    .flatMap(step => step.actions)
    .filter(({kind}) => !accompanying.includes(kind) && (facts.live || !executed.includes(kind)))
}

/** The plan for programs. */
function describePlan(prepared: Prepared) {
  const {plan, contextReport, facts} = prepared
  const steps = plan.steps.map(({digest: _, actions, ...step}) => ({
    ...step,
    actions: actions.map(withoutEnvironment),
  }))
  const {live, root, os, manager, links} = facts
  return {
    version: 1,
    guest: {live, root, os, links, networkManager: manager, dialect: facts.dialect?.name},
    context: contextReport,
    network: plan.network,
    steps,
    problems: prepared.problems,
  }
}

/** A script's variables may be secrets: their names are enough. */
function withoutEnvironment(action: Action): object {
  if (action.kind === 'report-ready' && action.script !== undefined)
    return {...action, script: withoutEnvironment(action.script)}
  if (action.kind !== 'run-script') return action
  const {environment, ...rest} = action
  return {...rest, variables: Object.keys(environment)}
}
