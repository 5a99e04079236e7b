// Made-up templates: what a person wrote into CONTEXT is what a guest reads from context.sh, in either generation. And
// whatever a file holds, it is read or refused at a place that is in it.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {test} from 'node:test'
import {parseShellFile} from '../../../src/context/shell.ts'
import {formatContextFile} from '../../../src/image/context-file/format.ts'
import {makeContext} from '../../../src/image/context-file/make-context.ts'
import type {Generation} from '../../../src/image/template/generation.ts'
import {parseTemplate} from '../../../src/image/template/parse-template.ts'
import {TemplateError} from '../../../src/image/template/template-error.ts'
import type {Problem} from '../../../src/problem.ts'
import {rounds, tried} from '../../campaign/rounds.ts'
import {chooseSeed, Random} from '../../random.ts'

const seed = chooseSeed()
const generations: readonly Generation[] = ['2.2', 'today']

/** What stands in a value: 2.2 quotes nothing for the shell, so that only what means nothing there comes through. */
const harmless = [
  ...' abcXYZ019=,[]#;&|<>(){}*?~!%^+-_./:@\n\t',
  "'",
  'é',
  '€',
  '😀',
  '# no comment\n',
  ' ]',
  ', B =',
]
const characters: Record<Generation, readonly string[]> = {
  '2.2': harmless,
  today: [...harmless, '\\"', '`', '\\a', '\\'],
}

for (const generation of generations) {
  test(`${generation}: every value of CONTEXT gets to the guest (VMCONTEXT_SEED=${seed})`, t => {
    const random = new Random(seed)
    const count = rounds(5000, 200_000)
    let values = 0
    for (let made = 0; made < count; made += 1) {
      const {text, wanted} = makeTemplate(random, generation)
      const file = makeContextFile(text, generation)
      const {assignments, problems} = parseShellFile(Buffer.from(file), 'context.sh')
      const found = new Map(assignments.map(({name, value}) => [name, value]))
      for (const [name, value] of wanted) assert.equal(found.get(name), value, JSON.stringify({text, file}))
      assert.deepEqual(problems, [], JSON.stringify({text, file}))
      values += wanted.size
    }
    tried(t, values, `values of templates of ${generation}, from CONTEXT to context.sh (${count} templates)`)
  })

  test(`${generation}: a damaged template is read or refused (VMCONTEXT_SEED=${seed})`, t => {
    const random = new Random(seed)
    const count = rounds(10_000, 500_000)
    let refused = 0
    for (let made = 0; made < count; made += 1) {
      const text = damage(random, makeTemplate(random, generation).text)
      refused += readOrRefuse(text, generation) ? 0 : 1
    }
    assert.ok(refused > count / 100 && refused < count, `${refused} refused`)
    tried(t, count, `damaged templates of ${generation} (${refused} refused)`)
  })
}

test('a comment ends with its line, not with what Unicode calls a line end', () => {
  const {template} = parseTemplate(Buffer.from('# a\u2028b\nA = b\n# c\u2028d'), 'vm.one', 'today')
  assert.deepEqual(
    template.attributes.map(({name}) => name),
    ['A'],
  )
})

test('20,000 missing commas are told in short', () => {
  const {template, problems} = parseTemplate(
    Buffer.from(`C = [\n${'a = b\n'.repeat(20_000)}]\n`),
    'vm.one',
    'today',
  )
  assert.equal(template.attributes.length, 1)
  assert.equal(problems.length, 101)
  assert.match(problems[100]!.message, /^and 39898 more from here on/)
  assert.equal(problems[100]!.line, 53)
})

const floods = [
  '#',
  'A=b #',
  '# ',
  'a=b,',
  'A=[',
  'A="',
  '"\\"',
  'A="b"c\n',
  '=',
  ' ',
  ',',
  ']',
  '\n',
  'A=\n',
  'A="]]>"\n',
  'C=[A=b]',
]

test('a flood of one thing is read or refused', () => {
  for (const generation of generations) {
    for (const unit of floods)
      for (const start of ['', 'A = #', 'C = [', 'CONTEXT = [ A = "'])
        for (const end of ['', ']\nB = ]]>\n'])
          readOrRefuse(start + unit.repeat(2 ** 16 / unit.length) + end, generation)
  }
})

/** A template with values in quotes, and what they are. */
function makeTemplate(random: Random, generation: Generation): {text: string; wanted: Map<string, string>} {
  const gap = (choices: readonly string[]) => random.repeat(0, 2, () => random.pick(choices))
  const wanted = new Map<string, string>()
  const entries = Array.from({length: 1 + random.below(5)}, (_, index) => {
    const name = `${random.pick(['a', 'Key', 'B_2', '_x'])}${index}`
    const written = random
      .repeat(1, 12, () => random.pick(characters[generation]))
      .replace(/\\+$/, '')
      .replaceAll(']]>', ']>')
    const escaped = generation === '2.2' ? written : written.replace(/\\(?=\\")/g, '')
    wanted.set(name.toUpperCase(), (escaped || 'x').replaceAll('\\"', '"'))
    const note = random.oneIn(6) ? '\n# a comment, a = "b" ]\n' : ''
    return `${note}${gap([' ', '\n', '\t'])}${name}${gap([' ', '\t'])}=${gap([' ', '\t'])}"${escaped || 'x'}"`
  })
  const other = random.pick(['', '# first\n', 'NAME = vm\n', 'DISK = [ a = b,\n c = "d" ]\n', 'CPU=1\n'])
  const context = `CONTEXT${gap([' '])}=${gap([' '])}[${gap([' ', '\n'])}${entries.join(`${gap([' '])},`)}${gap([' ', '\n'])}]`
  return {text: `${other}${context}${random.pick(['', '\n', '\n# last\n'])}`, wanted}
}

function makeContextFile(text: string, generation: Generation): string {
  const {template} = parseTemplate(Buffer.from(text), 'vm.one', generation)
  const {values} = makeContext({generation, template, networks: [], images: []})
  return formatContextFile(values, generation)
}

/** Tells whether it was read. */
function readOrRefuse(text: string, generation: Generation): boolean {
  try {
    const {template, problems} = parseTemplate(Buffer.from(text), 'vm.one', generation)
    const context = makeContext({generation, template, networks: [], images: []})
    for (const problem of [...problems, ...context.problems]) checkPlace(problem, text)
    assert.ok(problems.length < 200)
    return true
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    checkPlace(error.problem, text)
    return false
  }
}

/** A place is in the text, or directly behind it. */
function checkPlace({file, line = 1, column = 1}: Problem, text: string): void {
  const lines = text.replaceAll(/\r\n?/g, '\n').split('\n')
  const message = () => `${line}:${column} of ${JSON.stringify(text.slice(0, 2000))}`
  assert.equal(file, 'vm.one')
  assert.ok(line >= 1 && line <= lines.length && column >= 1, message())
  assert.ok(column <= lines[line - 1]!.length + 1, message())
}

const fragments = [
  ...'[]=,"#\\$\n \t\r;<&\'',
  '\\"',
  '$NIC[IP]',
  '$A',
  '$NETWORK[A, NAME="b"]',
  '= [',
  ']]>',
  '\0',
  '\u2028',
  '\ufffe',
  'CONTEXT',
  '\r\n',
]

function damage(random: Random, text: string): string {
  let damaged = text
  for (let times = 1 + random.below(3); times > 0; times -= 1) {
    const from = random.below(damaged.length + 1)
    const to = Math.min(damaged.length, from + random.below(8))
    const middle = random.pick([
      () => '',
      () => random.pick(fragments),
      () => damaged.slice(from, to).repeat(2),
    ])()
    damaged = damaged.slice(0, from) + middle + damaged.slice(random.oneIn(2) ? to : from)
  }
  return damaged
}
