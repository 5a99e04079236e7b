// The portable form as it lies in a guest, made once for each build of the agent.

import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdir, readdir, rename, rm, stat, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {type PackageOrder, placeOrder} from '../../packaging/packages/order.ts'
import {layOutPortable} from '../../packaging/portable/portable.ts'
import {agentBinary, cacheDirectory, holdLock} from './host.ts'

/** Where it lies in the layer, with a link in /usr/sbin that leads to it. */
export const portableDirectory = '/opt/vmcontext'

const longestRunMs = 20 * 60_000

/** Gives a directory to put over a root: the agent in its portable form is all there is in it. */
export async function providePortableLayer(): Promise<string> {
  const {size, mtimeMs} = await stat(agentBinary)
  const order = {...(await placeOrder('x64', join(cacheDirectory, 'packages'))), executable: agentBinary}
  const key = createHash('sha256').update(JSON.stringify([order, size, mtimeMs, await readSources()]))
  const directory = join(cacheDirectory, `portable-${key.digest('hex').slice(0, 12)}`)
  await using _lock = await holdLock('portable')
  if (!existsSync(directory)) await layOut(order, directory)
  return directory
}

/** A change of the wrapper, or of how the form is put together, asks for another. */
async function readSources(): Promise<number[]> {
  const sources = join(import.meta.dirname, '..', '..', 'packaging', 'portable')
  const names = await readdir(sources)
  return Promise.all(names.sort().map(async name => (await stat(join(sources, name))).mtimeMs))
}

async function layOut(order: PackageOrder, directory: string): Promise<void> {
  await forgetOlder()
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, {recursive: true, force: true})
  await layOutPortable(order, join(unfinished, portableDirectory))
  await mkdir(join(unfinished, 'usr', 'sbin'), {recursive: true})
  await symlink(`../..${portableDirectory}/vmcontext`, join(unfinished, 'usr', 'sbin', 'vmcontext'))
  await rename(unfinished, directory)
}

/** A younger one may be under a guest that is still running. */
async function forgetOlder(): Promise<void> {
  const names = await readdir(cacheDirectory)
  for (const name of names.filter(name => name.startsWith('portable-'))) {
    const path = join(cacheDirectory, name)
    const {mtimeMs} = await stat(path)
    if (Date.now() - mtimeMs > longestRunMs) await rm(path, {recursive: true, force: true})
  }
}
