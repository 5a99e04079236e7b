// A file line by line, like blame: what each line comes from.

import {diffArrays} from 'diff'
import type {Action, ActionOf, Step} from '../action.ts'
import {consumerOf} from '../context/consumed.ts'
import {planNextBoot} from '../plan/next-boot.ts'
import type {Prepared} from '../prepare.ts'
import {findDrift} from '../report/drift.ts'
import {manifestPath} from '../report/manifest.ts'
import type {StepName} from '../steps.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {attribute} from './attribute.ts'
import {contentsOf, decode} from './differences.ts'
import {answerOnly, type ExplainedLine, type Explanation, isOthers, type Origin} from './explanation.ts'
import {type Probe, probeDefaults, probeMacs, probeSettings, probeVariables} from './probes.ts'
import {describeRecord, describeWellKnown} from './records.ts'
import type {Imagine, World} from './suppose.ts'
import {hideSecrets, isUnseen} from './words.ts'

/** Explains a file; undefined if it is neither there nor anything of ours. */
export function explainFile(
  path: string,
  prepared: Prepared,
  imagine: Imagine,
  system: System,
): Explanation | undefined {
  const known = describeWellKnown(path, prepared)
  if (known !== undefined) return answerOnly('file', path, known)
  const world = imagine({})
  const writers = world.plan.steps.filter(({actions}) => actions.some(action => touches(action, path)))
  const record = prepared.manifest.files[path]
  const now = readNow(system, path)
  if (writers.length === 0 && record === undefined)
    return now === undefined ? undefined : answerOnly('file', path, [describeForeign(path, prepared)])
  const due = planNextBoot(prepared.input)
    .steps.flatMap(step => step.actions)
    .filter(action => touches(action, path))
  const drift = record && findDrift(system, {files: {[path]: record}})[0]?.kind
  const answer = [
    ...describeWriters(path, writers, due, prepared),
    ...(record === undefined ? [] : describeRecord(record, drift)),
  ]
  const after = contentsOf(world).get(path)
  const isUsers = writers.some(({actions}) =>
    actions.some(each => each.kind === 'write-user-file' && each.path === path),
  )
  const shown = isUsers ? undefined : (contentOf(due) ?? now)
  if (after === undefined) {
    const isLeft = record !== undefined && shown !== undefined
    return answerOnly('file', path, isLeft ? [...answer, leftover] : answer)
  }
  const names = writers.map(({name}) => name)
  const blame = explainLines(path, after, names, world, prepared, imagine)
  return {...answerOnly('file', path, answer), lines: align(split(shown ?? after), split(after), blame)}
}

const leftover =
  'Nothing here asks for it now, so its lines can be told from nothing: another context or a command wrote them.'

function describeForeign(path: string, prepared: Prepared): string {
  return isUnseen(manifestPath, prepared)
    ? `Nothing that may be read here writes ${path}; whether vmcontext has written it stands in its records, which cannot be seen.`
    : `vmcontext neither writes ${path} nor has written it: all of it is somebody else's.`
}

const fileKinds = ['write', 'remove', 'link', 'write-sudo-rule', 'write-user-file'] as const

/** Tells whether a deed is about a file as a whole. */
export function isOfFile(action: Action): action is ActionOf<(typeof fileKinds)[number]> {
  return (fileKinds as readonly string[]).includes(action.kind)
}

function touches(action: Action, path: string): boolean {
  return isOfFile(action) && action.path === path
}

function describeWriters(
  path: string,
  writers: readonly Step[],
  due: readonly Action[],
  prepared: Prepared,
): string[] {
  if (writers.length === 0) return [`No step writes ${path} now.`]
  const names = writers.map(({name}) => name).join(' and ')
  const removes = writers.some(({actions}) =>
    actions.some(each => each.kind === 'remove' && each.path === path),
  )
  const deed = removes ? 'takes it away' : `writes ${path}`
  if (isUnseen(path, prepared)) {
    return [
      `The step ${names} ${deed}; what stands there now cannot be seen, so below it is as on a new guest.`,
    ]
  }
  if (due.length === 0) return [`The step ${names} ${deed}; it is as it shall be.`]
  const state = prepared.facts.files.has(path) ? 'has to change' : 'is not there yet'
  return [`The step ${names} ${deed}; it ${state}, and below it is as the next boot leaves it.`]
}

/** As the last of the deeds leaves the file. */
function contentOf(due: readonly Action[]): string | undefined {
  const last = due.findLast(({kind}) => kind === 'write' || kind === 'write-sudo-rule')
  return last !== undefined && 'content' in last && typeof last.content === 'string'
    ? decode(last.content)
    : undefined
}

function readNow({files}: System, path: string): string | undefined {
  const limit = 1024 * 1024
  return unlessRefused(
    () => {
      const status = files.status(path)
      return status?.isFile() && status.size <= limit ? files.readText(path) : status && ''
    },
    () => '',
  )
}

/** What stood there before us is not ours, in whatever order we have put it. */
function explainLines(
  path: string,
  after: string,
  writers: readonly StepName[],
  world: World,
  prepared: Prepared,
  imagine: Imagine,
): Origin[][] {
  const lines = split(after)
  const before = split(decode(world.facts.files.get(path)?.content ?? ''))
  const kept = new Set(lines.keys())
  for (const index of changedLines(before, lines)) kept.delete(index)
  const causes = attribute(
    lines.length,
    chooseProbes(writers, prepared),
    change => imagine(change, writers),
    other => {
      const content = contentsOf(other).get(path)
      return changedLines(content === undefined ? before : split(content), lines)
    },
  )
  return lines.map((_, index) => {
    if (kept.has(index)) return [{kind: 'before'}]
    return causes[index]!.length === 0 ? [{kind: 'form'}] : causes[index]!
  })
}

/** What has a say in files of the network: nothing about accounts has. Others may depend on anything. */
function chooseProbes(writers: readonly StepName[], prepared: Prepared): Probe[] {
  const isNetwork = writers.every(name => name === 'network')
  const steps: readonly (StepName | undefined)[] = ['network', 'onegate']
  return [
    ...probeVariables(prepared, name => !isNetwork || steps.includes(consumerOf(name))),
    ...probeSettings(prepared),
    ...probeMacs(prepared),
    ...probeDefaults(prepared),
  ]
}

/** The numbers of the lines of `after` that `before` has not. */
function changedLines(before: readonly string[], after: readonly string[]): Set<number> {
  const changed = new Set<number>()
  let index = 0
  for (const {added, removed, count} of diffArrays([...before], [...after])) {
    if (removed) continue
    if (added) for (let offset = 0; offset < count; offset += 1) changed.add(index + offset)
    index += count
  }
  return changed
}

/** Puts the causes at the lines as they are shown: between them others may have put theirs. */
function align(
  shown: readonly string[],
  after: readonly string[],
  blame: readonly Origin[][],
): ExplainedLine[] {
  const result: ExplainedLine[] = []
  let index = 0
  for (const {added, removed, value} of diffArrays([...after], [...shown])) {
    if (removed) {
      index += value.length
      continue
    }
    for (const text of value) {
      const from: readonly Origin[] = added ? [{kind: 'not ours'}] : blame[index]!
      if (!added) index += 1
      result.push({line: result.length + 1, text: isOthers(from) ? hideSecrets(text) : text, from})
    }
  }
  return result
}

function split(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
