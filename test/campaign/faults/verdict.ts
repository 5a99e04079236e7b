// What must hold of a boot that met a fault: it ended by itself, it said what it could not do, it did all the rest, and
// left nothing half-done that the next one would not complete.

import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {weighProblem} from '../../../src/problem.ts'
import type {RunReport} from '../../../src/report/report.ts'
import type {StepName} from '../../../src/steps.ts'
import type {Tree} from '../../tree.ts'
import type {Ended} from './root-guest.ts'

/** By which step a file comes to be as it shall be. */
const stepOfFile: readonly (readonly [RegExp, StepName])[] = [
  [/^etc\/(network\/|resolv\.conf$)/, 'network'],
  [/^etc\/host(s|name)$/, 'hostname'],
  [/^etc\/(passwd|group|gshadow)$|^home\/joe\/\.profile$/, 'account'],
  [/^(home\/joe|root)\/\.ssh\//, 'keys'],
  [/^etc\/shadow$/, 'password'],
  [/^etc\/sudoers\.d\//, 'sudo'],
  [/^etc\/(localtime|timezone)$/, 'time-zone'],
  [/^etc\/pam\.d\//, 'console'],
]

/** What cannot be done where another step was not. */
const needs: Partial<Record<StepName, readonly StepName[]>> = {
  keys: ['account'],
  password: ['account'],
  sudo: ['account'],
}

/** The steps whose files are not as an undisturbed boot leaves them. */
export function findUndone(tree: Tree, expected: Tree): StepName[] {
  const paths = [...new Set([...tree.keys(), ...expected.keys()])]
  const other = paths.filter(path => JSON.stringify(tree.get(path)) !== JSON.stringify(expected.get(path)))
  const steps = other.map(
    path => stepOfFile.find(([pattern]) => pattern.test(path))?.[1] ?? (path as StepName),
  )
  return [...new Set(steps)]
}

/** Whatever stands under a name is the old text or the new one, and nothing of ours lies about. */
export function findHalfWritten(
  tree: Tree,
  before: Tree,
  after: Tree,
  {mayLieAbout}: {mayLieAbout: boolean},
): string[] {
  const wrong: string[] = []
  for (const [path, {text}] of tree) {
    if (path.includes('.vmcontext-')) wrong.push(...(mayLieAbout ? [] : [`${path} lies about`]))
    else if (![before.get(path)?.text, after.get(path)?.text].includes(text)) {
      // Each of several steps writes in the files of accounts.
      if (!/^etc\/(passwd|shadow|group|gshadow)$/.test(path) || !text.endsWith('\n'))
        wrong.push(`${path} is half-written`)
    }
  }
  return wrong
}

/** How a program must not end, and what it must not say. */
export function findDisgrace({status, signal, stdout, stderr}: Ended): string[] {
  const said = `${stdout}${stderr}`
  const defect = /^.*(?:defect of vmcontext|^\s+at .*:\d+:\d+|Error: |internal\/|node:).*$/m.exec(said)?.[0]
  return [
    ...(status === null ? [`it did not end by itself: ${signal}`] : []),
    ...(status !== null && ![0, 1, 3].includes(status) ? [`exit code ${status}: ${stderr}`] : []),
    ...(defect === undefined ? [] : [`it says ${defect.trim()}`]),
  ]
}

/** The last run that a guest's report tells of. */
export function readLastRun(root: string): RunReport | undefined {
  const path = join(root, 'run/vmcontext/report.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).runs.at(-1) : undefined
}

/** Steps that are undone and not told of, and steps that failed for no reason of their own. */
export function judgeSteps(
  undone: readonly StepName[],
  run: RunReport | undefined,
  {status, stdout}: Ended,
  {isLasting}: {isLasting: boolean},
): string[] {
  const failed = new Set(run?.steps.filter(({outcome}) => outcome === 'failed').map(({name}) => name))
  const untold = undone.filter(step => run?.context.state === 'found' && !failed.has(step))
  const problems =
    run?.steps.flatMap(({name, problems}) => problems.map(each => ({...each, step: name}))) ?? []
  const isOwnFault = (step: StepName) => !needs[step]?.some(needed => failed.has(needed))
  // What several steps go by is refused once.
  const roots = new Set(
    problems
      .filter(problem => weighProblem(problem) === 'failure' && isOwnFault(problem.step))
      .map(each => each.message),
  )
  const uncured = problems.filter(({code, cure}) => code === 'deed-failed' && cure === undefined)
  return [
    ...(undone.length > 0 && status === 0 ? [`exit code 0, and undone is ${undone.join()}`] : []),
    ...(untold.length > 0 ? [`untold: ${untold.join()}`] : []),
    ...(roots.size > 1 && !isLasting ? [`one fault, and failed are ${[...failed].join()}`] : []),
    ...uncured.map(({step, message}) => `no cure: ${step}: ${message}`),
    ...[...failed].filter(step => !stdout.includes(step)).map(step => `the console does not name ${step}`),
  ]
}
