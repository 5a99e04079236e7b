// The root file system of a guest with nothing but busybox: each command is an applet of one static program. The agent
// alone needs more, and gets it: the C library it is linked with.

import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {chmod, copyFile, mkdir, rename, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {execa} from 'execa'
import {cacheDirectory, holdLock} from './host.ts'
import {provideRoot} from './root-image.ts'

/** What the agent is linked with (`ldd dist/vmcontext`); the portable form will bring its own. */
const libraries = [
  'lib64/ld-linux-x86-64.so.2',
  ...['libc.so.6', 'libdl.so.2', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6'].map(
    name => `lib/x86_64-linux-gnu/${name}`,
  ),
]

/** As the root of a guest has them before anything is configured. */
const files = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/group': 'root:x:0:\n',
  'etc/shadow': 'root:*:19000:0:99999:7:::\n',
  // busybox's init runs it at the start of a boot; here it stands for the order of any.
  'etc/init.d/rcS': '#!/bin/sh\nvmcontext boot --stage local\nifup -a\nvmcontext boot --stage final\n',
}

/** Raised when what is laid out below changes. */
const edition = 2

/** Gives the directory of the root, made first if need be. */
export async function provideSmallRoot(): Promise<string> {
  const source = await provideRoot()
  const directory = join(cacheDirectory, `busybox-${await hash(join(source, 'usr/bin/busybox'))}`)
  if (existsSync(directory)) return directory
  await using _lock = await holdLock('small-root')
  if (existsSync(directory)) return directory

  const unfinished = `${directory}.unfinished`
  await rm(unfinished, {recursive: true, force: true})
  await layOut(source, unfinished)
  await rename(unfinished, directory)
  return directory
}

async function layOut(source: string, root: string): Promise<void> {
  const directories = [
    'dev',
    'mnt',
    'proc',
    'root',
    'run',
    'sbin',
    'sys',
    'tmp',
    'usr/sbin',
    'var/lib',
    'var/log',
  ]
  for (const path of directories) await mkdir(join(root, path), {recursive: true})
  await symlink('../run', join(root, 'var/run'))
  for (const path of libraries) await copyInto(join(source, path), join(root, path))
  await copyInto(join(source, 'usr/bin/busybox'), join(root, 'bin/busybox'))
  const {stdout} = await execa(join(root, 'bin/busybox'), ['--list-full'])
  for (const applet of stdout.split('\n').filter(path => path !== 'bin/busybox')) {
    await mkdir(dirname(join(root, applet)), {recursive: true})
    await symlink('/bin/busybox', join(root, applet))
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), {recursive: true})
    await writeFile(join(root, path), content)
  }
  await chmod(join(root, 'etc/init.d/rcS'), 0o755)
}

async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), {recursive: true})
  await copyFile(from, to)
}

async function hash(path: string): Promise<string> {
  const {size, mtimeMs} = await stat(path)
  return createHash('sha256').update(`${edition} ${size} ${mtimeMs}`).digest('hex').slice(0, 12)
}
