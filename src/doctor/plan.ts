// Checks what the next boot could not do, beyond what the other checks have told: no problem of the plan is kept back.

import {type Problem, weighProblem} from '../problem.ts'
import {type Check, healthy} from './check.ts'
import {isSameProblem, plannedProblems} from './problems.ts'

export const planCheck: Check = {
  id: 'plan',
  title: 'what the next boot could not do',
  examine({prepared, isRoot, told = []}) {
    const all = plannedProblems(prepared)
    const rest = all.filter(problem => !told.some(each => isSameProblem(each, problem)))
    if (rest.length > 0) return {facts: [], problems: rest.map(isRoot ? sayForRoot : weighForUser)}
    const isClean = !all.some(problem => weighProblem(problem) === 'failure')
    return healthy(isClean ? 'it can do all that is asked for' : 'nothing beyond what stands above')
  },
}

/** What an ordinary user may not read is no fault of the guest. */
function weighForUser(problem: Problem): Problem {
  const isUnseen = problem.code === 'fact-missing' || problem.code === 'fact-unseen'
  return isUnseen ? {...problem, code: 'found-note'} : problem
}

/** Homes are read with the rights of their users: there is no more to see as root. */
function sayForRoot(problem: Problem): Problem {
  return problem.code === 'fact-unseen' ? {...problem, cure: undefined} : problem
}
