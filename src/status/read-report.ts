// Reads report.json for somebody who wants to know why there is none: missing, of another boot, damaged, unreadable and
// of a later version are not the same.

import {type Problem, weighProblem} from '../problem.ts'
import {isListOfTexts, isRecord, parseJson} from '../report/json.ts'
import {type ReportFile, type RunReport, reportPath} from '../report/report.ts'
import {readBootId} from '../system/clock.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

/** The runs that are told of. `isOfThisBoot`: they count; else they are those of an earlier boot. */
export type ReportReading = {runs: RunReport[]; isOfThisBoot: boolean} | {problem: Problem}

/** Reads the report; no runs if there is none. */
export function readReport(system: System): ReportReading {
  return unlessRefused(
    () => parseReport(system.files.readText(reportPath), system),
    ({message}) => ({
      problem: {code: 'record-damaged', file: reportPath, message, cure: 'look as root'},
    }),
  )
}

function parseReport(text: string | undefined, system: System): ReportReading {
  if (text === undefined) return {runs: [], isOfThisBoot: true}
  const value = parseJson(text) as ReportFile | undefined
  const version: unknown = value?.version
  if (typeof version === 'number' && version > 1) return tooNew(version)
  if (version !== 1 || !isList(value?.runs, isRun)) return damaged
  const bootId = readBootId(system.files)
  // A tree without a kernel is in no boot: what lies there is its last one.
  const isOfThisBoot = value!.bootId === bootId || (!system.live && bootId === undefined)
  return {runs: value!.runs, isOfThisBoot}
}

const damaged = {
  problem: {
    code: 'record-damaged',
    file: reportPath,
    message: 'this is damaged, so what this boot has done is not known from it',
    cure: 'vmcontext log tells it; the next run writes a report of its own',
  },
} as const

function tooNew(version: number): ReportReading {
  const message = `this is of version ${version} and this program knows 1`
  return {problem: {code: 'record-damaged', file: reportPath, message, cure: 'use the newer program'}}
}

// What is printed has to be of the kind it is taken for, whoever has written the file.

type Fields = Record<string, unknown>

function isRun(run: Fields): boolean {
  const {only, sinceBootMs, context} = run
  return (
    areTexts(run.agent, run.startedAt) &&
    areNumbers(run.durationMs, sinceBootMs ?? 0) &&
    ['done', 'warnings', 'failed'].includes(String(run.outcome)) &&
    isListOfTexts(run.stages) &&
    isListOfTexts(only ?? []) &&
    isRecord(context) &&
    isContext(context) &&
    isList(run.steps, isStep) &&
    isList(run.problems, isProblem)
  )
}

function isContext(context: Fields): boolean {
  const isKnown = ['found', 'no drive', 'no disc', 'unreadable'].includes(String(context.state))
  return isKnown && areNumbers(context.variables, context.durationMs) && isList(context.problems, isProblem)
}

function isStep(step: Fields): boolean {
  const {name, summary, outcome, startedMs, durationMs} = step
  const isPlain = areWords(name, outcome) && areTexts(summary) && areNumbers(startedMs, durationMs)
  return isPlain && isList(step.deeds, isDeed) && isList(step.problems, isProblem)
}

function isDeed({kind, status, detail, durationMs, paths = []}: Fields): boolean {
  return areTexts(kind, status, detail) && areNumbers(durationMs) && isListOfTexts(paths)
}

function isProblem(problem: Fields): boolean {
  const {message, cure = '', file = '', key = '', line = 0, column = 0} = problem
  const isWeighed = weighProblem(problem as Problem) !== undefined
  return isWeighed && areTexts(message, cure, file, key) && areNumbers(line, column)
}

function isList(value: unknown, isOne: (entry: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every(entry => isRecord(entry) && isOne(entry))
}

function areTexts(...values: unknown[]): boolean {
  return values.every(value => typeof value === 'string')
}

/** What stands in columns of its own, and steers no terminal: `host-keys`, `done before`. */
function areWords(...values: unknown[]): boolean {
  return values.every(value => typeof value === 'string' && /^[a-z][a-z -]{0,30}$/.test(value))
}

function areNumbers(...values: unknown[]): boolean {
  return values.every(Number.isFinite)
}
