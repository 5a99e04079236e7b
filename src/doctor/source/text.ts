// Checks the text of context.sh: what cannot be read of it, and values that are not what their variables take, in the
// order of its lines.

import {hasFailure, type Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import type {FoundSource} from '../../source/source.ts'
import {type Check, type Finding, healthy} from '../check.ts'
import type {Exam} from '../exam.ts'
import {plannedProblems, wrong} from '../problems.ts'
import {cureForDisc, cureForText} from './cures.ts'
import {isOfSource, nameOrigin} from './drive.ts'
import {findOpenQuotes, type OpenQuotes} from './open-quote.ts'

export const textCheck: Check = {
  id: 'context',
  title: 'the text of context.sh',
  examine(exam) {
    const {source, disc} = exam.prepared
    if (source.state !== 'found') return {...healthy(), skipped: 'there is no context'}
    const {problems, covers} = findProblems(exam.prepared, source)
    if (disc === undefined) return {facts: [], problems, covers}
    const size = count(disc.variables.size, 'variable')
    const facts = [
      `${disc.file}: ${size}${hasFailure([...problems, ...(covers ?? [])]) ? ' could be read' : ''}`,
    ]
    if (disc.variables.size > 0 || problems.length > 0) return {facts, problems, covers}
    const message = `there is no variable in the ${source.contextFile} on ${nameOrigin(exam)}`
    return {facts: [], problems: [wrong({message, cure: cureForDisc})]}
  },
}

function findProblems(prepared: Exam['prepared'], source: FoundSource): Omit<Finding, 'facts'> {
  const {contextReport, disc} = prepared
  const ofText = contextReport.problems.filter(problem => !isOfSource(source, problem))
  const ofValues = plannedProblems(prepared).filter(
    problem => problem.file === disc?.file && problem.line !== undefined && isOfText(problem),
  )
  const open = findOpen(source)
  const isFound = open.problems.length > 0
  // What comes of an open quote further down leads nobody to it.
  const covers = isFound && open.mendsAll ? ofText.filter(problem => hasFailure([problem])) : []
  const openLines = new Set(open.problems.map(({line}) => line))
  covers.push(...ofValues.filter(({line}) => openLines.has(line)))
  const rest = [...ofText, ...ofValues].filter(problem => !covers.includes(problem))
  const all = new Set([...open.problems, ...rest])
  const problems = [...all].toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
  return {problems: problems.map(addCure), covers}
}

function findOpen({files, directory, contextFile}: FoundSource): OpenQuotes {
  return findOpenQuotes(files.read(`${directory}/${contextFile}`) ?? new Uint8Array(), contextFile)
}

function isOfText({code}: Problem): boolean {
  return /^(variable|context|value)-/.test(code)
}

/** What makes no sense of itself is mended where it is written. */
function addCure(problem: Problem): Problem {
  if (problem.cure !== undefined) return problem
  return {...problem, cure: cureForText}
}
