// A bundle as bytes: a tar compressed with gzip. What comes from others is read as if they meant harm: nothing of it is
// ever written under a name of theirs, and none of it grows beyond bounds.

import {gunzip, gzip} from './zlib.cjs'

export type Entry = {
  name: string
  bytes: Buffer
  mode?: number | undefined
  uid?: number | undefined
  gid?: number | undefined
  /** A symbolic link, and where it leads. */
  link?: string | undefined
}

/** Not a bundle, or not a whole one. */
export class BundleError extends Error {}

const [sizeLimit, unpackedLimit, entryLimit] = [64 * 1024 * 1024, 256 * 1024 * 1024, 50_000]

/** Packs entries in their order, all with the same time: the same guest gives the same bytes. */
export async function packEntries(entries: readonly Entry[], mtime: Date): Promise<Buffer> {
  const {pack: createPack} = await import('tar-stream')
  const pack = createPack()
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve, reject) => {
    pack.on('data', chunk => chunks.push(chunk as Buffer))
    pack.on('end', resolve)
    pack.on('error', reject)
  })
  for (const {name, bytes, mode = 0o600, uid = 0, gid = 0, link} of entries) {
    if (link === undefined) pack.entry({name, mode: mode & 0o7777, uid, gid, mtime}, bytes)
    else pack.entry({name, type: 'symlink', linkname: link, mode: 0o777, uid, gid, mtime})
  }
  pack.finalize()
  await ended
  return gzip(Buffer.concat(chunks))
}

/**
 * Unpacks the plain files of a bundle into memory, by name.
 *
 * @throws BundleError if it is none, is damaged, or holds more than any bundle does.
 */
export async function unpackEntries(packed: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  refuseLarge(packed.length)
  const tar = decompress(packed)
  const {extract: createExtract} = await import('tar-stream')
  const extract = createExtract()
  const files = new Map<string, Buffer>()
  const read = async () => {
    for await (const entry of extract) {
      const {name, type} = entry.header
      if (files.size >= entryLimit) throw new BundleError('it holds more files than any bundle does')
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      if (type === 'file' || type === 'contiguous-file') files.set(checkName(name), Buffer.concat(chunks))
      else if (type !== 'symlink')
        throw new BundleError(`it holds ${JSON.stringify(name)}, which is no plain file`)
    }
  }
  try {
    extract.end(tar)
    await read()
  } catch (error) {
    if (error instanceof BundleError) throw error
    throw new BundleError(`it is damaged: ${error instanceof Error ? error.message : String(error)}`)
  }
  return files
}

/** @throws BundleError if it is more than any bundle has, so that it need not even be read. */
export function refuseLarge(bytes: number): void {
  if (bytes > sizeLimit) throw new BundleError('it is larger than any bundle is (64 MiB)')
}

function decompress(packed: Buffer): Buffer {
  try {
    return gunzip(packed, unpackedLimit)
  } catch (error) {
    const isBomb = (error as {code?: string}).code === 'ERR_BUFFER_TOO_LARGE'
    throw new BundleError(
      isBomb ? 'unpacked it is larger than any bundle is (256 MiB)' : 'it is no whole gzip file',
    )
  }
}

/** A name that leads nowhere but down. */
function checkName(name: string): string {
  const parts = name.split('/')
  if (name.startsWith('/') || name.includes('\0') || parts.includes('..') || parts.includes(''))
    throw new BundleError(`it holds the name ${JSON.stringify(name)}, which no bundle has`)
  return name
}
