// What came of a rollback, for a person, and how to make it last.

import {formatProblem, weighProblem} from '../../../problem.ts'
import {count} from '../../../report/lines.ts'
import type {Rolled} from '../../../rollback/perform.ts'
import type {RollbackPlan} from '../../../rollback/plan.ts'
import {weightTones} from '../../style.ts'
import type {Row} from '../page.ts'

/** Lines of the result. */
export function formatResult(plan: RollbackPlan, rolled: Rolled): Row[] {
  const {problems, returned, isTakenBack} = rolled
  const troubles = problems.map(problem => ({
    text: formatProblem(problem),
    tone: weightTones[weighProblem(problem)],
  }))
  if (isTakenBack) return [...troubles, {text: takenBack, tone: 'wrong'}, ...describeEscape(plan)]
  const left = plan.files.length - returned.length
  const words = `${count(returned.length, 'file')} as before${left === 0 ? '' : `, ${left} left`}`
  return [
    ...troubles,
    {text: `Taken back: ${words}.`, tone: left === 0 ? 'good' : 'doubtful'},
    ...(returned.length === 0 ? [] : describeNext(plan)),
  ]
}

const takenBack = 'The rollback was taken back: the guest is as it was, nothing else was touched.'

/** Silence of a gateway may be what is wanted. */
function describeEscape({network}: RollbackPlan): Row[] {
  return network === undefined ? [] : [{text: 'If the network is meant to be so: --no-verify.'}]
}

/** The next boot does what the context asks for. */
function describeNext({steps}: RollbackPlan): Row[] {
  return [
    {text: 'The next boot does again what the context asks for (vmcontext plan shows it).'},
    {text: `To keep this: mend the context, or STEPS_OFF="${steps.join(' ')}" in /etc/vmcontext.conf.`},
  ]
}
