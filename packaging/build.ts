// Makes dist/vmcontext, the one executable: bundle, strip, snapshot, inject, see it start.
//
//   node packaging/build.ts [--arch arm64] [ENTRY [OUTPUT]]
//
// Nothing is downloaded: the base is the Node in node_modules. For arm64, whose executable is dist/vmcontext-arm64, the
// base is fetched once (packaging/base.ts) and qemu's user emulation runs it: arm64 snapshots come from an arm64 V8.
// Beside the executable stay its script (.cjs) and its parts (.parts/), whose lines are those of a stack trace, and what
// esbuild says of them (.json). Two builds of the same sources differ in some forty bytes, wherever they are made: counters and times
// of the warm-up (src/warm-up.ts), and the checksum over them.

import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import process from 'node:process'
import {parseArgs, promisify} from 'node:util'
import pkgLog from '@yao-pkg/pkg/lib-es5/log.js'
import pkgSea from '@yao-pkg/pkg/lib-es5/sea.js'
import {type Architecture, architectures, cache, executables, parseArchitecture, provideBase} from './base.ts'
import {type Bundle, bundle} from './bundle.ts'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '..')

/** V8's seeds while it takes the snapshot. Left to chance, two builds differ in megabytes. */
const seeds = '--hash-seed=1 --random-seed=1'

/**
 * Options the executable gives itself at each start.
 *
 * - no-rehash-snapshot: V8 would hash every string of the snapshot anew with a secret seed, a fifth of the start-up. The
 *   seed guards servers against keys chosen to collide; here the keys are in one small file from root's own cloud.
 * - disable-sigusr1: the signal would open the inspector on a port, and a thread waits for it.
 * - no-sparkplug, v8-pool-size: V8 would compile in four threads what a boot runs once or twice; and each change of user
 *   stops every thread there is. A boot takes a tenth less without.
 * - openssl-config: Node reads the guest's /etc/ssl/openssl.cnf at each start and ends with 101 if that has a mistake.
 */
const startOptions = [
  ...['--no-rehash-snapshot', '--disable-sigusr1', '--no-sparkplug', '--v8-pool-size=1'],
  '--openssl-config=/dev/null',
]

async function main(entry: string, output: string, architecture: Architecture): Promise<void> {
  await mkdir(dirname(output), {recursive: true})
  await mkdir(cache, {recursive: true})
  const work = await mkdtemp(join(cache, 'build-'))
  const script = join(work, 'script.cjs')
  const parts = join(work, 'parts')
  const executable = join(work, 'executable')
  try {
    await step('bundle', script, async () => writeBundle(await bundle(entry), script, parts))
    const base = await strippedNode(architecture, work)
    await step('snapshot, inject', executable, () =>
      makeExecutable(script, parts, base, executable, architecture),
    )
    await step('start', executable, () => seeItStart(executable, architecture))
    // Renamed into place: a copy that runs keeps its file, and nobody meets half of one.
    await rename(script, `${output}.cjs`)
    await rm(`${output}.parts`, {recursive: true, force: true})
    await rename(parts, `${output}.parts`)
    await rename(`${script}.json`, `${output}.json`)
    await rename(executable, output)
  } finally {
    await rm(work, {recursive: true})
  }
}

/** Lays a bundle down: the script, what esbuild says of it beside, and a file for each part. */
async function writeBundle(
  {script, parts, metafile}: Bundle,
  path: string,
  directory: string,
): Promise<void> {
  await writeFile(path, script)
  await writeFile(`${path}.json`, JSON.stringify(metafile))
  await mkdir(directory)
  for (const [name, text] of Object.entries(parts)) await writeFile(join(directory, name), text)
}

/** The base without symbols, kept for the next build. Afterwards would be too late: strip breaks the executable. */
async function strippedNode(architecture: Architecture, work: string): Promise<string> {
  const {strip} = architectures[architecture]
  const {version, executable: node} = await provideBase(architecture)
  const kept = join(cache, `node-${version}-${architecture}-stripped`)
  if (existsSync(kept)) return kept
  const stripped = join(work, 'stripped')
  try {
    await step('strip', stripped, () => run(strip, ['-o', stripped, node]))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    console.log(`strip left out: no ${strip} here (packaging/setup.mjs). The executable is 18 MB larger.`)
    return node
  }
  await rename(stripped, kept)
  return kept
}

/**
 * Takes the snapshot and injects it into a copy of the base.
 *
 * pkg runs `nodePath --experimental-sea-config FILE` and then copies nodePath. It has no place for V8's own options, and
 * NODE_OPTIONS refuses these. So nodePath is a link: first to a script that adds them, from then on to the base.
 */
async function makeExecutable(
  script: string,
  parts: string,
  base: string,
  executable: string,
  architecture: Architecture,
): Promise<void> {
  const work = dirname(script)
  const nodePath = join(work, 'node')
  await symlink(base, join(work, 'base'))
  await writeFile(join(work, 'generator'), renderGenerator(architecture), {mode: 0o755})
  await symlink('generator', nodePath)
  const seaConfig = {
    main: scriptInSnapshot,
    useSnapshot: true,
    useCodeCache: false,
    disableExperimentalSEAWarning: true,
    assets: Object.fromEntries((await readdir(parts)).map(name => [name, join(parts, name)])),
    execArgv: startOptions,
    // Otherwise NODE_OPTIONS counts too, and --inspect in it opens a port.
    execArgvExtension: 'none',
  }
  pkgLog.log.info = () => {}
  // The architecture of this machine, whichever is built: for a foreign one pkg would not ask nodePath for the snapshot.
  const target = {nodeRange: 'node24', platform: 'linux' as const, arch: process.arch, output: executable}
  try {
    await pkgSea.default(script, {nodePath, seaConfig, targets: [target]})
  } catch (error) {
    throw String(error).includes('CheckGlobalAndEternalHandles')
      ? new Error(unfitForSnapshot, {cause: error})
      : error
  }
}

/** V8 says "CheckGlobalAndEternalHandles failed" of all of these. */
const unfitForSnapshot = `the snapshot cannot hold what a module makes while it is loaded. Known for it:
an import of node:http, node:https, node:http2 or node:tls (import() where it is used is fine), an Intl object,
a crypto hash, a listener for a signal or for 'exit'.`

/** Node makes the path of its script absolute and puts it into the snapshot: this one is the same on every machine. */
const scriptInSnapshot = '/proc/self/fd/9'

/**
 * What stands in for Node while the snapshot is taken. The environment is empty, for modules read it when they load.
 * Descriptor 8 is a directory for src/warm-up.ts, under a name that is the same on every machine.
 */
function renderGenerator(architecture: Architecture): string {
  return `#!/bin/sh -e
work=$(dirname "$0")
cp "$2" "$work/sea.json"
cd "$work"
mkdir warm-up
exec 8<warm-up 9<script.cjs
env -i ${[...architectures[architecture].emulator, './base'].join(' ')} ${seeds} --experimental-sea-config sea.json
ln -sfn base node
`
}

async function seeItStart(executable: string, architecture: Architecture): Promise<void> {
  const {version} = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
  const [program, ...args] = [...architectures[architecture].emulator, executable, '--version']
  const {stdout} = await run(program!, args, {env: {PATH: process.env.PATH}})
  if (!stdout.includes(version)) throw new Error(`--version says ${JSON.stringify(stdout)}, not ${version}`)
}

/** Does one step and prints a line on it: what, how long, how large. */
async function step(name: string, file: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await work()
  const milliseconds = Math.round(performance.now() - start)
  const megabytes = ((await stat(file)).size / 1e6).toFixed(1)
  console.log(`${name.padEnd(16)} ${String(milliseconds).padStart(5)} ms ${megabytes.padStart(6)} MB`)
}

const {values, positionals} = parseArgs({
  options: {arch: {type: 'string', default: 'x64'}},
  allowPositionals: true,
})
const architecture = parseArchitecture(values.arch)
const [entry = 'src/main.ts', output = executables[architecture]] = positionals
await main(resolve(entry), resolve(output), architecture)
