// What the doctor has found, for programs.

import type {Finding} from '../../../doctor/check.ts'
import type {Exam} from '../../../doctor/exam.ts'
import type {Examined} from '../../../doctor/examine.ts'
import {type Problem, type Weight, weighProblem} from '../../../problem.ts'

/** What a check comes to: that of its heaviest problem. */
export type Outcome = 'ok' | 'note' | 'warning' | 'wrong' | 'skipped'

/** Judges what was found. */
export function judgeFinding({problems, skipped}: Finding): Outcome {
  const weights = problems.map(weighProblem)
  if (weights.includes('failure')) return 'wrong'
  if (weights.includes('warning')) return 'warning'
  if (skipped !== undefined) return 'skipped'
  return weights.includes('note') ? 'note' : 'ok'
}

/** Counts the problems of a weight. */
export function countProblems(round: readonly Examined[], weight: Weight): number {
  return round.flatMap(({finding}) => finding.problems).filter(each => weighProblem(each) === weight).length
}

/** The check to begin with: the first that is wrong, for causes come before what follows from them. */
export function findFirst(
  round: readonly Examined[],
  weight: Weight,
): (Examined & {problem: Problem}) | undefined {
  for (const examined of round) {
    const problem = examined.finding.problems.find(each => weighProblem(each) === weight)
    if (problem !== undefined) return {...examined, problem}
  }
  return undefined
}

/** The round as `vmcontext doctor --json` prints it, with secrets in it. */
export function describeRound(round: readonly Examined[], {prepared, isSwitchedOff, isRoot}: Exam) {
  const {live, root, os} = prepared.facts
  const described = round.map(({check: {id, title}, finding}) => {
    const {facts, problems, skipped} = finding
    return {
      id,
      title,
      outcome: judgeFinding(finding),
      facts,
      problems: problems.map(problem => ({...problem, weight: weighProblem(problem)})),
      skipped,
    }
  })
  return {
    version: 1,
    guest: {live, root, os},
    asRoot: isRoot,
    isSwitchedOff,
    wrong: countProblems(round, 'failure'),
    warnings: countProblems(round, 'warning'),
    beginWith: (findFirst(round, 'failure') ?? findFirst(round, 'warning'))?.check.id,
    checks: described,
  }
}
