import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {settingNames} from '../../src/settings/settings.ts'
import {stepNames} from '../../src/steps.ts'
import {runVmcontext} from '../run-vmcontext.ts'
import {requireTool} from '../tools.ts'

const directory = join(import.meta.dirname, '../../packaging/man')

for (const name of readdirSync(directory)) {
  test(`${name} is read by man without a warning`, t => {
    if (!requireTool(t, 'man')) return
    const environment = {...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: ''}
    const {stderr, stdout, status} = spawnSync('man', ['--warnings', '-l', join(directory, name)], {
      encoding: 'utf8',
      env: environment,
    })
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /vmcontext/)
  })
}

test('vmcontext.conf(5) tells every setting and every step', () => {
  const text = readFileSync(join(directory, 'vmcontext.conf.5'), 'utf8').replaceAll('\\-', '-')
  for (const name of [...settingNames, ...stepNames]) assert.ok(text.includes(name), name)
})

test('vmcontext(8) tells every command and option', async () => {
  const text = readFileSync(join(directory, 'vmcontext.8'), 'utf8').replaceAll('\\-', '-')
  const help = (await runVmcontext('boot', '--help')).output + (await runVmcontext('plan', '--help')).output
  const options = new Set([...help.matchAll(/^ {2}.*?(--[a-z]+)/gm)].map(([, option]) => option!))
  options.delete('--help')
  assert.ok(options.size >= 9, `only ${options.size} options were found`)
  for (const name of [...options, 'boot', 'plan']) assert.ok(text.includes(name), name)
})
