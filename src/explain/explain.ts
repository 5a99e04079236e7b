// Finds the subject and has it explained.

import type {Assignment} from '../context/shell.ts'
import type {Prepared} from '../prepare.ts'
import type {Problem} from '../problem.ts'
import type {System} from '../system/system.ts'
import type {Explanation} from './explanation.ts'
import {explainFile} from './file.ts'
import {explainLink, explainMissing} from './nic.ts'
import {type DescribeAction, explainStep} from './step.ts'
import {type AskedKind, findSubjects, type Subject} from './subject.ts'
import {createImagination} from './suppose.ts'
import {explainVariable} from './variable.ts'

export type Surroundings = {
  prepared: Prepared
  system: System
  /** Every assignment of the context file, also those that another one takes the place of. */
  assignments: readonly Assignment[]
  describeAction: DescribeAction
}

/** Explains what a word means here; undefined if it means nothing. */
export function explainWord(
  word: string,
  kind: AskedKind | undefined,
  surroundings: Surroundings,
): Explanation | undefined {
  const subjects = findSubjects(word, surroundings.prepared, kind)
  for (const [index, subject] of subjects.entries()) {
    const explanation = explainSubject(subject, surroundings)
    if (explanation === undefined) continue
    const others = subjects.slice(index + 1).filter(other => nameSubject(other) !== nameSubject(subject))
    const problems = [...explanation.problems, ...findUnseen(surroundings.prepared)]
    return {...explanation, problems, also: others.map(nameSubject)}
  }
  return undefined
}

/** Whoever may not read everything is told what the answer does without. */
function findUnseen({problems}: Prepared): Problem[] {
  return problems.filter(({code}) => code === 'fact-missing' || code === 'fact-unseen')
}

function explainSubject(
  subject: Subject,
  {prepared, system, assignments, describeAction}: Surroundings,
): Explanation | undefined {
  const imagine = createImagination(prepared)
  switch (subject.kind) {
    case 'link':
      return explainLink(subject.link, prepared, imagine)
    case 'missing':
      return explainMissing(subject.request, prepared, imagine)
    case 'variable':
      return explainVariable({name: subject.name, prepared, imagine, assignments})
    case 'file':
      return explainFile(subject.path, prepared, imagine, system)
    case 'step':
      return explainStep(subject.name, prepared, system, describeAction)
  }
}

/** As somebody would ask for it so that nothing else is meant. */
function nameSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'link':
      return `nic ${subject.link.name}`
    case 'missing':
      return `nic ${subject.request.label}`
    case 'file':
      return `file ${subject.path}`
    default:
      return `${subject.kind} ${subject.name}`
  }
}
