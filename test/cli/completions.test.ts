// What bash completes, asked of bash.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {test} from 'node:test'
import {describeProgram} from '../../src/cli/command-line.ts'
import {renderBash} from '../../src/cli/completions.ts'

const completions = renderBash(describeProgram())

/** What bash offers for the last of the words. */
function complete(...words: string[]): string[] {
  const script = `${completions}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vmcontext; printf '%s\\n' "\${COMPREPLY[@]}"`
  const {stdout, stderr, error} = spawnSync('bash', ['-c', script, 'bash', 'vmcontext', ...words], {
    encoding: 'utf8',
  })
  assert.equal(error, undefined)
  assert.equal(stderr, '')
  return stdout.split('\n').filter(Boolean)
}

const offered: readonly [words: readonly string[], among: readonly string[]][] = [
  [[''], ['boot', 'plan', 'disc', 'install', 'uninstall', 'seal']],
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
