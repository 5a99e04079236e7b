// What bash completes, asked of bash.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {describeProgram} from '../../src/cli/command-line.ts'
import {renderBash, renderFish, renderZsh} from '../../src/cli/completions.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'

const completions = renderBash(describeProgram())

/** What bash offers for the last of the words. */
function complete(...words: string[]): string[] {
  const script = `${completions}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vmcontext; printf '%s\\0' "\${COMPREPLY[@]}"`
  const {stdout, stderr, error} = spawnSync('bash', ['-c', script, 'bash', 'vmcontext', ...words], {
    encoding: 'utf8',
  })
  assert.equal(error, undefined)
  assert.equal(stderr, '')
  return stdout.split('\0').filter(Boolean)
}

const offered: readonly [words: readonly string[], among: readonly string[]][] = [
  [[''], ['boot', 'plan', 'disc', 'install', 'uninstall', 'seal', 'help', '--version']],
  [
    ['help', ''],
    ['boot', 'doctor', 'seal'],
  ],
  [
    ['doctor', '--only', ''],
    ['keys', 'nics', 'seal'],
  ],
  [['doctor', '--only', 'key'], ['keys']],
  [
    ['log', '--level', ''],
    ['info', 'warn', 'error'],
  ],
  [
    ['explain', ''],
    ['mac', 'ip', 'network', 'MAC_RULE', 'USERNAME', 'lo', '--json'],
  ],
  [
    ['status', '--'],
    ['--wait', '--plot'],
  ],
  [['rollback', '--d'], ['--dry-run']],
  [
    ['disc', ''],
    ['build', 'show', 'check'],
  ],
  [
    ['disc', 'build', '--'],
    ['--network', '--strict'],
  ],
  [
    ['boot', '--only', ''],
    ['network', 'keys', 'ready'],
  ],
  [['boot', '--only', '=', 'ke'], ['keys']],
  [
    ['seal', '--operations', ''],
    ['help', 'machine-id', 'logs'],
  ],
  [['seal', '--operations', 'logs,machine'], ['logs,machine-id']],
  [['seal', '--operations', '-logs,-machine'], ['-logs,-machine-id']],
]

for (const [words, among] of offered) {
  test(`vmcontext ${words.join(' ')}`, () => {
    const found = complete(...words)
    for (const word of among) assert.ok(found.includes(word), `${word}: ${found.join(' ')}`)
  })
}

test('what follows an option whose value may be left out is completed as if it stood alone', () => {
  assert.ok(complete('status', '--wait', '--').includes('--plot'))
})

test('a name with a blank in it stays one word', t => {
  const directory = makeDirectory(t, {'my disc.iso': ''})
  assert.deepEqual(complete('disc', 'build', '--network', `${directory}/my`), [`${directory}/my disc.iso`])
})

test('zsh takes its completions for a program, and finds a function for every command', t => {
  if (!requireTool(t, 'zsh')) return
  const file = join(makeDirectory(t, {_vmcontext: renderZsh(describeProgram())}), '_vmcontext')
  const check = spawnSync('zsh', ['-f', '-n', file], {encoding: 'utf8'})
  assert.deepEqual([check.status, check.stderr], [0, ''])
  // Loaded with the completion system, and called outside of it: only what it defines is asked for.
  const script = `autoload -U compinit; compinit -u -D; source ${file} 2>/dev/null; print -l \${(k)functions} | grep ^_vmcontext`
  const {stdout} = spawnSync('zsh', ['-f', '-c', script], {encoding: 'utf8'})
  const names = stdout.split('\n')
  for (const {name} of describeProgram().commands) assert.ok(names.includes(`_vmcontext_${name}`), name)
})

const ofFish: readonly [typed: string, among: readonly string[], without: readonly string[]][] = [
  ['', ['boot', 'doctor', 'help'], ['--only']],
  ['help ', ['boot', 'doctor'], []],
  ['doctor --only ', ['keys', 'seal'], ['boot']],
  ['log --level ', ['warn'], []],
  ['explain ', ['mac', 'network', 'lo'], []],
  ['disc ', ['build'], ['boot']],
]

for (const [typed, among, without] of ofFish) {
  test(`fish: vmcontext ${typed}`, t => {
    if (!requireTool(t, 'fish')) return
    const script = `${renderFish(describeProgram())}\ncomplete -C 'vmcontext ${typed}'`
    const home = makeDirectory(t)
    const {stdout, stderr} = spawnSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
      env: {...process.env, HOME: home},
    })
    assert.equal(stderr, '')
    const found = stdout.split('\n').map(line => line.split('\t')[0]!)
    for (const word of among) assert.ok(found.includes(word), `${word}: ${found.join(' ')}`)
    for (const word of without) assert.ok(!found.includes(word), word)
  })
}
