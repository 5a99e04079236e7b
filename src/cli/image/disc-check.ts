// `vmcontext disc check`: what is wrong with a disc, before a guest finds out.

import {resolve} from 'node:path'
import {checkDisc} from '../../image/disc/check.ts'
import {formatPlace, type Problem, weighProblem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {escapeLine} from '../../system/commands.ts'
import type {DiscCheckInvocation} from '../commands/disc.ts'
import {wrapLine} from '../paragraph.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openDisc} from './open-disc.ts'

/** Runs the command and gives its exit code. */
export async function runDiscCheck({path, strict}: DiscCheckInvocation, terminal: Terminal): Promise<number> {
  const look = await openDisc(path)
  const problems = checkDisc(look)
  const lines = problems.length === 0 ? [`${path}: nothing wrong`] : formatFindings(path, problems)
  terminal.print(`${look.mask(lines.map(escapeLine).join('\n'))}\n`)
  const weights = problems.map(weighProblem)
  const isBad = weights.includes('failure') || (strict && weights.includes('warning'))
  return isBad ? exitCodes.failed : exitCodes.done
}

function formatFindings(path: string, problems: readonly Problem[]): string[] {
  return [...problems.flatMap(problem => [...formatFinding(path, problem), '']), summarize(path, problems)]
}

/** Where, how bad and what; below it the cure. */
function formatFinding(path: string, problem: Problem): string[] {
  const place = formatPlace(problem)
  const {message, cure} = problem
  return [
    `${weighProblem(problem)}: ${place === '' ? path : place}`,
    // The place stands above.
    ...indented(message.replace(`${resolve(path)} cannot`, 'it cannot'), ''),
    ...(cure === undefined ? [] : indented(`-> ${cure}`, '   ')),
  ]
}

function indented(text: string, furtherLines: string): string[] {
  return wrapLine(text, 4, furtherLines).map(line => `    ${line}`)
}

function summarize(path: string, problems: readonly Problem[]): string {
  const numbers = (['failure', 'warning', 'note'] as const).flatMap(weight => {
    const {length} = problems.filter(problem => weighProblem(problem) === weight)
    return length === 0 ? [] : [count(length, weight)]
  })
  return `${path}: ${numbers.join(', ')}`
}
