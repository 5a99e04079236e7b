// What the machine that holds the guests has to offer, and where the repository keeps what it makes for them.

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {accessSync, constants} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {delimiter, join, resolve} from 'node:path'
import {arch, env, getuid} from 'node:process'

const repository = join(import.meta.dirname, '..', '..')

/** Made once and kept: root file systems, a kernel. Ignored by git. */
export const cacheDirectory = join(repository, '.cache', 'guests')

/** The agent under test. Another one can be named, e.g. to try the guests themselves. */
export const agentBinary = resolve(repository, env.VMCONTEXT_BINARY ?? 'dist/vmcontext')

/** The commands that guests call for; a machine's disk is made in a namespace. */
const tools = {
  namespace: [
    'debootstrap',
    'unshare',
    'nsenter',
    'setpriv',
    'flock',
    'ip',
    'losetup',
    'mke2fs',
    'ssh-keygen',
  ],
  machine: ['qemu-system-x86_64', 'genisoimage', 'apt-get', 'dpkg-deb', 'ssh'],
} as const
export type GuestKind = keyof typeof tools

/** Tells why no guest of a kind can run here; undefined if one can. */
export function whyNoGuest(kind: GuestKind): string | undefined {
  if (getuid?.() !== 0) return 'guests need root'
  if (kind === 'machine' && arch !== 'x64') return 'machines need the kernel of an x86-64 Debian'
  const needed = kind === 'machine' ? [...tools.namespace, ...tools.machine] : tools.namespace
  const missing = needed.filter(tool => !isOnPath(tool))
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (node packaging/setup.mjs --guests)`
  return whyUnbuilt()
}

/** Tells why the packaged program cannot be tried; undefined if it is there. */
export function whyUnbuilt(program = agentBinary): string | undefined {
  return isExecutable(program) ? undefined : `there is no ${program} (npm run build)`
}

/** Tells that a tool is not on PATH; undefined if it is. */
export function whyWithout(tool: string): string | undefined {
  return isOnPath(tool) ? undefined : `not installed: ${tool}`
}

/** The `skip` of a test that needs a guest: says aloud why it is skipped. */
export function skipWithoutGuest(kind: GuestKind): Skip {
  return skip(whyNoGuest(kind))
}

/** The `skip` of a test that needs a tool. */
export function skipWithout(tool: string): Skip {
  return skip(whyWithout(tool))
}

type Skip = {skip: string | false}

/**
 * The `skip` of a test that has reasons not to run, the first of which is said. In CI nothing may be skipped: there it
 * throws instead.
 */
export function skip(...reasons: (string | undefined)[]): Skip {
  const reason = reasons.find(reason => reason !== undefined)
  if (reason !== undefined && env.CI !== undefined) throw new Error(`CI must not skip: ${reason}`)
  return {skip: reason ?? false}
}

/**
 * Holds a lock between processes while something is made: test files run side by side and would make the same thing
 * twice. It lies in another process that ends with this one, so that none is ever left behind.
 */
export async function holdLock(name: string): Promise<AsyncDisposable> {
  await mkdir(cacheDirectory, {recursive: true})
  const script = 'echo held; exec cat >/dev/null'
  const holder = spawn('flock', [join(cacheDirectory, `${name}.lock`), 'sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  await Promise.race([once(holder.stdout, 'data'), ended])
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await ended
    },
  }
}

function isOnPath(tool: string): boolean {
  return (env.PATH ?? '').split(delimiter).some(directory => isExecutable(join(directory, tool)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
