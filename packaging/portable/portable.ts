// The portable form: a directory that holds the agent and the C and C++ libraries that it needs, for guests that have
// them too old, as CentOS 7, or others, as Alpine. It is shipped as one archive.

import {execFile} from 'node:child_process'
import {chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {cache} from '../base.ts'
import type {PackageOrder} from '../packages/order.ts'
import {copyLibraries, findLibraries, type Libraries, readLicences} from './libraries.ts'
import {renderReadme} from './readme.ts'

const run = promisify(execFile)

/** Makes the archive and gives its path. The same agent and libraries give the same bytes. */
export async function buildPortable(order: PackageOrder): Promise<string> {
  const name = `vmcontext-${order.version}-linux-${order.architecture}-portable`
  return inWorkDirectory(async work => {
    await layOutPortable(order, join(work, name))
    const archive = join(work, `${name}.tar`)
    const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${order.date}`]
    await run('tar', ['--format=ustar', ...same, '-cf', archive, '-C', work, name])
    return deliver(archive, order)
  })
}

async function inWorkDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  await mkdir(cache, {recursive: true})
  const directory = await mkdtemp(join(cache, 'portable-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, {recursive: true})
  }
}

/**
 * In one block, whatever this machine's processors: that is the smallest, and the same everywhere. Without xz's filter
 * for programs, which saves another megabyte: busybox does not unpack it (seen with Debian's 1.35).
 */
async function deliver(archive: string, {compression, directory}: PackageOrder): Promise<string> {
  await mkdir(directory, {recursive: true})
  if (compression === 'none') return place(archive, directory)
  await run('xz', ['--threads=1', '-9', archive])
  return place(`${archive}.xz`, directory)
}

async function place(file: string, directory: string): Promise<string> {
  const target = join(directory, basename(file))
  // Renamed into place: nobody meets half of one.
  await copyFile(file, `${target}.unfinished`)
  await rename(`${target}.unfinished`, target)
  return target
}

/** Lays the directory out: the wrapper, the agent, `lib`, and the licences of all that is in it. */
export async function layOutPortable(order: PackageOrder, directory: string): Promise<void> {
  await inWorkDirectory(async work => {
    const libraries = await findLibraries(order.executable, order.architecture, work)
    await fill(directory, order, libraries)
  })
}

async function fill(directory: string, order: PackageOrder, libraries: Libraries): Promise<void> {
  await mkdir(join(directory, 'licences'), {recursive: true})
  await copyLibraries(libraries, join(directory, 'lib'))
  await copyFile(order.executable, join(directory, 'vmcontext.bin'))
  const texts = {
    vmcontext: await renderWrapper(libraries),
    README: renderReadme(order, libraries),
    'licences/vmcontext.copyright': order.copyright,
    'licences/Apache-2.0': await readFile(join(import.meta.dirname, '..', '..', 'LICENSE'), 'utf8'),
    ...Object.fromEntries(
      [...(await readLicences(libraries))].map(([name, text]) => [`licences/${name}`, text]),
    ),
  }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text)
  await setModes(directory, libraries)
}

async function renderWrapper({loader}: Libraries): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'vmcontext.sh'), 'utf8')
  return text.replaceAll('@LOADER@', loader)
}

async function setModes(directory: string, {loader}: Libraries): Promise<void> {
  await run('chmod', ['-R', 'u=rwX,go=rX', directory])
  await run('find', [directory, '-type', 'f', '-exec', 'chmod', '0644', '{}', '+'])
  for (const name of ['vmcontext', 'vmcontext.bin', `lib/${loader}`])
    await chmod(join(directory, name), 0o755)
}
