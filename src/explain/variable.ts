// What a variable of the context or a setting says, who takes it, what it changes here, and what stands above it.

import {consumerOf} from '../context/consumed.ts'
import type {Assignment, Quoting} from '../context/shell.ts'
import {isBlank} from '../context/variables.ts'
import {isHarmless, showValue} from '../image/disc/shown-values.ts'
import {isWithheld} from '../plan/scripts/script-environment.ts'
import type {Prepared} from '../prepare.ts'
import type {Problem} from '../problem.ts'
import {isSecretName} from '../report/mask.ts'
import {settingNames} from '../settings/settings.ts'
import {nicDefaults, ruleFor, settingDefaults} from './defaults.ts'
import {describeDifferences, fingerprint} from './differences.ts'
import {type Explanation, nameOrigin} from './explanation.ts'
import {listSources, replaceValue, type Source, takeAway} from './sources.ts'
import {stepPurposes} from './step-purposes.ts'
import type {Imagine, World} from './suppose.ts'

export type VariableQuestion = {
  /** In capitals. */
  name: string
  prepared: Prepared
  imagine: Imagine
  /** Every assignment of the context file: one that a later one takes the place of as well. */
  assignments: readonly Assignment[]
}

/** Explains a name wherever it is set; a name that may be set and is not, too. */
export function explainVariable(question: VariableQuestion): Explanation {
  const {name, prepared, imagine, assignments} = question
  const {disc} = prepared
  const variable = disc?.variables.get(name)
  const sources = listSources(prepared)
  const mine = sources.filter(({assignment}) => assignment.name === name)
  const base = imagine({})
  const winner = mine.find(each => fingerprint(imagine(takeAway(prepared, [each]))) !== fingerprint(base))
  const subject = winner ?? mine[0]
  const differences =
    winner === undefined ? [] : describeDifferences(base, imagine(takeAway(prepared, [winner])))
  const answer = [
    ...describeWhereabouts(name, prepared, mine),
    ...(variable === undefined ? [] : describeRepeats(variable, assignments)),
    ...describeTaker(name, variable, prepared),
    ...(subject === undefined ? [] : describeRank(subject, winner, sources, question)),
  ]
  const problems = findProblems(name, prepared)
  const silent = winner === undefined && subject !== undefined && problems.length === 0
  return {
    subject: {kind: 'variable', name},
    answer: [...answer, ...(silent ? describeNoEffect(subject, sources, base, question) : [])],
    values: [],
    lines: [],
    sections: differences.length === 0 ? [] : [{title: 'What it changes here', lines: differences}],
    problems,
    also: [],
  }
}

const quotingWords: Record<Quoting, string> = {
  none: 'without quotes',
  single: 'in single quotes',
  double: 'in double quotes',
  'ansi-c': "in quotes of the kind $'…'",
  mixed: 'in quotes of several kinds',
}

function describeWhereabouts(name: string, {disc}: Prepared, mine: readonly Source[]): string[] {
  const variable = disc?.variables.get(name)
  const ofContext =
    variable === undefined
      ? []
      : [
          `${variable.written} is ${describeValue(variable)}: line ${variable.line} of ${disc!.file}, ${quotingWords[variable.quoting]}.`,
        ]
  const settings = mine
    .filter(({layer}) => layer !== undefined)
    .map(({assignment, origin}) => `${nameOrigin(origin)} says ${assignment.value}.`)
  const dropped = disc?.dropped.has(name)
    ? [`${name} stands in ${disc.file} and could not be read, so it counts as missing.`]
    : []
  const all = [...settings, ...ofContext, ...dropped]
  if (all.length > 0) return all
  const isSetting = settingNames.includes(name)
  const context = disc?.file ?? 'the context, of which there is none'
  const places = isSetting ? `neither ${context} nor vmcontext.conf sets it` : `${context} does not set it`
  const rule = ruleOf(name)
  return [`${name} is not set: ${places}.`, ...(rule === undefined ? [] : [`What holds instead: ${rule}.`])]
}

function ruleOf(name: string): string | undefined {
  const ofNic = nicDefaults.find(({suffix}) => /^(ETH|PCI)\d+_/.test(name) && name.endsWith(`_${suffix}`))
  return ofNic === undefined ? settingDefaults.find(each => each.name === name)?.rule : ruleFor(ofNic, name)
}

function describeValue(variable: Assignment): string {
  if (isBlank(variable)) return 'empty, which counts as unset'
  const shown = showValue(variable, 200)
  const kept =
    isHarmless(variable.name) || isSecretName(variable.name)
      ? ''
      : ', not shown because anything may be in it'
  return /^(START_SCRIPT|USER_?DATA$|READY_SCRIPT$)/.test(variable.name)
    ? `a text of ${shown.slice(1, -1)}, which begins with ${firstLine(variable)}`
    : `${shown}${kept}`
}

/** The interpreter says enough; any other line may hold anything. */
function firstLine({value}: Assignment): string {
  const [line = ''] = value.split(/\r?\n/)
  return /^#(!|cloud-config)/.test(line) ? line.slice(0, 60) : 'a line that is no #!'
}

function describeRepeats(variable: Assignment, assignments: readonly Assignment[]): string[] {
  const earlier = assignments.filter(({name, line}) => name === variable.name && line !== variable.line)
  if (earlier.length === 0) return []
  const same = earlier.every(({value}) => value === variable.value)
  const lines = earlier.map(({line}) => line).join(', ')
  return [
    `It stands in line ${lines} as well, ${same ? 'with the same value' : 'with another value'}: the last one counts.`,
  ]
}

function describeTaker(name: string, variable: Assignment | undefined, {context}: Prepared): string[] {
  const step = consumerOf(name)
  if (step !== undefined) return [`The step ${step} takes it: ${stepPurposes[step].purpose}`]
  if (settingNames.includes(name)) return ['It is a setting of vmcontext.conf(5).']
  if (name === 'VMID') return ['It tells this VM from its clones, and OneGate which VM reports.']
  if (variable === undefined || context === undefined) return []
  if (isWithheld(name)) {
    return ['No step takes it, and scripts do not see it either: it would change how they are run.']
  }
  const spellings = [...new Set([variable.name, variable.written])].join(' and ')
  return [`Nobody takes this variable: scripts of the context see it, as ${spellings}.`]
}

/** So many others are asked whether they stand above or below. */
const rivalLimit = 60

/** Of two that say the same thing, one of which has no effect as long as the other is there. */
function describeRank(
  subject: Source,
  winner: Source | undefined,
  sources: readonly Source[],
  {prepared, imagine}: VariableQuestion,
): string[] {
  const imagined = (gone: readonly Source[]) => fingerprint(imagine(takeAway(prepared, gone)))
  const base = imagined([])
  const alone = imagined([subject])
  const rivals = sources.filter(other => other !== subject && areRelated(subject, other)).slice(0, rivalLimit)
  return rivals.flatMap(rival => {
    const withoutRival = imagined([rival])
    const withoutBoth = imagined([rival, subject])
    const name = nameOrigin(rival.origin)
    if (winner === undefined) {
      if (withoutRival === withoutBoth) return []
      const counts = fingerprint(imagine(replaceValue(prepared, subject))) !== base
      return [
        counts
          ? `${name} says the same, and would do.`
          : `${name} wins over it; without that one it would count.`,
      ]
    }
    return withoutRival === base && alone !== withoutBoth ? [`It wins over ${name}.`] : []
  })
}

/** Of one name, or of one step and one card. */
function areRelated(one: Source, other: Source): boolean {
  const [name, rival] = [one.assignment.name, other.assignment.name]
  if (name === rival) return true
  const card = (text: string) => /^(ETH|PCI)\d+_/.exec(text)?.[0] ?? ''
  return (
    consumerOf(name) !== undefined && consumerOf(name) === consumerOf(rival) && card(name) === card(rival)
  )
}

function describeNoEffect(
  {assignment: {name}}: Source,
  sources: readonly Source[],
  {settings, context, plan}: World,
  question: VariableQuestion,
): string[] {
  const step = consumerOf(name)
  if (step !== undefined && settings.stepsOff.has(step))
    return [`The step ${step} is off (STEPS_OFF), so it does nothing.`]
  if (/^(ETH|PCI)\d+_/.test(name) && context?.freezesNetwork)
    return ['NETWORK=NO freezes the network, so it does nothing.']
  const label = /^(ETH|PCI)\d+(?=_)/.exec(name)?.[0]
  const isThere = plan.network.nics.some(({origin}) => origin === 'context')
  if (label !== undefined && !isThere)
    return [`${label} gets nothing here, so it does nothing; explain ${label} says why.`]
  const mine = sources.find(({assignment}) => assignment.name === name)!
  if (describeRank(mine, undefined, sources, question).length > 0) return []
  return ['Without it everything would come out the same here.']
}

function findProblems(name: string, {plan, problems, contextReport}: Prepared): Problem[] {
  const all = [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)]
  return all.filter(({key}) => key?.toUpperCase() === name)
}
