// The NICs that the agent configures on this guest, and what each is to have.

import type {Assignment} from '../../context/shell.ts'
import type {Nic} from '../../network/model.ts'
import type {Prepared} from '../../prepare.ts'
import type {Place} from '../../problem.ts'
import type {Exam} from '../exam.ts'

/** None where nothing is done to the network. */
export function plannedNics({prepared: {plan, settings}}: Exam): readonly Nic[] {
  return settings.stepsOff.has('network') ? [] : plan.network.nics
}

/** Files of the network that the next boot would write or remove. */
export function pendingFiles({prepared: {plan}}: Exam): string[] {
  const step = plan.steps.find(({name}) => name === 'network')
  return (step?.actions ?? []).flatMap(action =>
    action.kind === 'write' || action.kind === 'remove' ? action.path : [],
  )
}

/** Where the context says something; just its name where it does not. */
export function placeInContext({context}: Pick<Prepared, 'context'>, key: string): Place {
  const variable: Assignment | undefined = context?.variables.get(key)
  return variable === undefined ? {key} : {file: context?.file, line: variable.line, key}
}
