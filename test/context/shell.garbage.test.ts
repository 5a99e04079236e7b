// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what the shell would expand

// Whatever the bytes are, the reader comes to an end and says something sensible.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {test} from 'node:test'
import {parseShellFile} from '../../src/context/shell.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {CommandMaker} from './shell-commands.ts'
import {makeFile} from './shell-files.ts'
import {floods, lesserFloods} from './shell-floods.ts'
import {damage, fragments, loadCorpus, mutate} from './shell-mutations.ts'

const seed = chooseSeed()
const corpus = loadCorpus()
const mebibyte = 1024 * 1024

const makers = {
  'random bytes': random => random.repeat(0, 300, () => String.fromCharCode(random.below(256))),
  'ASCII bytes': random => random.repeat(0, 300, () => String.fromCharCode(1 + random.below(127))),
  'pieces of shell': random => random.repeat(0, 60, () => random.pick([...fragments, ' '])),
  'a damaged file': random => damage(random, makeFile(random, 'bash').text),
  'a damaged context of a scenario': random => mutate(random, corpus),
  'damaged commands': random => damage(random, `A=1\n${new CommandMaker(random).line()}B=2\n`),
} satisfies Record<string, (random: Random) => string>

for (const [name, make] of Object.entries<(random: Random) => string>(makers)) {
  test(`reads ${name} (VMCONTEXT_SEED=${seed})`, t => {
    const random = new Random(seed)
    const count = rounds(3000, 200_000)
    for (let times = 0; times < count; times += 1) read(make(random))
    tried(t, count, `texts for context.sh: ${name}`)
  })
}

for (const [size, units] of [
  [mebibyte, floods],
  [mebibyte / 4, lesserFloods],
] as const) {
  for (const unit of units) {
    test(`comes to the end of ${size} bytes of ${JSON.stringify(unit)}`, () => {
      for (const start of ['', 'A=', 'A="']) read(start + unit.repeat((size - start.length) / unit.length))
    })
  }
}

test('nests as deep as any real script, and no deeper than the stack', () => {
  for (const [open, close] of ['$( )', '${A:- }', '"$( )"', '{ ;}', '( )', '$(( ))'].map(pair =>
    pair.split(' '),
  )) {
    const nest = (depth: number) => `A=1\nB=${`${open} `.repeat(depth)}: ${close!.repeat(depth)}\nC=3\n`
    assert.match(read(nest(40)), /^A.*C$/, `${open}`)
    assert.match(read(nest(100_000)), /^A/)
  }
})

/** Reads a text and checks what must hold for any; returns the names that were read. */
function read(text: string): string {
  const {assignments, problems} = parseShellFile(Buffer.from(text, 'latin1'), 'context.sh')
  const lines = text.split('\n').length
  let last = 1
  for (const {name, value, line} of assignments) {
    assert.match(name, /^[A-Z_][A-Z0-9_]*$/)
    assert.ok(!value.includes('\0') && line >= last && line <= lines)
    last = line
  }
  assert.ok(problems.length < 400)
  for (const {file, line, message} of problems) {
    assert.ok(file === 'context.sh' && (line ?? 1) >= 1 && (line ?? 1) <= lines)
    // Nothing of the text gets into a message but the operator or reserved word that opens something.
    assert.match(message, /^[\w\s:,.~=$?+|&'()[\]{}\\-]*$/)
  }
  return assignments.map(({name}) => name).join(' ')
}
