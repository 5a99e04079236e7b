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

/** The pages, and the commands that each has to tell the options of. */
const commandPages: Record<string, readonly string[]> = {
  'vmcontext.8': ['boot', 'plan'],
  'vmcontext-disc.8': ['disc build', 'disc show', 'disc check'],
  'vmcontext-install.8': ['install', 'uninstall'],
  'vmcontext-seal.8': ['seal'],
}

for (const [page, commands] of Object.entries(commandPages)) {
  for (const command of commands) {
    test(`${page} tells every option of ${command}`, async () => {
      const text = readFileSync(join(directory, page), 'utf8').replaceAll('\\-', '-')
      const {output} = await runVmcontext(...command.split(' '), '--help')
      const options = new Set([...output.matchAll(/^ {2}.*?(--[a-z-]+)/gm)].map(([, option]) => option!))
      options.delete('--help')
      assert.ok(options.size >= 1, 'no options were found')
      for (const name of [...options, command.split(' ').at(-1)!]) assert.ok(text.includes(name), name)
    })
  }
}

test('there is a page for every command', async () => {
  const {output} = await runVmcontext('--help')
  const names = [...output.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!)
  const known = Object.values(commandPages)
    .flat()
    .map(command => command.split(' ')[0])
  assert.deepEqual(
    names.filter(name => name !== 'help' && !known.includes(name)),
    [],
  )
})
