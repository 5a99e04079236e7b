// What the commands print as JSON is what the published schemas say, on every scenario.

import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {type TestContext, test} from 'node:test'
import {Ajv2020} from 'ajv/dist/2020.js'
import {unpackEntries} from '../../src/bundle/archive.ts'
import {bootRoot} from '../boot-root.ts'
import {runVmcontext} from '../run-vmcontext.ts'
import {layOut, listScenarios, readBootOptions, scenariosDirectory} from '../scenario.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

const directory = join(import.meta.dirname, '../../packaging/schema')
const ajv = new Ajv2020({allErrors: true, allowUnionTypes: true})
const validators = new Map(
  readdirSync(directory).map(name => [
    name.replace('.schema.json', ''),
    ajv.compile(JSON.parse(readFileSync(join(directory, name), 'utf8'))),
  ]),
)

function assertValid(name: string, value: unknown): void {
  const validate = validators.get(name)!
  assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors, {separator: '\n'})}`)
}

/** Runs a command on a guest, and holds its JSON against a schema. */
async function check(schema: string, ...args: string[]): Promise<unknown> {
  const {output, errors} = await runVmcontext(...args)
  assert.notEqual(output, '', errors)
  const value = JSON.parse(output)
  assertValid(schema, value)
  return value
}

const scenarios = listScenarios()

for (const scenario of scenarios) {
  test(`plan: ${relative(scenariosDirectory, scenario)}`, async t => {
    const root = layOut(makeDirectory(t), scenario)
    await check('plan', 'plan', '--json', '--root', root, ...readBootOptions(scenario))
  })
}

/** The commands of whoever stands before a guest take these of the options of boot. */
const lookingOptions = ['--context', '--links', '--set']

function makeGuest(t: TestContext, scenario: string) {
  const options = readBootOptions(scenario)
  const kept = options.flatMap((option, index) =>
    lookingOptions.includes(option) ? [option, options[index + 1]!] : [],
  )
  return {root: layOut(makeDirectory(t), scenario), boots: options, options: kept}
}

/** One of each topic. */
const samples = scenarios.filter(
  (scenario, index) => relative(scenario, scenarios[index - 1] ?? '').split('/').length !== 2,
)

for (const scenario of samples) {
  test(`doctor and explain: ${relative(scenariosDirectory, scenario)}`, async t => {
    const {root, options} = makeGuest(t, scenario)
    await check('doctor', 'doctor', '--json', '--root', root, ...options)
    for (const subject of [[], ['network'], ['keys'], ['MAC_RULE'], ['/etc/hosts'], ['USERNAME']]) {
      const {output, exitCode} = await runVmcontext(
        'explain',
        ...subject,
        '--json',
        '--root',
        root,
        ...options,
      )
      // A subject that this guest has not is no JSON, and nothing else either.
      if (exitCode === 0) assertValid('explain', JSON.parse(output))
      else assert.deepEqual([exitCode, output], [2, ''])
    }
  })
}

test('doctor --list, explain mac and explain ip', async () => {
  await check('doctor', 'doctor', '--list', '--json')
  await check('explain', 'explain', 'mac', '02:00:c0:a8:00:05', '--json')
  await check('explain', 'explain', 'ip', '192.168.0.5', '--json')
})

const booted = ['manual-2.2/debian-12', 'manual-2.2/opensuse-15.6', 'scripts/user-data']

for (const name of booted) {
  test(`after a boot: ${name}`, async t => {
    if (!requireRoot(t)) return
    const {root, boots, options} = makeGuest(t, join(scenariosDirectory, name))
    await bootRoot(root, ...boots)
    await check('rollback', 'rollback', '--list', '--json', '--root', root)
    await check('rollback', 'rollback', '--dry-run', '--json', '--root', root)
    await check('status', 'status', '--json', '--root', root)
    const {output} = await runVmcontext('log', '--json', '--root', root)
    const lines = output.trim().split('\n')
    assert.ok(lines.length > 3)
    for (const line of lines) assertValid('log', JSON.parse(line))
    const bundle = join(makeDirectory(t), 'bundle.tar.gz')
    await runVmcontext('report', '-o', bundle, '--root', root, ...options)
    const entries = await unpackEntries(readFileSync(bundle))
    assertValid('bundle', JSON.parse(entries.get('manifest.json')!.toString('utf8')))
    await check('plan', 'replay', '--json', bundle)
    await check('rollback', 'rollback', '--yes', '--json', '--root', root)
    await check('rollback', 'rollback', '--dry-run', '--json', '--root', root)
  })
}

test('a key that is not in its schema is found', () => {
  const validate = validators.get('plan')!
  assert.ok(validate({version: 1, state: 'switched off'}))
  assert.ok(!validate({version: 1, state: 'switched off', more: 1}))
  assert.ok(!validate({version: 2, state: 'switched off'}))
})
