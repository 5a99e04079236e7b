// The reader against the real shells: every value of thousands of made-up files is what bash and dash give.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {test} from 'node:test'
import {parseShellFile} from '../../src/context/shell.ts'
import {chooseSeed, Random} from './random.ts'
import {makeFile} from './shell-files.ts'
import {readWithShell, type Sample, type ShellName} from './shells.ts'

const seed = chooseSeed()

for (const [shell, files] of [
  ['bash', 2000],
  ['dash', 800],
] as const) {
  test(`values are those of ${shell} (VMCONTEXT_SEED=${seed})`, async context => {
    const random = new Random(seed)
    const samples = Array.from({length: files}, () => makeFile(random, shell))
    const compared = await compare(shell, samples)
    context.diagnostic(`VMCONTEXT_SEED=${seed}: ${compared} values in ${files} files`)
  })
}

async function compare(shell: ShellName, samples: readonly Sample[]): Promise<number> {
  const expected = await readWithShell(shell, samples)
  let compared = 0
  for (const [index, sample] of samples.entries()) {
    const {assignments, problems} = parseShellFile(Buffer.from(sample.text, 'latin1'), 'context.sh')
    const found = new Map(assignments.map(({name, value}) => [name, value]))
    for (const name of sample.names) {
      const problem = problems.find(({code}) => code === 'variable-dropped' || code === 'context-unreadable')
      assert.equal(problem, undefined, JSON.stringify(sample.text))
      assert.equal(
        found.get(name.toUpperCase()),
        expected[index]!.get(name),
        `${name} in ${JSON.stringify(sample.text)}`,
      )
      compared += 1
    }
  }
  return compared
}
