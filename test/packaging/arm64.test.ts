// The executable for arm64, as far as it can be told without such a machine: under qemu's user emulation it has to do
// to a root file system what that for x64 does. No arm64 guest is booted.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {before, suite, type TestContext, test} from 'node:test'
import {type Architecture, executables, provideBase} from '../../packaging/base.ts'
import {readNeeds} from '../../packaging/packages/elf.ts'
import {withoutTimes} from '../boot-root.ts'
import {skip} from '../guests/host.ts'
import {layOut, readBootOptions, scenariosDirectory} from '../scenario.ts'
import {makeDirectory} from '../temporary.ts'
import {compareTrees, readTree} from '../tree.ts'
import {provideExecutable, runForeign} from './foreign.ts'

const repository = join(import.meta.dirname, '..', '..')

/** All of them take five minutes: VMCONTEXT_SCENARIOS=all. */
const topics =
  process.env.VMCONTEXT_SCENARIOS === 'all' ? readdirSync(scenariosDirectory) : ['manual-2.2', 'password']

/** A few of the tests that need no tool of the machine; all of them take half an hour. */
const unitTests = ['context/base64.test.ts', 'context/hostname.test.ts', 'apply/login/password.test.ts']

test('the arm64 base has the version of the x64 one, and its hash is pinned', () => {
  const {packages} = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'))
  const [x64, arm64] = ['x64', 'arm64'].map(name => packages[`node_modules/node-linux-${name}`])
  assert.equal(arm64.version, x64.version)
  assert.match(arm64.integrity, /^sha512-/)
})

suite('the executable for arm64', skip(whyNot()), () => {
  let executable = ''
  before(async () => {
    executable = await provideExecutable('arm64')
  })

  test('is one, and is linked with the same libraries as that for x64', async () => {
    assert.match(readelf('-h', executable), /Machine: +AArch64/)
    const names = async (path: string) =>
      [...(await readNeeds(path)).keys()].filter(name => !name.startsWith('ld-'))
    assert.deepEqual(await names(executable), await names(executables.x64))
  })

  // Kernels of Red Hat's family had pages of 64 KiB on arm64, and those map what is aligned to them.
  test('can be mapped in pages of 64 KiB', () => {
    const segments = [...readelf('-lW', executable).matchAll(/^ +LOAD +(0x\w+) (0x\w+)/gm)]
    assert.equal(segments.length, 3)
    for (const [line, offset, address] of segments) {
      assert.equal((Number(address) - Number(offset)) % 0x10000, 0, line)
    }
  })

  // A snapshot might be bound to the processor it was made on: qemu's default has every extension there is.
  for (const cpu of ['max', 'cortex-a53', 'neoverse-n1']) {
    test(`says its version on a ${cpu}, in an empty environment`, async () => {
      const {version} = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
      const answer = await runForeign('arm64', [executable, '--version'], cpu)
      assert.deepEqual(answer, {exitCode: 0, stdout: `vmcontext ${version}\n`, stderr: ''})
    })
  }

  for (const file of unitTests) {
    test(`its Node passes ${file}`, async () => {
      const node = (await provideBase('arm64')).executable
      const {exitCode, stdout} = await runForeign('arm64', [node, join(repository, 'test', file)])
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /^(ℹ|#) pass [1-9]/m)
    })
  }

  for (const scenario of scenarios()) {
    test(`boots ${relative(scenariosDirectory, scenario)} as that for x64 does`, async t => {
      const [x64, arm64] = [await boot(t, 'x64', scenario), await boot(t, 'arm64', scenario)]
      assert.equal(arm64.said, x64.said)
      assert.equal(compareTrees(x64.tree, arm64.tree), '')
    })
  }

  test('plans, and shows a disc, as that for x64 does', async t => {
    const scenario = join(scenariosDirectory, 'manual-2.2/debian-12')
    const root = layOut(makeDirectory(t), scenario)
    for (const args of [
      ['plan', '--root', root, ...readBootOptions(scenario)],
      ['disc', 'show', join(scenario, 'context')],
    ]) {
      const [x64, arm64] = [await say('x64', args), await say('arm64', args)]
      assert.equal(arm64, x64)
      assert.match(x64, /exit 0\n$/)
    }
  })
})

function whyNot(): string | undefined {
  if (!existsSync(`${executables.x64}.cjs`)) return 'dist/vmcontext is not built (npm run build)'
  const missing = ['/usr/bin/qemu-aarch64', '/usr/aarch64-linux-gnu/lib/libstdc++.so.6'].filter(
    path => !existsSync(path),
  )
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (node packaging/setup.mjs --packages)`
  return process.getuid?.() === 0 ? undefined : 'it has to be run as root'
}

function scenarios(): string[] {
  const directories = topics.filter(topic => topic !== 'bases').map(topic => join(scenariosDirectory, topic))
  return directories.flatMap(directory => readdirSync(directory).map(name => join(directory, name)))
}

async function boot(t: TestContext, architecture: Architecture, scenario: string) {
  const root = layOut(makeDirectory(t), scenario)
  const said = await say(architecture, ['boot', '--root', root, ...readBootOptions(scenario)])
  return {said: said.replaceAll(root, 'ROOT'), tree: readTree(root)}
}

/** Runs the agent and gives what it says, without times, and how it ended. */
async function say(architecture: Architecture, args: readonly string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await runForeign(architecture, [executables[architecture], ...args])
  return withoutTimes(`${stdout}${stderr}exit ${exitCode}\n`)
}

function readelf(...args: string[]): string {
  return execFileSync('readelf', args, {encoding: 'utf8'})
}
