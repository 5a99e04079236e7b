// Finds the quote that somebody forgot to close. Reading goes wrong wherever the next quote happens to be, often many
// lines below: what is wrong is the line above which all is well, and with whose quote closed the rest reads better.

import {type Assignment, parseShellFile} from '../../context/shell.ts'
import {type Problem, weighProblem} from '../../problem.ts'
import {wrong} from '../problems.ts'

/** So many lines are tried. */
const trialLimit = 50

/** So many quotes that are open are looked for. */
const openLimit = 3

/** `mendsAll`: with the quotes closed, nothing of the file is left unread. */
export type OpenQuotes = {problems: readonly Problem[]; mendsAll: boolean}

/** Names the lines; none where closing a quote would mend nothing. `bytes` are those of the context file. */
export function findOpenQuotes(bytes: Uint8Array, file: string): OpenQuotes {
  let lines: readonly string[] = Buffer.from(bytes).toString('latin1').split(/\r?\n/)
  const found: Opening[] = []
  while (judge(lines).failures > 0 && found.length < openLimit) {
    const opening = findOpening(lines)
    if (opening === undefined) break
    found.push(opening)
    lines = close(lines, opening)
  }
  return {problems: found.map(each => describe(each, file)), mendsAll: judge(lines).failures === 0}
}

/** The opening with whose quote closed the rest reads best. */
function findOpening(lines: readonly string[]): Opening | undefined {
  let best = judge(lines)
  let found: Opening | undefined
  for (const opening of listOpenings(lines).slice(0, trialLimit)) {
    const trial = judge(close(lines, opening))
    const isBetter = trial.failures < best.failures || (found !== undefined && trial.all < best.all)
    if (isBetter && trial.failures <= best.failures) [best, found] = [trial, opening]
  }
  return found
}

function close(lines: readonly string[], {index, quote}: Opening): readonly string[] {
  return lines.with(index, `${lines[index]}${quote}`)
}

type Opening = {index: number; key: string; quote: string}

/** Lines that begin a value, do not end it, and have the beginning of another variable below. */
function listOpenings(lines: readonly string[]): Opening[] {
  return lines.flatMap((line, index) => {
    const [, key, quote, rest] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(['"])(.*)$/.exec(line) ?? []
    const isFollowed =
      /^\s*(export\s+)?[A-Za-z_]\w*=/.test(lines[index + 1] ?? '') || index >= lines.length - 2
    if (key === undefined || !isFollowed || rest!.replaceAll(/\\./g, '').includes(quote!)) return []
    return [{index, key: key.toUpperCase(), quote: quote!}]
  })
}

function describe({index, key, quote}: Opening, file: string): Problem {
  const message =
    'the quote that opens here is not closed on this line, so that the lines below are taken for a part of it'
  const cure = `put a ${quote} at the end of line ${index + 1}`
  return wrong({file, line: index + 1, key, message, cure})
}

function judge(lines: readonly string[]): {failures: number; all: number} {
  const {problems, assignments} = parseShellFile(Buffer.from(lines.join('\n'), 'latin1'), '')
  const swallowed = assignments.flatMap(findSwallowed).length
  const failures = problems.filter(problem => weighProblem(problem) === 'failure').length
  return {failures: failures + swallowed, all: problems.length + swallowed}
}

/** Of two quotes that are open the second closes the first: one value, with the variables between them in it. */
function findSwallowed({quoting, value}: Assignment): string[] {
  return quoting === 'mixed' ? (value.match(/\n[A-Za-z_]\w*=/g) ?? []) : []
}
