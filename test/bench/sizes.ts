// How large it is: on a disk, and on its way there.

import {createReadStream, existsSync} from 'node:fs'
import {mkdtemp, readdir, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import {execa} from 'execa'
import {agentBinary} from '../guests/host.ts'
import {pinnedNode} from './guests.ts'
import {row} from './table.ts'

const packages = join(import.meta.dirname, '../../dist/packages')

/** Bytes of a file as it is and compressed. The packages are compressed by xz, which takes minutes. */
export type Size = {name: string; bytes: number; gzipBytes?: number}

/** Measures the executable, Node, what the one has more than the other, and the packages where they have been made. */
export async function measureSizes(tell: (progress: string) => void): Promise<Size[]> {
  tell('sizes')
  await using scratch = await makeScratch()
  const stripped = join(scratch.path, 'node')
  await execa('strip', ['-o', stripped, pinnedNode])
  const [agent, node] = await Promise.all([
    compress('vmcontext', agentBinary),
    compress('bare Node, stripped', stripped),
  ])
  return [
    agent,
    node,
    subtract('what is not Node: snapshot and script', agent, node),
    {name: 'bare Node as it comes, with symbols', bytes: (await stat(pinnedNode)).size},
    ...(await measurePackages()),
  ]
}

/** Lines for a person. */
export function formatSizes(sizes: readonly Size[]): string[] {
  const megabytes = (bytes?: number) => (bytes === undefined ? '' : `${(bytes / 1e6).toFixed(1)} MB`)
  const rows = sizes.map(({name, bytes, gzipBytes}) => row(name, [bytes, gzipBytes].map(megabytes)))
  return ['\nSizes', row('', ['bytes', 'gzip -6']), ...rows]
}

async function compress(name: string, path: string): Promise<Size> {
  return {name, bytes: (await stat(path)).size, gzipBytes: await countGzip(path)}
}

async function countGzip(path: string): Promise<number> {
  const counter = makeCounter()
  await pipeline(createReadStream(path), createGzip({level: 6}), counter.sink)
  return counter.count()
}

function makeCounter() {
  let bytes = 0
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length
      done()
    },
  })
  return {sink, count: () => bytes}
}

function subtract(name: string, one: Size, other: Size): Size {
  return {
    name,
    bytes: one.bytes - other.bytes,
    gzipBytes: one.gzipBytes! - other.gzipBytes!,
  }
}

async function measurePackages(): Promise<Size[]> {
  if (!existsSync(packages)) return []
  const names = (await readdir(packages)).sort()
  return Promise.all(names.map(async name => ({name, bytes: (await stat(join(packages, name))).size})))
}

async function makeScratch(): Promise<AsyncDisposable & {path: string}> {
  const path = await mkdtemp(join(tmpdir(), 'vmcontext-bench-'))
  return {path, [Symbol.asyncDispose]: () => rm(path, {recursive: true})}
}
