// What a step is for, what it takes, what it would do now and how it ended the last time.

import type {Action, Step} from '../action.ts'
import {consumerOf, variablesOf} from '../context/consumed.ts'
import {showValue} from '../image/disc/shown-values.ts'
import type {Prepared} from '../prepare.ts'
import {count} from '../report/lines.ts'
import {readRunsOfBoot, type StepReport} from '../report/report.ts'
import {type StepName, stageOf} from '../steps.ts'
import type {System} from '../system/system.ts'
import type {ExplainedValue, Explanation, Section} from './explanation.ts'
import {describeSetting, describeVariable} from './probes.ts'
import {stepPurposes} from './step-purposes.ts'

/** Gives a planned deed in lines. */
export type DescribeAction = (action: Action) => readonly string[]

/** Explains a step. */
export function explainStep(
  name: StepName,
  prepared: Prepared,
  system: System,
  describeAction: DescribeAction,
): Explanation {
  const step = prepared.plan.steps.find(each => each.name === name)!
  const {purpose} = stepPurposes[name]
  const report = readRunsOfBoot(system)
    .flatMap(run => run.steps)
    .findLast(each => each.name === name)
  return {
    subject: {kind: 'step', name},
    answer: [
      `The step ${name} belongs to the ${stageOf(name)} stage: ${purpose}`,
      ...describeState(step, prepared),
    ],
    values: listInputs(name, prepared),
    lines: [],
    sections: [
      ...section('What it would do now', step.actions.flatMap(describeAction)),
      ...section('How it ended in this boot', report === undefined ? [] : describeReport(report)),
      ...section('It takes', [describeNames(name)]),
      ...section('Where it is told', describeLogs(step)),
    ],
    problems: step.problems,
    also: [],
  }
}

function describeState({name, idle, actions, problems}: Step, {settings, layers, disc}: Prepared): string[] {
  const {wakes} = stepPurposes[name]
  if (idle === 'off') {
    const layer = layers.find(({variables}) => variables.has('STEPS_OFF'))
    const place = layer?.file ?? disc?.file
    return [
      `It is switched off: STEPS_OFF${place === undefined ? '' : ` in ${place}`} names ${[...settings.stepsOff].join(', ')}.`,
    ]
  }
  if (idle === 'not asked') {
    if (problems.some(({key}) => key !== undefined))
      return ['Nothing is done: what asks for it is not right, see below.']
    return [`Nothing asks for it here. It would wake up with ${wakes}.`]
  }
  if (idle === 'done before') {
    return [
      `It was done in this boot, and the same is asked for: nothing to repeat. vmcontext boot --only ${name} does it again.`,
    ]
  }
  if (idle === 'done once') {
    return [`It was done on this machine, once for good. vmcontext boot --only ${name} does it again.`]
  }
  if (actions.length === 0) return ['All that it asks for is so already: nothing to do.']
  return [`There is something to do: ${count(actions.length, 'deed')}.`]
}

/** What is set here of what it takes. */
function listInputs(name: StepName, {disc, layers}: Prepared): ExplainedValue[] {
  const variables = [...(disc?.variables.values() ?? [])].filter(each => consumerOf(each.name) === name)
  const settings = layers.flatMap(layer =>
    [...layer.variables.values()]
      .filter(each => stepPurposes[name].settings?.includes(each.name))
      .map(each => ({name: each.name, value: each.value, from: [describeSetting(each, layer)]})),
  )
  return [
    ...variables.map(each => ({
      name: each.name,
      value: showValue(each, 40),
      from: [describeVariable(each, disc?.file)],
    })),
    ...settings,
  ]
}

function describeNames(name: StepName): string {
  const numbered = {
    network: ['ETHx_*', 'PCIx_*'],
    mounts: ['DISKx_MOUNT_TAG', 'DISKx_MOUNT_POINT'],
  } as Partial<Record<StepName, string[]>>
  const names = [...(numbered[name] ?? []), ...variablesOf(name)]
  const settings = stepPurposes[name].settings ?? []
  const ofImage = settings.filter(each => !names.includes(each))
  const variables = names.length === 0 ? 'no variable' : names.join(' ')
  return ofImage.length === 0 ? variables : `${variables}; settings ${ofImage.join(' ')}`
}

function describeReport({outcome, summary, deeds, durationMs, problems}: StepReport): string[] {
  return [
    `${outcome}${summary === '' ? '' : ` (${summary})`}, ${Math.round(durationMs)} ms`,
    ...deeds.map(({status, detail}) => `${status}: ${detail}`),
    ...problems.map(({message}) => `problem: ${message}`),
  ]
}

function describeLogs({actions}: Step): string[] {
  const scripts = actions.flatMap(action => (action.kind === 'run-script' ? [action.name] : []))
  return [
    '/var/log/vmcontext.log, or vmcontext log',
    ...scripts.map(script => `/var/log/vmcontext/${script.replaceAll('/', '_')}.log has what ${script} said`),
  ]
}

function section(title: string, lines: readonly string[]): Section[] {
  return lines.length === 0 ? [] : [{title, lines}]
}
