// Checks others that do the same work.

import type {Check} from '../check.ts'
import {plannedProblems} from '../problems.ts'

export const rivalsCheck: Check = {
  id: 'rivals',
  title: 'others that do the same work',
  examine({prepared}) {
    const problems = plannedProblems(prepared).filter(({code}) => code === 'rival')
    return {facts: problems.length === 0 ? ['nobody else configures this guest'] : [], problems}
  },
}
