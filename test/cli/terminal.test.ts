// What a person sees on a terminal of 80 columns, kept in test/cli/terminal: colours stand as ‹name›…‹/›. A change of
// form is seen in review. UPDATE_SCENARIOS=1 writes the texts anew.

import assert from 'node:assert/strict'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {inspect} from 'node:util'
import {bootRoot} from '../boot-root.ts'
import {runOnTerminal} from '../run-vmcontext.ts'
import {layOut, scenariosDirectory} from '../scenario.ts'
import {requireRoot} from '../tools.ts'

const isUpdating = process.env.UPDATE_SCENARIOS === '1'

/** The name of the text, the scenario, and what is asked of it. `booted`: after a boot. */
const pictures: [name: string, scenario: string, words: string[], booted?: 'booted'][] = [
  ['plan', 'manual-2.2/debian-12', ['plan']],
  ['plan-suse', 'manual-2.2/opensuse-11.2', ['plan']],
  ['plan-of-a-bad-context', 'bad-context/unclosed-quote', ['plan']],
  ['plan-after-a-boot', 'manual-2.2/debian-12', ['plan'], 'booted'],
  ['plan-of-user-data', 'scripts/user-data', ['plan']],
  ['explain', 'manual-2.2/debian-12', ['explain']],
  ['explain-nic', 'manual-2.2/debian-12', ['explain', 'eth0']],
  ['explain-file', 'manual-2.2/debian-12', ['explain', '/etc/network/interfaces'], 'booted'],
  ['explain-variable', 'manual-2.2/debian-12', ['explain', 'NETMASK']],
  ['explain-step', 'manual-2.2/debian-12', ['explain', 'keys']],
  ['explain-mac', 'manual-2.2/debian-12', ['explain', 'mac', '02:00:c0:a8:00:05']],
  [
    'doctor',
    'manual-2.2/debian-12',
    ['doctor', '--only', 'context', '--only', 'nics', '--only', 'keys', '--only', 'files'],
  ],
  [
    'doctor-of-a-bad-context',
    'bad-context/unclosed-quote',
    ['doctor', '--only', 'disc', '--only', 'context', '--only', 'manager'],
  ],
  ['rollback', 'manual-2.2/debian-12', ['rollback', '--dry-run'], 'booted'],
]

const directory = join(import.meta.dirname, 'terminal')

for (const [name, scenario, words, booted] of pictures) {
  test(`${name}: vmcontext ${words.join(' ')}`, async t => {
    if (!requireRoot(t)) return
    // Where a line ends depends on the length of its path.
    const place = mkdtempSync('/tmp/vmcontext-')
    t.after(() => rmSync(place, {recursive: true, force: true}))
    const {root, options} = makeGuest(place, join(scenariosDirectory, scenario))
    if (booted !== undefined) await bootRoot(root, ...options)
    const more = words[0] === 'rollback' || words[1] === 'mac' ? [] : options
    const where = words[1] === 'mac' ? [] : ['--root', root]
    const {output, exitCode} = await runOnTerminal([...words, ...where, ...more])
    assert.ok(exitCode <= 1, `it ended with ${exitCode}`)
    keep(name, showColours(output.replaceAll(place, '/tmp/vmcontext-000000')))
    const long = output
      .replaceAll(/\x1b\[\d+m/g, '')
      .split('\n')
      .filter(isTooLong)
    if (name !== 'explain-file') assert.deepEqual(long, [])
  })
}

test('what is wrong with a command line is told in 80 columns, and no name in it steers the terminal', async () => {
  const lines = [
    ['replay', '/nowhere/\x1b[2Jx'],
    ['\x1b[2Jplan'],
    ['explain', 'a', 'b'],
    ['plan', '--only', 'x'],
  ]
  for (const line of lines) {
    const {errors, exitCode} = await runOnTerminal(line)
    assert.equal(exitCode, 2, errors)
    assert.doesNotMatch(errors, /\x1b/)
    assert.deepEqual(
      errors.split('\n').filter(row => row.length > 80),
      [],
    )
  }
})

function makeGuest(place: string, scenario: string): {root: string; options: string[]} {
  mkdirSync(join(place, 'root'), {recursive: true})
  const options: string[] = []
  for (const part of ['context', 'links']) {
    if (!existsSync(join(scenario, part))) continue
    cpSync(join(scenario, part), join(place, part), {recursive: true})
    options.push(`--${part}`, join(place, part))
  }
  return {root: layOut(join(place, 'root'), scenario), options}
}

/** A line of a file is as long as it is, and so is a word. */
function isTooLong(line: string): boolean {
  return line.length > 80 && !/^ {6}[-+ ]/.test(line) && line.trimStart().includes(' ')
}

const colours = new Map(Object.entries(inspect.colors).map(([name, codes]) => [codes?.[0], name]))

function showColours(text: string): string {
  const shown = text.replaceAll(/\x1b\[(\d+)m/g, (_, code) => {
    const name = colours.get(Number(code))
    const isEnd = ['0', '22', '39'].includes(code)
    return isEnd ? '‹/›' : `‹${name}›`
  })
  assert.doesNotMatch(shown, /\x1b/)
  return shown
}

function keep(name: string, text: string): void {
  const path = join(directory, `${name}.txt`)
  if (isUpdating) {
    mkdirSync(directory, {recursive: true})
    writeFileSync(path, text)
  }
  assert.equal(text, existsSync(path) ? readFileSync(path, 'utf8') : '')
}
