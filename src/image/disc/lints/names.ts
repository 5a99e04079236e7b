// Variables that stand in each other's way, or go no further than the context file.

import {passwordVariables} from '../../../context/login/password.ts'
import {sudoVariables} from '../../../context/login/sudo.ts'
import type {Assignment} from '../../../context/shell.ts'
import {isBlank, isNo} from '../../../context/variables.ts'
import {buildScriptEnvironment, isWithheld} from '../../../plan/scripts/script-environment.ts'
import {doubtful, type Lint, type LintedDisc, note, placeIn} from './lint.ts'

/** One variable twice, perhaps in other capitals: the last one counts. */
export const findRepeated: Lint = disc => {
  const last = new Map(disc.assignments.map(assignment => [assignment.name, assignment]))
  return disc.assignments.flatMap(assignment => {
    const winner = last.get(assignment.name)!
    if (winner === assignment) return []
    const spelling = winner.written === assignment.written ? '' : ` as ${winner.written}`
    const message = `this stands again in line ${winner.line}${spelling}, and only that one counts`
    const place = placeIn(disc, assignment)
    if (winner.value === assignment.value) return [note({...place, message, cure: 'take one of them away'})]
    return [doubtful({...place, message: `${message}; they differ`, cure: 'take one of them away'})]
  })
}

/** Of each row the first that has a value counts, and the others have no effect. */
const rows: readonly (readonly string[])[] = [
  ['SET_HOSTNAME', 'HOSTNAME'],
  ['SSH_PUBLIC_KEY', 'EC2_PUBLIC_KEY', 'SSH_KEY'],
  passwordVariables,
  sudoVariables,
  ['START_SCRIPT_BASE64', 'START_SCRIPT'],
  ['USER_DATA', 'USERDATA'],
  ['USER_DATA_ENCODING', 'USERDATA_ENCODING'],
  ['READY_SCRIPT_PATH', 'READY_SCRIPT'],
]

/** HOSTNAME beside SET_HOSTNAME, a weaker password beside a stronger one. */
export const findShadowed: Lint = disc =>
  [...rows, ...nicRows(disc)].flatMap(names => {
    const found = names.flatMap(name => disc.disc.variables.get(name) ?? []).filter(saysSomething)
    const [winner, ...others] = found
    return others
      .filter(({value}) => value !== winner!.value)
      .map(other => describeShadow(disc, winner!, other))
  })

/** An answer of NO asks for nothing that another password could take the place of. */
function saysSomething(variable: Assignment): boolean {
  const isRefusal = variable.name === 'USERNAME_PASSWORD_RESET' && isNo(variable.value)
  return !isBlank(variable) && !isRefusal
}

function describeShadow(disc: LintedDisc, winner: Assignment, other: Assignment) {
  const message = `this has no effect beside ${winner.name}, which is taken instead`
  return doubtful({...placeIn(disc, other), message, cure: `leave one of the two out`})
}

/** The old and the new names of a card's addresses. */
function nicRows({disc}: LintedDisc): string[][] {
  const cards = new Set([...disc.variables.keys()].flatMap(name => /^ETH\d+_/.exec(name)?.[0] ?? []))
  return [...cards].flatMap(card => [
    [`${card}IP6`, `${card}IPV6`],
    [`${card}IP6_GATEWAY`, `${card}GATEWAY6`],
  ])
}

/** PATH and the like, which would change how scripts are run. */
export const findWithheld: Lint = disc =>
  [...disc.disc.variables.values()]
    .filter(({name}) => isWithheld(name))
    .map(variable => {
      const message = 'scripts do not get this: it would change how they are run'
      return doubtful({...placeIn(disc, variable), message, cure: 'give it a name of its own'})
    })

/** A value that fits into no environment (execve(2), MAX_ARG_STRLEN). */
export const findTooLong: Lint = ({disc}) => {
  const {problems} = buildScriptEnvironment(disc.variables, '/mnt', disc.file)
  return problems.map(({code, ...finding}) => (code === 'context-note' ? note(finding) : doubtful(finding)))
}
