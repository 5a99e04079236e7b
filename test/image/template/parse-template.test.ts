// What templates say. Every line of the first two tables was also given to OpenNebula's own parsers, of release-2.2-rc1
// and of release-7.0.2, compiled from their sources.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Generation} from '../../../src/image/template/generation.ts'
import {parseTemplate} from '../../../src/image/template/parse-template.ts'
import {TemplateError} from '../../../src/image/template/template-error.ts'

/** The attributes of a template as pairs, vectors as objects, and what is said about it. */
function parse(text: string | Uint8Array, generation: Generation = 'today') {
  const {template, problems} = parseTemplate(Buffer.from(text), 'vm.one', generation)
  const attributes = template.attributes.map(attribute => [
    attribute.name,
    attribute.kind === 'single'
      ? attribute.text
      : Object.fromEntries([...attribute.values].map(([name, {text: value}]) => [name, value])),
  ])
  return {attributes, said: problems.map(({line, column, message}) => `${line}:${column} ${message}`)}
}

function reads(
  text: string,
  expected: unknown[],
  generations: readonly Generation[] = ['2.2', 'today'],
): void {
  for (const generation of generations) {
    test(`${generation}: ${JSON.stringify(text)}`, () => {
      const {attributes, said} = parse(text, generation)
      assert.deepEqual(attributes, expected)
      assert.deepEqual(said, [])
    })
  }
}

describe('both generations', () => {
  reads('A = b', [['A', 'b']])
  reads('a=b\n\n # c\nB = "c d"\n', [
    ['A', 'b'],
    ['B', 'c d'],
  ])
  reads('A =\nB = 1.5', [
    ['A', ''],
    ['B', '1.5'],
  ])
  reads('A = "b\nc"', [['A', 'b\nc']])
  reads(String.raw`A = "say \"hi\""`, [['A', 'say "hi"']])
  reads(String.raw`A = "C:\dir\"`, [['A', 'C:\\dir\\']])
  reads('A = /a/b:c-d', [['A', '/a/b:c-d']])
  reads('C = [ a = b, B = "c" ]', [['C', {A: 'b', B: 'c'}]])
  reads('C = [\n a = b, # why\n\t# more\n B = "c"\n]\nD=e\n', [
    ['C', {A: 'b', B: 'c'}],
    ['D', 'e'],
  ])
  reads('N=[A=b] N=[A=c]', [
    ['N', {A: 'b'}],
    ['N', {A: 'c'}],
  ])
  reads("A = 'b'", [['A', "'b'"]])
})

describe('where they differ', () => {
  reads('A = ""', [['A', '""']], ['2.2'])
  reads('A = ""', [['A', '']], ['today'])
  reads('C = [ ]', [['C', {}]], ['today'])
  reads('', [], ['today'])
  reads('1A = b', [['1A', 'b']], ['2.2'])
  reads('1A = b', [['ONE_1A', 'b']], ['today'])
  reads(String.raw`A = "x\\" y"`, [['A', 'x" y']], ['2.2'])
  reads(String.raw`A = "x\\" y"`, [['A', 'x\\" y']], ['today'])
})

describe('what the front end gets otherwise', () => {
  const notes = (name: string, text: string, attributes: unknown[], ...said: RegExp[]) =>
    test(name, () => {
      const parsed = parse(text)
      assert.deepEqual(parsed.attributes, attributes)
      assert.equal(parsed.said.length, said.length, parsed.said.join('\n'))
      for (const [index, pattern] of said.entries()) assert.match(parsed.said[index]!, pattern)
    })

  notes(
    'a comma that the manual forgets',
    'C = [\n a = b\n d = e\n]',
    [['C', {A: 'b', D: 'e'}]],
    /^3:2 the comma in front of d/,
  )
  notes('a comma too much', 'C = [ a = b, ]', [['C', {A: 'b'}]], /^1:12 /)
  notes('lines ending in CR LF', 'A = "b\r\nc"\r\n', [['A', 'b\nc']], /CR LF/)
  notes('a comment that does not end', 'A = b\n# c', [['A', 'b']], /^2:\d+ the last line/)
  notes('no comment at the end', 'A = "b\n# c"', [['A', 'b\n# c']])
  notes('a name twice', 'C = [ a = b, A = c ]', [['C', {A: 'b'}]], /^1:14 A is given twice in C; the first/)
  notes('what belongs to nothing', 'A = b;;;\n', [['A', 'b;;;']])
  notes(
    'a row of it',
    'A = "b";\n;;;B = c',
    [
      ['A', '"b";'],
      ['B', 'c'],
    ],
    /^1:5 .*quotes part of the value/,
    /^2:1 ; stands/,
  )
})

describe('what is none', () => {
  const refuses = (text: string | Uint8Array, pattern: RegExp, generation: Generation = 'today') =>
    test(`${generation}: ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.throws(
        () => parse(text, generation),
        (error: unknown) => {
          assert.ok(error instanceof TemplateError)
          const {line, column, message, cure} = error.problem
          assert.match(`${line}:${column} ${message} (${cure})`, pattern)
          return true
        },
      )
    })

  refuses('A = b\nC = [ a = b,\n d = e\n', /^2:5 the bracket that is opened here for C is never closed/)
  refuses('C = [ a = [', /^1:11 there should be a value for a, but there is an opening bracket/)
  refuses('A = "b', /^1:5 the quote that is opened here is never closed/)
  refuses('A = "b\nC = "d"\n', /^1:5 the quote that is opened here is closed in line 2 only/)
  refuses('A\n', /^1:2 there should be = behind A, but there is the end/)
  refuses('A b\n', /^1:3 there should be = behind A, but there is another word/)
  refuses('A = b c\n', /^1:8 there should be = behind c/)
  refuses('C = [ a = b c = d ]', /^1:13 there should be a comma/)
  refuses('C = [ a =\n ]', /^1:8 a has no value \(a = ""\)/)
  refuses('C =\n[ a = b ]', /^2:1 a bracket opens here that belongs to no name/)
  refuses('C = [ a = $NIC[IP] ]', /^1:15 a reference with a bracket stands here without quotes \(put the/)
  refuses(String.raw`C = [ a = "b\", c = "d" ]`, /^1:13 this backslash makes the quote behind it a part/)
  refuses('A = # b\n', /^1:5 no value begins with #/)
  refuses('C = [ a = "]]>" ]', /^1:12 a value cannot hold \]\]>/)
  refuses('= b', /^1:1 there should be a name/)
  refuses('<VM/>', /^1:1 this is XML/)
  refuses('', /nothing in it/, '2.2')
  refuses('C = [ ]', /^1:5 C holds no value/, '2.2')
  refuses('A = b\0', /control character/)
  refuses(Buffer.from([0x41, 0x3d, 0xff]), /UTF-8/)
  refuses('<!$'.repeat(100_000), /XML/)
  refuses('A = b\n'.concat('; '.repeat(100_000)), /too much stands outside/)

  test('no word of a value is repeated: it may be a password', () => {
    assert.throws(
      () => parse('PASSWORD = open sesame\n'),
      (error: unknown) => !JSON.stringify(error).includes('open') && !String(error).includes('esame '),
    )
  })
})

test('a long template takes no long time', () => {
  const many = Array.from({length: 20_000}, (_, index) => `N = [ A = "${index}", B = c ]\n`).join('')
  assert.equal(parse(`${many}S = "${'x'.repeat(2 ** 21)}"`).attributes.length, 20_001)
})
