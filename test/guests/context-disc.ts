// The discs that a cloud attaches to a guest: as an ISO image for a booted machine, and as ext2 on a loop device for
// a guest in a namespace, whose kernel is this machine's and may know no iso9660.

import {createHash} from 'node:crypto'
import {chmod, mkdir, mkdtemp, open, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {execa} from 'execa'

/** Text or bytes by path on the disc; with a mode where 0644 will not do. */
export type DiscFiles = Readonly<Record<string, string | Uint8Array | {content: string; mode: number}>>

/** A disc with files, or one with any bytes at all. */
export type Disc = {
  /** The name it gets in the guest's /dev. */
  device?: string
  /** Whether the device may be written, as a disk may and a CD may not. */
  writable?: boolean
} & ({files: DiscFiles; label?: string; type?: 'ext2' | 'ext3' | 'ext4'} | {bytes: Uint8Array})

/** A loop device that holds a disc for as long as this process does not dispose of it. */
export type LoopDevice = AsyncDisposable & {path: string; name: string; major: number; minor: number}

/** Makes the disc image that OpenNebula 2.2 to 4.0 made: without a label, for which mkisofs writes `CDROM`. */
export async function makeIso(
  image: string,
  {files, label}: {files: DiscFiles; label?: string | undefined},
): Promise<void> {
  await using tree = await layOut(files)
  const volume = label === undefined ? [] : ['-V', label]
  await execa('genisoimage', ['-quiet', '-o', image, ...volume, '-J', '-R', tree.path])
}

/** Puts a disc on a loop device. */
export async function insertDisc(disc: Disc): Promise<LoopDevice> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-disc-'))
  try {
    const image = join(directory, 'image')
    if ('bytes' in disc) await writeFile(image, disc.bytes)
    else await makeExtImage(image, disc)
    return await attach(image, disc.writable ?? false)
  } finally {
    // The loop device keeps the image's data until it lets go.
    await rm(directory, {recursive: true})
  }
}

async function makeExtImage(image: string, disc: Extract<Disc, {files: DiscFiles}>): Promise<void> {
  await using tree = await layOut(disc.files)
  const label = disc.label === undefined ? [] : ['-L', disc.label]
  const kibibytes = 1024 + 2 * Math.ceil(tree.bytes / 1024)
  const size = disc.type === undefined || disc.type === 'ext2' ? kibibytes : kibibytes + 8192
  // A UUID that follows from the content: the same disc is the same disc again.
  const uuid = createHash('md5').update(JSON.stringify(disc.files)).digest('hex')
  const form = uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  await execa('mke2fs', [
    '-q',
    '-t',
    disc.type ?? 'ext2',
    '-b',
    '1024',
    '-U',
    form,
    ...label,
    '-d',
    tree.path,
    image,
    `${size}k`,
  ])
}

/** Lays files out in a directory of their own. */
async function layOut(files: DiscFiles): Promise<AsyncDisposable & {path: string; bytes: number}> {
  const path = await mkdtemp(join(tmpdir(), 'vmcontext-files-'))
  // mkdtemp makes it 0700, and the disc's own root would be that.
  await chmod(path, 0o755)
  let bytes = 0
  for (const [name, file] of Object.entries(files)) {
    const {content, mode} =
      typeof file === 'object' && 'content' in file ? file : {content: file, mode: 0o644}
    await mkdir(dirname(join(path, name)), {recursive: true})
    await writeFile(join(path, name), content, {mode})
    bytes += (await stat(join(path, name))).size
  }
  return {path, bytes, [Symbol.asyncDispose]: () => rm(path, {recursive: true, force: true})}
}

/**
 * Attaches an image to a free loop device. Detaching one that is open makes the kernel do it at the last close: so
 * the device is opened here and detached at once, and goes by itself even if this process is killed.
 */
async function attach(image: string, writable: boolean): Promise<LoopDevice> {
  const access = writable ? [] : ['--read-only']
  const {stdout: path} = await execa('losetup', ['--find', '--show', ...access, image])
  const handle = await open(path, 'r')
  try {
    await execa('losetup', ['--detach', path])
    const {rdev} = await handle.stat()
    return {
      path,
      name: path.slice('/dev/'.length),
      major: (rdev >> 8) & 0xfff,
      minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00),
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
