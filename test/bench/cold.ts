// A disk that nobody has read: mounted anew for each run, read past the cache of the machine that holds it. What a
// guest needs to start (libc, a shell, mount) has been read by then, as in a boot.

import {copyFile, mkdir, mkdtemp, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {execa} from 'execa'
import type {Disc} from '../guests/context-disc.ts'
import {agentBinary, cacheDirectory} from '../guests/host.ts'
import {provideRoot} from '../guests/root-image.ts'
import {nodePath, pinnedNode, startBenchGuest} from './guests.ts'
import {measure, type Taken} from './measure.ts'

/** An ext4 image with a root, the agent and Node. */
export type ColdDisk = AsyncDisposable & {image: string; mountPoint: string}

/** Makes the disk. It and the mounts belong to a mount namespace of our own (bench.ts). */
export async function makeColdDisk(): Promise<ColdDisk> {
  await mkdir(cacheDirectory, {recursive: true})
  const directory = await mkdtemp(join(cacheDirectory, 'bench-disk-'))
  const image = join(directory, 'image')
  const mountPoint = join(directory, 'mounted')
  await mkdir(mountPoint)
  const options = ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', await provideRoot()]
  await execa('mke2fs', [...options, image, '1500M'])
  await execa('mount', ['-o', 'loop', image, mountPoint])
  await copyFile(agentBinary, join(mountPoint, 'usr/sbin/vmcontext'))
  await copyFile(pinnedNode, join(mountPoint, nodePath))
  await execa('umount', [mountPoint])
  return {image, mountPoint, [Symbol.asyncDispose]: () => rm(directory, {recursive: true})}
}

/** Runs a program in a guest of its own on the disk, just mounted. */
export async function measureCold(
  disk: ColdDisk,
  {nics, disc, argv}: {nics: number; disc: Disc; argv: readonly string[]},
): Promise<Taken> {
  await using device = await mountAnew(disk)
  await using guest = await startBenchGuest(nics, disc, {root: disk.mountPoint, agent: null})
  // What measures shall be read before.
  await measure(guest, ['true'])
  const before = await readSectors(device.name)
  const taken = await measure(guest, argv)
  return {...taken, readKiB: ((await readSectors(device.name)) - before) / 2}
}

async function mountAnew({image, mountPoint}: ColdDisk): Promise<AsyncDisposable & {name: string}> {
  const attach = ['--find', '--show', '--read-only', '--direct-io=on', image]
  const {stdout: path} = await execa('losetup', attach)
  try {
    await execa('mount', ['-t', 'ext4', '-o', 'ro', path, mountPoint])
  } finally {
    // Goes with its last user.
    await execa('losetup', ['--detach', path])
  }
  const name = path.slice('/dev/'.length)
  return {
    name,
    async [Symbol.asyncDispose]() {
      await execa('umount', [mountPoint])
    },
  }
}

/** Sectors of 512 bytes read from a device so far: the third number (Documentation/block/stat.rst of Linux). */
async function readSectors(device: string): Promise<number> {
  const text = await readFile(`/sys/block/${device}/stat`, 'utf8')
  return Number(text.trim().split(/\s+/)[2])
}
