// The reader against real shells: every value of made-up files is what bash and dash give.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {existsSync, mkdtempSync, rmdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {parseShellFile, type ShellFile} from '../../src/context/shell.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {requireTool} from '../tools.ts'
import {standIn, straighten} from './differences.ts'
import {CommandMaker} from './shell-commands.ts'
import {makeFile} from './shell-files.ts'
import {readWithShell, type Sample, type ShellName, type Values} from './shells.ts'

const seed = chooseSeed()

/** So many files are made, read and forgotten at a time. */
const filesAtOnce = 2000

for (const shell of ['bash', 'dash'] as const) {
  test(`every value is the one that ${shell} gives (VMCONTEXT_SEED=${seed})`, async t => {
    if (!requireTool(t, shell)) return
    const random = new Random(seed)
    let [values, files] = [0, 0]
    for (const wanted = rounds(20_000, 1_000_000); values < wanted; files += filesAtOnce) {
      const samples = Array.from({length: filesAtOnce}, () => makeFile(random, shell))
      values += await compare(shell, samples)
    }
    tried(t, values, `values of context.sh against ${shell} (${files} files)`)
  })
}

/** Compares all values of files with a shell's; returns how many there were. */
async function compare(shell: ShellName, samples: readonly Sample[]): Promise<number> {
  const expected = (await readWithShell(shell, samples.map(forShell))).map(standInValues)
  let values = 0
  for (const [index, sample] of samples.entries()) {
    values += expected[index]!.size
    const found = valuesOf(sample, parse(sample))
    // Deep comparison takes ten times as long.
    if (isSame(found, expected[index]!)) continue
    assert.deepEqual(found, expected[index], JSON.stringify(sample.text))
  }
  return values
}

test(`nothing is run, and what stands around it is read (VMCONTEXT_SEED=${seed})`, async t => {
  const random = new Random(seed)
  let [values, markers] = [0, 0]
  const files = rounds(600, 30_000)
  for (let read = 0; read < files; read += 600) {
    const samples = makeMixedFiles(random, 600)
    const parsed = parseElsewhere(samples)
    const expected = await readWithShell('bash', samples.map(forShell), directory => {
      markers += existsSync(join(directory, 'marker')) ? 1 : 0
    })
    for (const [index, sample] of samples.entries()) {
      values += checkMixed(sample, parsed[index]!, standInValues(expected[index]!))
    }
  }
  assert.ok(markers > 0, 'bash ran what the reader did not')
  tried(t, values, `values of context.sh among commands against bash (${files} files)`)
})

function checkMixed(sample: Sample, file: ShellFile, expected: Values): number {
  const found = valuesOf(sample, file)
  assert.deepEqual(found, keepNames(expected, [...found.keys()]), JSON.stringify(sample.text))
  for (const name of sample.names.filter(name => name.startsWith('AFTER'))) {
    assert.equal(found.get(name), 'yes', `${name} of ${JSON.stringify(sample.text)}`)
  }
  for (const name of ['EVIL', 'SAME', 'VICTIM'])
    assert.equal(found.get(name), undefined, JSON.stringify(sample.text))
  return found.size
}

/** Files of assignments with things to be run between them; behind each of those stands `AFTER…=yes`. */
function makeMixedFiles(random: Random, count: number): readonly Sample[] {
  const commands = new CommandMaker(random)
  return Array.from({length: count}, () => {
    const {text, names} = makeFile(random, 'bash')
    const after = Array.from({length: 5}, (_, index) => `AFTER${index}`)
    const lines = after.map(name => `${commands.line()}${name}=yes\n`)
    return {
      text: `${straighten(text)}\n${lines.join('')}`,
      names: [...names, ...after, 'EVIL', 'SAME', 'VICTIM'],
    }
  })
}

/** Reads the files in an empty directory, which stays empty: what they would create is not created. */
function parseElsewhere(samples: readonly Sample[]): readonly ShellFile[] {
  const [before, directory] = [process.cwd(), mkdtempSync(join(tmpdir(), 'vmcontext-empty-'))]
  process.chdir(directory)
  const files = samples.map(parse)
  process.chdir(before)
  rmdirSync(directory)
  return files
}

function parse(sample: Sample): ShellFile {
  return parseShellFile(Buffer.from(sample.text, 'latin1'), 'context.sh')
}

/** A file as a shell gets it. */
function forShell({text, names}: Sample): Sample {
  return {text: standIn(straighten(text)), names: names.map(standIn)}
}

/** What a stand-in is put for may also stand in a value as it is written. */
function standInValues(values: Values): Values {
  return new Map([...values].map(([name, value]) => [name, standIn(value)]))
}

/** The values that were read, by the names that the shell has for them. */
function valuesOf({names}: Sample, {assignments}: ShellFile): Values {
  const last = new Map(assignments.map(({name, value}) => [name, value]))
  const found = names.map(name => [standIn(name), last.get(name.toUpperCase())] as const)
  return standInValues(new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined)))
}

function isSame(one: Values, other: Values): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value)
}

function keepNames(values: Values, names: readonly string[]): Values {
  return new Map([...values].filter(([name]) => names.includes(name)))
}
