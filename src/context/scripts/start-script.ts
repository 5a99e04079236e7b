// START_SCRIPT: the script that a template or a user types into the front end (contract §3).

import type {Problem} from '../../problem.ts'
import {decodeBase64} from '../base64.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isNo, isYes, pickVariable} from '../variables.ts'
import {describeScript, type ScriptText} from './script-text.ts'

/** `once`: it is run once for a VM and not at every boot. */
export type StartScript = ScriptText & {once: boolean}

/** Reads START_SCRIPT_BASE64, else START_SCRIPT, and START_SCRIPT_ONCE. */
export function readStartScript(disc: Disc, problems: Problem[]): StartScript | undefined {
  // The one that counts could not be read, which is told already: the other one was not meant.
  if (disc.dropped.has('START_SCRIPT_BASE64')) return undefined
  const variable = pickVariable(disc.variables, 'START_SCRIPT_BASE64', 'START_SCRIPT')
  if (variable === undefined) return undefined
  const content =
    variable.name === 'START_SCRIPT' ? Buffer.from(variable.value) : decodeBase64(variable.value)
  if (typeof content !== 'string')
    return {...describeScript(variable.name, content), once: readOnce(disc, problems)}
  const message = `this ${content}; there is no start script`
  const cure = 'make it anew with base64 -w0 FILE'
  problems.push({...placeOf(disc, variable), code: 'value-rejected', message, cure})
  return undefined
}

/** Whatever must not be done twice is not, where it cannot be read which is meant. */
function readOnce(disc: Disc, problems: Problem[]): boolean {
  const variable: Assignment | undefined = pickVariable(disc.variables, 'START_SCRIPT_ONCE')
  if (variable === undefined) return disc.dropped.has('START_SCRIPT_ONCE')
  if (!isYes(variable.value) && !isNo(variable.value)) {
    const message = 'this is neither yes nor no; the script runs at every boot'
    problems.push({...placeOf(disc, variable), code: 'value-ignored', message})
  }
  return isYes(variable.value)
}
