// Checks how scripts ended: those of the context and of its disc, and hooks of the image. Their logs may tell secrets,
// so that only their places are told.

import {begunMark, failedMark} from '../../plan/scripts/once.ts'
import {type Problem, weighProblem} from '../../problem.ts'
import type {DeedReport, StepReport} from '../../report/report.ts'
import type {StepName} from '../../steps.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {redo} from '../next-boot.ts'
import {doubtful, wrong} from '../problems.ts'

export const scriptsCheck: Check = {
  id: 'scripts',
  title: 'how scripts ended',
  examine(exam) {
    const {system} = exam
    const steps = listLatest(exam)
    const runs = steps.flatMap(step => listScripts(step).map(deed => ({step, deed})))
    const told = runs.length > 0 ? runs.map(({deed}) => tellScript(system, deed)) : ['none ran in this boot']
    const problems = steps.filter(step => listScripts(step).length > 0).flatMap(describeFailures)
    const failed = steps.filter(({outcome}) => outcome === 'failed').map(({name}) => name)
    return {facts: told, problems: [...problems, ...judgeMarks(exam, failed)], covers: listPlanned(exam)}
  },
}

/** Of each step its latest end. */
function listLatest({runs}: Exam): StepReport[] {
  const latest = new Map<StepName, StepReport>()
  for (const step of runs.flatMap(run => run.steps)) {
    if (step.deeds.length > 0 || !latest.has(step.name)) latest.set(step.name, step)
  }
  return [...latest.values()]
}

function listScripts({deeds}: StepReport): DeedReport[] {
  return deeds.filter(({kind}) => kind === 'run-script')
}

const ends: Readonly<Record<string, string>> = {failed: 'failed', 'left out': 'was not run'}

function tellScript({files}: System, {detail, status, durationMs}: DeedReport): string {
  const name = detail.replace(/^(ran|script) | was not run$/g, '')
  const log = `/var/log/vmcontext/${name.replaceAll('/', '_')}.log`
  // Whoever may not look there may know where it is all the same.
  const isThere = unlessRefused(
    () => files.linkStatus(log) !== undefined,
    () => true,
  )
  const time = `${(durationMs / 1000).toFixed(1)} s`
  return `${name} ${ends[status] ?? 'ended well'} after ${time}${isThere ? `, what it said is in ${log}` : ''}`
}

function describeFailures({name, problems}: StepReport): Problem[] {
  const failures = problems.filter(problem => weighProblem(problem) === 'failure')
  return failures.map(({code: _, cure, ...words}) =>
    wrong({...words, cure: [cure, `${redo(name)} runs it again`].filter(Boolean).join('; ')}),
  )
}

/** What planning has said of that. */
function listPlanned({prepared: {plan}}: Exam): Problem[] {
  const problems = plan.steps.flatMap(step => step.problems)
  return problems.filter(({message}) => message.includes('not done again by itself'))
}

/** What is done once for good and failed is not tried again by itself, in no later boot. */
function judgeMarks({prepared: {manifest}}: Exam, failed: readonly StepName[]): Problem[] {
  const marks = Object.entries(manifest.once) as [StepName, string][]
  return marks.flatMap(([step, mark]) => {
    const words = mark.split(' ')
    if (failed.includes(step)) return []
    if (words.includes(failedMark)) {
      const message = `${step} failed when it was done once for good, and no boot does it again by itself`
      return [doubtful({message, cure: `${redo(step)} does`})]
    }
    if (!words.includes(begunMark)) return []
    const message = `${step} was begun once for good and cut off, and no boot does it again by itself`
    return [doubtful({message, cure: `${redo(step)} does`})]
  })
}
