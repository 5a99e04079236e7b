// What ends the making of a disc.

import type {Problem} from '../../problem.ts'

/** A template, or something in it, that nothing can be made of. */
export class TemplateError extends Error {
  readonly problem: Problem

  constructor(problem: Omit<Problem, 'code'>) {
    super(problem.message)
    this.problem = {code: 'template-refused', ...problem}
  }
}
