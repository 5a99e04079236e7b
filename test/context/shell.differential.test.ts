// The reader against real shells: every value of thousands of made-up files is what bash and dash give.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {existsSync, mkdtempSync, readdirSync, rmdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {parseShellFile, type ShellFile} from '../../src/context/shell.ts'
import {chooseSeed, Random} from '../random.ts'
import {CommandMaker} from './shell-commands.ts'
import {makeFile} from './shell-files.ts'
import {readWithShell, type Sample, type Values} from './shells.ts'

const seed = chooseSeed()

const cases = [
  ['bash', 2200, 20_000],
  ['dash', 700, 6000],
] as const

for (const [shell, files, least] of cases) {
  const skip = !existsSync(`/bin/${shell}`)
  test(`every value is the one that ${shell} gives (VMCONTEXT_SEED=${seed})`, {skip}, async context => {
    const random = new Random(seed)
    const samples = Array.from({length: files}, () => makeFile(random, shell))
    const expected = await readWithShell(shell, samples)
    let values = 0
    for (const [index, sample] of samples.entries()) {
      values += expected[index]!.size
      assert.deepEqual(valuesOf(sample, parse(sample)), expected[index], JSON.stringify(sample.text))
    }
    context.diagnostic(`VMCONTEXT_SEED=${seed}: ${values} values in ${files} files`)
    assert.ok(values >= least)
  })
}

test(`nothing is run, and what stands around it is read (VMCONTEXT_SEED=${seed})`, async context => {
  const samples = makeMixedFiles(new Random(seed), 400)
  const files = parseElsewhere(samples)
  let markers = 0
  const expected = await readWithShell('bash', samples, directory => {
    markers = readdirSync(directory).filter(batch => existsSync(join(directory, batch, 'marker'))).length
  })
  assert.ok(markers > 0, 'bash ran what the reader did not')
  let values = 0
  for (const [index, sample] of samples.entries()) {
    const found = valuesOf(sample, files[index]!)
    assert.deepEqual(found, keepNames(expected[index]!, [...found.keys()]), JSON.stringify(sample.text))
    for (const name of sample.names.filter(name => name.startsWith('AFTER'))) {
      assert.equal(found.get(name), 'yes', `${name} of ${JSON.stringify(sample.text)}`)
    }
    for (const name of ['EVIL', 'SAME', 'VICTIM'])
      assert.equal(found.get(name), undefined, JSON.stringify(sample.text))
    values += found.size
  }
  context.diagnostic(`VMCONTEXT_SEED=${seed}: ${values} values in ${samples.length} files`)
})

/** Files of assignments with things to be run between them; behind each of those stands `AFTER…=yes`. */
function makeMixedFiles(random: Random, count: number): readonly Sample[] {
  const commands = new CommandMaker(random)
  return Array.from({length: count}, () => {
    const {text, names} = makeFile(random, 'bash')
    const after = Array.from({length: 5}, (_, index) => `AFTER${index}`)
    const lines = after.map(name => `${commands.line()}${name}=yes\n`)
    return {text: `${text}\n${lines.join('')}`, names: [...names, ...after, 'EVIL', 'SAME', 'VICTIM']}
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

/** The values that were read, by the names as they are written in the file. */
function valuesOf({names}: Sample, {assignments}: ShellFile): Values {
  const last = new Map(assignments.map(({name, value}) => [name, value]))
  const found = names.map(name => [name, last.get(name.toUpperCase())] as const)
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function keepNames(values: Values, names: readonly string[]): Values {
  return new Map([...values].filter(([name]) => names.includes(name)))
}
