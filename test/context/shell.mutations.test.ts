// Real context files with damage, against bash. Of every file the lines that are read are what bash makes of them (it
// gets no others), and of most the whole: bash gets all but the lines that no shell accepts, in a jail (shell-jail.ts).

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {spawnSync} from 'node:child_process'
import {describe, test} from 'node:test'
import {Cursor} from '../../src/context/shell/cursor.ts'
import {readLine} from '../../src/context/shell/line.ts'
import {parseShellFile, type ShellFile} from '../../src/context/shell.ts'
import type {Problem} from '../../src/problem.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {skip} from '../guests/host.ts'
import {chooseSeed, Random} from '../random.ts'
import {
  hasTwoSpellings,
  isReserved,
  lastBackslash,
  runsAnyway,
  standInUnbraced,
  straighten,
  unclearDollar,
} from './differences.ts'
import {makeFile} from './shell-files.ts'
import {makeJail} from './shell-jail.ts'
import {loadCorpus, mutate} from './shell-mutations.ts'
import {readInJail, type Sample, type Values} from './shells.ts'

const seed = chooseSeed()
const corpus = loadCorpus()

/** A file, what was read of it, its lines as the reader tells them apart, and the names to ask bash for. */
type Case = {text: string; file: ShellFile; lines: readonly Line[]; names: readonly string[]}

/** `stops`: something on it is not read. `refused`: no shell accepts it. */
type Line = {text: string; stops: boolean; refused: boolean; keys: readonly string[]}

describe('damaged files', skip(process.getuid?.() === 0 ? undefined : 'the jail needs root'), () => {
  test(`what is read of them is what bash reads (VMCONTEXT_SEED=${seed})`, async t => {
    const random = new Random(seed)
    const jail = makeJail(t)
    const counts = {files: 0, values: 0, whole: 0, left: 0}
    for (const wanted = rounds(3000, 300_000); counts.files < wanted; counts.files += 1000) {
      const cases = Array.from({length: 1000}, () => makeCase(random)).filter(one => one !== undefined)
      counts.values += await compareLines(jail, cases)
      const whole = cases.filter(mayRun)
      counts.whole += await compareWhole(jail, whole)
      counts.left += cases.length - whole.length
    }
    const {files, values, whole, left} = counts
    tried(t, values, `values of ${files} damaged context files against bash, line by line`)
    tried(t, whole, `values of damaged context files against bash, the whole run (${left} files left out)`)
  })
})

function makeCase(random: Random): Case | undefined {
  const text = straighten(
    random.oneIn(3) ? mutate(random, [makeFile(random, 'bash').text]) : mutate(random, corpus),
  )
  const file = parseShellFile(Buffer.from(text, 'latin1'), 'context.sh')
  const names = listNames(text)
  // A NUL costs the file, and a flood of problems is folded: no line can then be told from another.
  const isKnown =
    !text.includes('\0') &&
    !unclearDollar.test(text) &&
    !lastBackslash.test(text) &&
    !file.problems.some(({message}) => /^and \d+ more/.test(message))
  if (!isKnown || hasTwoSpellings(names) || names.some(isSpecial)) return undefined
  return {text, file, lines: splitLines(text, file.problems), names}
}

/** What could be a name of a variable. */
function listNames(text: string): readonly string[] {
  const names = text.replaceAll('\\\n', '').match(/[A-Za-z_]\w*/g) ?? []
  return [...new Set(names)]
}

/** Bash has a value of its own for it, or reads on in another way. */
function isSpecial(name: string): boolean {
  return (
    isReserved(name) ||
    /^(?:BASH|_$|OPTARG$|OPTERR$|REPLY$|COPROC|MAPFILE$|READLINE|FUNCNAME$|DIRSTACK$|GROUPS$)/.test(name)
  )
}

function splitLines(text: string, problems: readonly Problem[]): readonly Line[] {
  const cursor = new Cursor(text)
  const lines: Line[] = []
  let number = 1
  while (cursor.offset < text.length) {
    const {offset, refused, unclosed} = readLine(cursor)
    const line = unclosed === undefined ? text.slice(offset, cursor.offset) : text.slice(offset)
    const end = number + line.split('\n').length - 1
    const here = problems.filter(
      problem => problem.line! >= number && problem.line! < end + (line.endsWith('\n') ? 0 : 1),
    )
    const stops = here.filter(
      ({code, message}) => code === 'variable-dropped' || /^(?:this is a command|no shell)/.test(message),
    )
    const keys = stops.flatMap(({key}) => (key === undefined ? [] : [key]))
    lines.push({text: line, stops: stops.length > 0, refused, keys})
    if (unclosed !== undefined) break
    number = end
  }
  return lines
}

/** Only the lines that are read whole, the others without effect but that they unset what they would set. */
async function compareLines(jail: string, cases: readonly Case[]): Promise<number> {
  const whole = cases.filter(({lines, file}) => lines.every(line => !isHalfRead(line, file)))
  const samples = whole.map(({lines, names}) => ({
    text: replace(lines, names, line => line.stops || line.refused),
    names,
  }))
  return compare(await readInJail(jail, samples), whole, samples)
}

/** Something on the line is read and something is not. */
function isHalfRead({text, stops}: Line, {assignments}: ShellFile): boolean {
  return stops && assignments.length > 0 && /[;&]|\S[ \t]+\w+\+?=/.test(text)
}

async function compareWhole(jail: string, cases: readonly Case[]): Promise<number> {
  const samples = cases.map(({lines, names}) => ({text: replace(lines, names, line => line.refused), names}))
  const answers = await readInJail(jail, samples)
  return compare(answers, cases, samples, listTainted)
}

/** Names whose values come of those that commands may have set: here they are empty (contract, §2), in bash not. */
function listTainted({lines}: Case): ReadonlySet<string> {
  const tainted = new Set<string>()
  for (const {text, keys} of lines) {
    for (const key of keys) tainted.add(key)
    const uses = Array.from(text.replaceAll('\\\n', '').matchAll(/\$\{?(\w+)/g), match =>
      match[1]!.toUpperCase(),
    )
    if (!uses.some(name => tainted.has(name))) continue
    for (const [, name] of text.replaceAll('\\\n', '').matchAll(/(\w+)\+?=/g))
      tainted.add(name!.toUpperCase())
  }
  return tainted
}

function mayRun({text}: Case): boolean {
  return !Object.values(runsAnyway).some(pattern => pattern.test(text))
}

function replace(lines: readonly Line[], names: readonly string[], isOut: (line: Line) => boolean): string {
  const forget = ({keys}: Line) => {
    const gone = names.filter(name => keys.includes(name.toUpperCase()))
    return gone.length === 0 ? '\n' : `builtin unset -v ${gone.join(' ')}\n`
  }
  return standInUnbraced(lines.map(line => (isOut(line) ? forget(line) : line.text)).join(''))
}

/** What bash has of the names that were not dropped; where it gave up, nothing is compared. */
function compare(
  answers: readonly (Values | undefined)[],
  cases: readonly Case[],
  samples: readonly Sample[],
  without: (one: Case) => ReadonlySet<string> = () => new Set(),
): number {
  const differences: string[] = []
  let values = 0
  for (const [index, one] of cases.entries()) {
    const {file, names, text, lines} = one
    const left = without(one)
    const answer = answers[index]
    if (answer === undefined) continue
    const last = new Map(file.assignments.map(({name, value}) => [name, value]))
    for (const name of names.filter(name => !isAmong(name, file.dropped, left))) {
      const found = takeIn(last.get(name.toUpperCase()))
      const expected = takeIn(answer.get(name))
      const show = [name, found ?? null, expected ?? null, text, samples[index]!.text]
      if (found !== expected && !lines.some(isMalformed))
        differences.push(show.map(part => JSON.stringify(part)).join('\n'))
      values += found === undefined ? 0 : 1
    }
  }
  assert.equal(
    differences.slice(0, 5).join('\n\n'),
    '',
    'name, our value, that of bash, the file, as bash got it',
  )
  return values
}

/**
 * Of a compound command only the end is looked for. Bash also stops where its inside is wrong (`if` without `then`);
 * here it is skipped like any other. A command whose end bash finds elsewhere is none of these.
 */
function isMalformed({text, stops, refused}: Line): boolean {
  if (!stops || refused) return false
  const {status, stderr} = spawnSync('/bin/bash', ['--norc', '-n'], {
    input: Buffer.from(text, 'latin1'),
    env: {},
  })
  return status !== 0 && !/unexpected (?:EOF|end of file)/.test(`${stderr}`)
}

function isAmong(name: string, ...sets: readonly ReadonlySet<string>[]): boolean {
  return sets.some(set => set.has(name.toUpperCase()))
}

function takeIn(value: string | undefined): string | undefined {
  return value === undefined ? undefined : standInUnbraced(value)
}
