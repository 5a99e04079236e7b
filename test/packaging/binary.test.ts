import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {copyFile, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {isBuiltin} from 'node:module'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {after, before, suite, test} from 'node:test'
import {promisify} from 'node:util'
import type {Metafile} from 'esbuild'
import {skip, whyUnbuilt} from '../guests/host.ts'
import {requireRoot, requireThat} from '../tools.ts'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '..', '..')
const executable = join(repository, 'dist', 'vmcontext')

/** What a boot must not wait for: only an import() may reach it. */
const offTheBootPath = [
  'node_modules/diff/',
  'node_modules/systeminformation/',
  'node_modules/tar-stream/',
  'src/bundle/',
  'src/cli/by-hand/',
  'src/cli/image/',
  'src/doctor/',
  'src/explain/',
  'src/image/',
  'src/rollback/',
  'src/status/',
]

/** What systeminformation tries on macOS. */
const onlyOnMacOs = ['macos-temperature-sensor', 'osx-temperature-sensor']

const ifBuilt = skip(whyUnbuilt(executable))

suite('the executable', ifBuilt, () => {
  let directory = ''
  let expected = ''

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vmcontext-binary-'))
    const {version} = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
    expected = `vmcontext ${version}\n`
  })

  after(() => rm(directory, {recursive: true}))

  /** Runs the executable; the environment holds nothing but what is given. */
  const version = (env: Record<string, string> = {}) =>
    run(executable, ['--version'], {env: env as NodeJS.ProcessEnv, timeout: 10_000})

  test('says its version, in an empty environment', async () => {
    assert.deepEqual(await version(), {stdout: expected, stderr: ''})
  })

  test('needs no Node on PATH', async () => {
    assert.deepEqual(await version({PATH: directory}), {stdout: expected, stderr: ''})
  })

  test('does not obey NODE_OPTIONS', async () => {
    assert.deepEqual(await version({NODE_OPTIONS: '--no-such'}), {stdout: expected, stderr: ''})
  })

  test('opens no inspector for NODE_OPTIONS', async () => {
    // Obeyed, this one would wait for a debugger until the time is up.
    const answer = await version({NODE_OPTIONS: '--inspect-wait=127.0.0.1:0'})
    assert.deepEqual(answer, {stdout: expected, stderr: ''})
  })

  test('takes no option of Node from its arguments', async () => {
    const wait = run(executable, ['--inspect-wait=127.0.0.1:0', '--version'], {env: {}, timeout: 10_000})
    const {stderr, killed} = await wait.then(
      answer => ({...answer, killed: false}),
      error => error as {stderr: string; killed: boolean},
    )
    assert.equal(killed, false)
    assert.doesNotMatch(stderr, /Debugger/)
  })

  test('starts where the OpenSSL configuration has a mistake', async () => {
    const configuration = join(directory, 'openssl.cnf')
    await writeFile(configuration, 'no equal sign\n')
    assert.deepEqual(await version({OPENSSL_CONF: configuration}), {stdout: expected, stderr: ''})
  })

  test('needs the C and C++ libraries and nothing else: no /proc, no /dev', async t => {
    if (!requireRoot(t)) return
    const root = join(directory, 'root')
    for (const library of await sharedLibraries()) await copyInto(root, library, library)
    await copyInto(root, executable, '/vmcontext')
    const chroot = existsSync('/usr/sbin/chroot') ? '/usr/sbin/chroot' : 'chroot'
    const answer = await run(chroot, [root, '/vmcontext', '--version'], {env: {}})
    assert.deepEqual(answer, {stdout: expected, stderr: ''})
  })

  // Node keeps when its next timer is due. Were one set while the snapshot is taken, later ones would never come.
  test('has timers that come', async () => {
    const root = join(directory, 'guest')
    await mkdir(root)
    const {stdout} = await run(executable, ['boot', '--root', root, '--set', 'CONTEXT_WAIT=3'])
    assert.match(stdout, /^vmcontext: done/m)
  })

  test('is the same but for some counters and times when it is built again', async t => {
    const again = join(directory, 'vmcontext')
    const node = join(repository, 'node_modules', '.bin', 'node')
    await run(node, ['packaging/build.ts', 'src/main.ts', again], {cwd: repository})
    const [script, scriptAgain] = [await readFile(`${executable}.cjs`), await readFile(`${again}.cjs`)]
    if (!requireThat(t, script.equals(scriptAgain), 'src has changed since dist/vmcontext was built')) return
    assert.ok(countDifferences(await readFile(executable), await readFile(again)) < 200)
  })
})

/** What the warm-up leaves: the time of its last file, how often functions were called, and the checksum over it. */
function countDifferences(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY
  let differences = 0
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) differences += 1
  return differences
}

suite('the script inside', ifBuilt, () => {
  let metafile: Metafile

  before(async () => {
    metafile = JSON.parse(await readFile(`${executable}.json`, 'utf8'))
  })

  test('loads nothing but modules of Node', () => {
    const imports = Object.values(metafile.inputs).flatMap(input => input.imports)
    const outside = imports.filter(({external}) => external).map(({path}) => path)
    const foreign = outside.filter(path => !isBuiltin(path) && !onlyOnMacOs.includes(path))
    assert.deepEqual(foreign, [])
  })

  for (const name of offTheBootPath) {
    test(`does not load ${name} until it is asked for`, () => {
      const trail = trailTo(metafile, path => path.startsWith(name))
      assert.equal(trail, undefined, `imported without import(): ${trail?.join(' > ')}`)
    })
  }
})

/** How a module is reached from the entry by imports that are not late ones, or undefined. */
function trailTo(metafile: Metafile, isWanted: (path: string) => boolean): string[] | undefined {
  const entry = 'src/main.ts'
  assert.ok(entry in metafile.inputs)
  const trails = new Map([[entry, [entry]]])
  for (const [path, trail] of trails) {
    if (isWanted(path)) return trail
    for (const {path: next, kind, external} of metafile.inputs[path]?.imports ?? []) {
      if (kind === 'dynamic-import' || external || trails.has(next)) continue
      trails.set(next, [...trail, next])
    }
  }
  return undefined
}

async function sharedLibraries(): Promise<string[]> {
  const {stdout} = await run('ldd', [executable])
  return stdout.match(/\/\S+/g) ?? []
}

async function copyInto(root: string, from: string, to: string): Promise<void> {
  const target = join(root, to)
  await mkdir(dirname(target), {recursive: true})
  await copyFile(from, target)
}
