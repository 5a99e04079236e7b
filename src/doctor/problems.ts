// The problems that planning the next boot has found already, for the checks that tell them.

import type {Prepared} from '../prepare.ts'
import type {Place, Problem, ProblemCode} from '../problem.ts'

/** All of them: of the settings, the facts, the context, the steps. */
export function plannedProblems({problems, contextReport, plan}: Prepared): Problem[] {
  return [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)]
}

/** Tells whether two problems say the same of the same place. */
export function isSameProblem(one: Problem, other: Problem): boolean {
  return (
    one.message === other.message &&
    one.file === other.file &&
    one.line === other.line &&
    one.key === other.key
  )
}

type Words = Place & {message: string; cure?: string | undefined}

/** What was asked for does not work. */
export function wrong(words: Words): Problem {
  return found('found-wrong', words)
}

/** It may be meant. */
export function doubtful(words: Words): Problem {
  return found('found-doubtful', words)
}

export function note(words: Words): Problem {
  return found('found-note', words)
}

function found(code: ProblemCode, words: Words): Problem {
  return {...words, code}
}
