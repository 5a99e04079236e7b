// Checks the last run: did the agent run in this boot, did it come to its end, and what came of it.

import {type Problem, weighProblem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {logPath} from '../../report/log.ts'
import {lockPath} from '../../report/progress.ts'
import {allProblems, type RunReport, type StepReport} from '../../report/report.ts'
import {listFailuresOfBoot} from '../../report/verdict.ts'
import {type Stage, stages} from '../../steps.ts'
import {readLockOwner} from '../../system/lock.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {note, wrong} from '../problems.ts'

export const lastRunCheck: Check = {
  id: 'last-run',
  title: 'the last run',
  examine(exam) {
    const {system, runs, isSwitchedOff} = exam
    if (!system.live && runs.length === 0)
      return {facts: ['an image keeps no report: it lies in /run, and is of one boot'], problems: []}
    if (isSwitchedOff && runs.length === 0) return {facts: ['none, it is switched off'], problems: []}
    return {
      facts: describeRuns(runs),
      problems: [...findMissing(exam), ...findFailures(exam)],
    }
  },
}

/** The latest run of each stage, in the order in which they were done. */
function describeRuns(runs: readonly RunReport[]): string[] {
  const whole = runs.filter(({only}) => only === undefined)
  return whole.map(({stages: done, startedAt, durationMs, outcome, steps}) => {
    const changed = steps.filter(step => step.outcome === 'changed').length
    const seconds = (durationMs / 1000).toFixed(1)
    const time = startedAt.slice(0, 19).replace('T', ' ')
    return `${done.join(' and ')}: ${outcome}, ${count(changed, 'step')} changed something, ${seconds} s, ${time} UTC`
  })
}

function findMissing({system, runs, prepared}: Exam): Problem[] {
  const done = new Set(runs.filter(({only}) => only === undefined).flatMap(run => run.stages))
  const missing = (Object.keys(stages) as Stage[]).filter(stage => !done.has(stage))
  if (missing.length === 0) return []
  if (readLockOwner(system.files, lockPath)?.isAlive)
    return [
      note({message: `the stage ${missing.join(' and ')} is not over yet`, cure: 'vmcontext status --wait'}),
    ]
  const what =
    done.size === 0
      ? 'the agent has not run in this boot'
      : `its stage ${missing.join()} has not run in this boot`
  const units = missing.map(stage => `-u vmcontext-${stage}`).join(' ')
  const journal = hasSystemd(system) ? `journalctl -b ${units}, ` : ''
  const cure = `vmcontext boot does it now; why it was not started: vmcontext doctor --only start, ${journal}${logPath}`
  const effect = prepared.context === undefined ? '' : ': what the context asks for is not done'
  return [wrong({message: `${what}${effect}`, cure})]
}

function hasSystemd({files}: System): boolean {
  return files.status('/run/systemd/system') !== undefined
}

/** Of each step that failed at last, why; scripts have a check of their own, and what the context lacks is told there. */
function findFailures({runs, told = []}: Exam): Problem[] {
  const failed = new Set(listFailuresOfBoot(runs, Object.keys(stages) as Stage[]))
  const steps = [...failed].flatMap(name => {
    const step = runs.flatMap(run => run.steps).findLast(each => each.name === name)
    return step === undefined || hasScripts(step) ? [] : describeFailure(step)
  })
  const whole = runs.filter(({only}) => only === undefined).at(-1)
  const rest = whole === undefined ? [] : allProblems({...whole, steps: []})
  const all = [...rest.filter(isFailure), ...steps]
  return all.filter(({message}) => !told.some(each => message.endsWith(each.message)))
}

function describeFailure({name, problems}: StepReport): Problem[] {
  const failures = problems.filter(isFailure)
  return failures.map(({code: _, message, cure, ...place}) =>
    wrong({
      ...place,
      message: `step ${name}: ${message}`,
      cure: cure ?? `vmcontext boot --only ${name} tries it again`,
    }),
  )
}

/** What the step of a script comes to is told there. */
export function hasScripts({deeds}: StepReport): boolean {
  return deeds.some(({kind}) => kind === 'run-script')
}

function isFailure(problem: Problem): boolean {
  return weighProblem(problem) === 'failure'
}
