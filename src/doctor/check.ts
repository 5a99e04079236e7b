// A check of the doctor: what it looks at, and what it found.

import type {Problem} from '../problem.ts'
import type {Exam} from './exam.ts'

/** What came of a check: what is as it should be, for a person, and what is not, with cause and cure. */
export type Finding = {
  /** Short, a line each: `eth0 192.168.0.5/24`. */
  facts: readonly string[]
  /** In the order in which they should be mended. */
  problems: readonly Problem[]
  /** Why it could not be done here: `needs root`, `needs the running guest`. */
  skipped?: string | undefined
  /** Problems of the plan that are said here in other words: no later check says them again. */
  covers?: readonly Problem[] | undefined
}

export type Check = {
  /** For `--only` and for programs; never changes: `disc`. */
  id: string
  /** What is looked at, for a person: "context disc". */
  title: string
  /** Takes more than a moment: a person is told what is being waited for. */
  isSlow?: boolean
  /** What it takes; where that is missing it is skipped and said so. `kernel`: the guest is the running machine. */
  needs?: readonly ('kernel' | 'root' | 'context')[]
  /** Looks, and changes nothing. What it throws costs this check alone. */
  examine(exam: Exam): Finding | Promise<Finding>
}

/** Nothing is wrong. */
export function healthy(...facts: string[]): Finding {
  return {facts, problems: []}
}
