// What is said about a file, in words for a person. A value is never quoted: it may be a password, and so may be the
// name of a variable that it happens to expand.

import type {Problem} from '../../problem.ts'

/** Why a variable is dropped. */
export type DropReason = keyof typeof dropReasons

/** What makes a value doubtful that is not dropped. */
export type Doubt = keyof typeof doubts

export type Explanation = {message: string; cure?: string | undefined}

/** Says why a variable is dropped and what to do about it. */
export function explainDrop(reason: DropReason): Explanation {
  const [why, cure] = dropReasons[reason]
  return {message: `${why}: the variable is dropped`, cure}
}

/** Says what is doubtful in a value and what to do about it. */
export function explainDoubt(doubt: Doubt): Explanation {
  const [message, cure] = doubts[doubt]
  return {message, cure}
}

/** Says that a line sets nothing and is skipped. */
export function explainSkip(reason: DropReason): Explanation {
  if (reason === 'refused') return {message: 'no shell accepts this line: it is skipped'}
  return {message: 'this is a command and commands are never run: it is skipped', cure: plainly}
}

/** Says that something never closes and what that costs. `line`: the first one of which nothing counts. */
export function explainUnclosed(what: string, line: number): Explanation {
  return {message: `${what}: nothing from line ${line} on is read`, cure: 'close it, or quote what opens it'}
}

const literally = 'put the value in single quotes if it is meant as it stands'
const plainly = "write NAME='value'"

const dropReasons = {
  'command substitution': ['the value holds a command, which is never run', literally],
  'process substitution': ['the value holds a command, which is never run', literally],
  'arithmetic expansion': ['the value holds arithmetic, which takes a shell', literally],
  'parameter expansion': ['the value holds an expansion of more than a name, which takes a shell', literally],
  array: ['an array is no value', literally],
  'array element': ['an element of an array is no variable', plainly],
  braces: ['bash would expand the braces', literally],
  tilde: ['a shell would put a home directory for the ~', literally],
  long: ['its expansions make it too long', undefined],
  appended: ['what it is appended to was dropped', plainly],
  command: ['this is a part of a command, which is never run', 'put a value with blanks in single quotes'],
  spaced: ['the blanks around = make this a command', plainly],
  redirection: ['this redirects input or output, which takes a shell', literally],
  compound: ['this is a part of a larger command, which is never run', plainly],
  joined: ['an unquoted & or | makes this a command, which is never run', literally],
  behind: ['this stands on one line with something that is never run', 'give it a line of its own'],
  unclosed: ['this stands on one line with something that never closes', literally],
  refused: ['no shell accepts this line', literally],
} as const satisfies Record<string, readonly [string, string | undefined]>

const doubts = {
  unknown: ['the value expands a variable that no line above sets: read as empty', literally],
  special: ['the value expands $1, $? or the like, which only a shell has: read as empty', literally],
  unspelled: ['bash leaves \\u and \\U beyond ASCII as they are written', 'write the character itself'],
  encoding: ['the value is not valid UTF-8: what is none became U+FFFD', 'save the file as UTF-8'],
} as const satisfies Record<string, readonly [string, string]>

/** So many problems with one message are kept; of more, only the number is told. */
const maximumAlike = 20

/** Folds a flood of problems with one message into one that tells how many more there are, and where they begin. */
export function foldProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, number>()
  const folded = new Map<string, Problem>()
  const kept = problems.filter(problem => {
    const count = (seen.get(problem.message) ?? 0) + 1
    seen.set(problem.message, count)
    if (count === maximumAlike + 1) folded.set(problem.message, problem)
    return count <= maximumAlike
  })
  for (const [message, {code, file, line, cure}] of folded) {
    kept.push({code, file, line, message: `and ${seen.get(message)! - maximumAlike} more: ${message}`, cure})
  }
  return kept
}
