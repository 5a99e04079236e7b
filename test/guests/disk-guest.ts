// A guest whose root file system is a partition of a disk that can grow: a loop device on a file, in namespaces on this
// machine's kernel.

import {once} from 'node:events'
import {mkdtemp, open, readFile, rm, truncate} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {debian12WithDisks, provideAgentLayer, provideRoot} from './root-image.ts'

export type DiskOptions = {
  mebibytes: number
  /** What sfdisk is told; none: the file system has the whole disk. */
  table?: string
  /** The partition with the root file system; 0: the disk itself. */
  partition: number
  /** Makes the file system; the device comes behind. */
  make: readonly [string, ...string[]]
  /** Programs that the guest shall not have. */
  without?: readonly string[]
}

export type DiskGuest = AsyncDisposable & {
  /** The disk's name: `loop0`. */
  disk: string
  /** Gives the disk another size, as a cloud does. */
  enlarge(mebibytes: number): Promise<void>
  /** Runs a command in the guest, and gives its outputs and exit code. */
  run(...argv: readonly [string, ...string[]]): Promise<{exitCode: number; output: string}>
  /** Does the disks step with a context, and gives what it said, without times. */
  grow(context: string): Promise<string>
  /** Ends the guest and runs a command on what is left on its disk; the device comes behind. */
  check(...argv: readonly [string, ...string[]]): Promise<void>
}

/** Starts it. Dispose of it (`await using`), and device and file are gone. */
export async function startDiskGuest(options: DiskOptions): Promise<DiskGuest> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-disk-'))
  const image = join(directory, 'disk')
  await (await open(image, 'w')).close()
  await truncate(image, options.mebibytes * 2 ** 20)
  if (options.table !== undefined) await execa('sfdisk', ['--quiet', image], {input: options.table})
  const loop = await attach(image)
  try {
    const device = options.partition === 0 ? loop.path : `${loop.path}p${options.partition}`
    const [make, ...args] = options.make
    await execa(make, [...args, device])
    const guest = await startNamespaces(directory, device, options.without ?? [])
    return {
      disk: loop.path.slice('/dev/'.length),
      async enlarge(mebibytes) {
        await truncate(image, mebibytes * 2 ** 20)
        await execa('losetup', ['--set-capacity', loop.path])
      },
      run: guest.run,
      async grow(context) {
        await guest.run('sh', '-c', 'printf "%s\\n" "$1" >/disc/context.sh', 'sh', context)
        const boot = await guest.run('vmcontext', 'boot', '--only', 'disks', '--context', '/disc')
        const said = boot.output.replaceAll(/ +\d+ ms$/gm, '').replaceAll(/ in \d+\.\d\d s/g, '')
        return `${said.replaceAll(loop.path, '/dev/DISK')}exit ${boot.exitCode}\n`
      },
      async check(...argv) {
        await guest.end()
        const [command, ...rest] = argv
        await execa(command, [...rest, device])
      },
      async [Symbol.asyncDispose]() {
        await guest.end()
        await loop.end()
        await rm(directory, {recursive: true})
      },
    }
  } catch (error) {
    await loop.end()
    await rm(directory, {recursive: true})
    throw error
  }
}

/**
 * Detached at once, while it is open here: the kernel then lets go of it, and of its partitions (`--partscan`), at the
 * last close, even if this process is killed.
 */
async function attach(image: string) {
  const {stdout: path} = await execa('losetup', ['--find', '--show', '--partscan', image])
  const handle = await open(path, 'r')
  await execa('losetup', ['--detach', path])
  // A kernel that reads no partition tables is told what is in this one.
  await execa('partx', ['--add', path], {reject: false})
  return {path, end: () => handle.close()}
}

async function startNamespaces(directory: string, device: string, without: readonly string[]) {
  const root = await provideRoot(debian12WithDisks)
  const usr = `${join(await provideAgentLayer(), 'usr')}:${join(root, 'usr')}`
  const scratch = await mkdtemp(join(directory, 'guest-'))
  const script = join(import.meta.dirname, 'disk-guest.sh')
  const unshare = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--kill-child']
  const inside = ['sh', script, device, scratch, usr, join(root, 'etc'), ...without]
  const process = execa('unshare', [...unshare, '--propagation', 'private', ...inside], {reject: false})
  const [line] = await once(process.stdout, 'data', {signal: AbortSignal.timeout(20_000)}).catch(() => [])
  if (!`${line}`.startsWith('ready')) {
    process.kill('SIGKILL')
    throw new Error(`the guest did not start: ${(await process).stderr}`)
  }
  const [pid] = (await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).split(' ')
  return {
    async run(...argv: readonly [string, ...string[]]) {
      const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid'] as const
      const env = {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root'}
      const command = ['--target', pid!, ...namespaces, '--', ...argv]
      const result = await execa('nsenter', command, {env, extendEnv: false, reject: false, all: true})
      return {exitCode: result.exitCode ?? -1, output: result.all === '' ? '' : `${result.all}\n`}
    },
    async end() {
      process.stdin.end()
      await process
    },
  }
}
