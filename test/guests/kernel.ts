// The kernel that machines boot, and an initial ramdisk that finds their root: Debian's cloud kernel, whose drivers
// for disk, CD and network are modules, with just those and a busybox.

import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {copyFile, glob, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {execa} from 'execa'
import {cacheDirectory, holdLock} from './host.ts'

export type Kernel = {image: string; ramdisk: string}

const metaPackage = 'linux-image-cloud-amd64'

/** In this order, each behind what it depends on. virtio_ring is not named as a dependency by all that need it. */
const modules = [
  ...['virtio_ring', 'virtio_pci', 'virtio_blk', 'virtio_net', 'ata_piix', 'sr_mod', 'isofs'],
  // VLANs, and the network cards of containers.
  ...['8021q', 'veth'],
  // Logical volumes, and directories that the host shares.
  ...['dm_mod', 'virtiofs'],
]

/**
 * The first process: loads the modules, mounts the root (`root=`, else the first disk) read-only, as a boot loader's
 * would, and hands over.
 */
const init = `#!/bin/busybox sh
bb=/bin/busybox
$bb mount -t devtmpfs devtmpfs /dev
$bb mkdir /proc && $bb mount -t proc proc /proc
# With late_driver the driver of the network cards lies in /dev/late, for the machine to load when it likes.
while read -r module; do
  if [ "$module" = virtio_net.ko ] && $bb grep -q late_driver /proc/cmdline; then
    $bb mkdir /dev/late && $bb cp "/modules/$module" /dev/late/
  else
    $bb insmod "/modules/$module" || echo "initrd: $module failed"
  fi
done </modules/order
disk=$($bb sed -n 's/.*\\broot=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
disk=\${disk:-/dev/vda}
$bb umount /proc
tries=100
until [ -b "$disk" ] || [ $tries = 0 ]; do
  tries=$((tries - 1))
  $bb usleep 50000
done
$bb mount -t ext4 -o ro "$disk" /root
$bb mount --move /dev /root/dev
exec $bb switch_root /root /sbin/init
`

/** Gives the kernel and its ramdisk, fetched and made first if need be. `root` is where busybox comes from. */
export async function provideKernel(root: string): Promise<Kernel> {
  const key = createHash('sha256').update(JSON.stringify([metaPackage, modules, init]))
  const directory = join(cacheDirectory, `kernel-${key.digest('hex').slice(0, 12)}`)
  const kernel = {image: join(directory, 'vmlinuz'), ramdisk: join(directory, 'initrd')}
  if (existsSync(directory)) return kernel
  await using _lock = await holdLock('kernel')
  if (existsSync(directory)) return kernel

  const unfinished = `${directory}.unfinished`
  await rm(unfinished, {recursive: true, force: true})
  const contents = await fetchKernelPackage(join(unfinished, 'package'))
  const [image] = await find(contents, 'boot/vmlinuz-*')
  if (image === undefined) throw new Error(`${metaPackage}: no kernel in it`)
  await copyFile(image, join(unfinished, 'vmlinuz'))
  await makeRamdisk(join(unfinished, 'initrd'), join(root, 'bin/busybox'), await orderModules(contents))
  await rm(join(unfinished, 'package'), {recursive: true})
  await rename(unfinished, directory)
  return kernel
}

/** Unpacks Debian's kernel package, without installing anything on this machine. */
async function fetchKernelPackage(directory: string): Promise<string> {
  // Lists of our own: this machine's may be missing or out of date.
  await mkdir(join(directory, 'lists', 'partial'), {recursive: true})
  const lists = ['-o', `Dir::State::Lists=${join(directory, 'lists')}`, '-o', 'APT::Sandbox::User=root']
  // A third party's source that does not answer is no obstacle.
  await execa('apt-get', [...lists, '-qq', 'update'], {reject: false})
  const {stdout} = await execa('apt-cache', [...lists, 'depends', metaPackage])
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1]
  if (name === undefined) throw new Error(`${metaPackage}: names no kernel\n${stdout}`)
  await execa('apt-get', [...lists, '-qq', 'download', name], {cwd: directory})
  const [archive] = await find(directory, '*.deb')
  await execa('dpkg-deb', ['--extract', archive!, join(directory, 'contents')])
  return join(directory, 'contents')
}

/** Finds the modules and what they depend on, in an order in which they can be loaded. */
async function orderModules(contents: string): Promise<string[]> {
  const files = await find(contents, 'lib/modules/**/*.ko')
  const byName = new Map(files.map(file => [basename(file, '.ko').replaceAll('-', '_'), file]))
  const ordered = new Set<string>()
  const add = async (name: string): Promise<void> => {
    const file = byName.get(name)
    // One that is built into this kernel.
    if (file === undefined || ordered.has(file)) return
    const dependencies = /\0depends=([^\0]*)\0/.exec(await readFile(file, 'latin1'))?.[1] ?? ''
    for (const dependency of dependencies.split(',')) await add(dependency)
    ordered.add(file)
  }
  for (const name of modules) await add(name)
  return [...ordered]
}

async function makeRamdisk(ramdisk: string, busybox: string, moduleFiles: readonly string[]): Promise<void> {
  const tree = `${ramdisk}.tree`
  for (const name of ['bin', 'dev', 'modules', 'root']) await mkdir(join(tree, name), {recursive: true})
  await copyFile(busybox, join(tree, 'bin/busybox'))
  for (const file of moduleFiles) await copyFile(file, join(tree, 'modules', basename(file)))
  await writeFile(join(tree, 'modules/order'), moduleFiles.map(file => `${basename(file)}\n`).join(''))
  await writeFile(join(tree, 'init'), init, {mode: 0o755})
  const pack = 'find . | "$0" cpio -o -H newc >"$1"'
  await execa('sh', ['-c', pack, busybox, ramdisk], {cwd: tree})
  await rm(tree, {recursive: true})
}

async function find(directory: string, pattern: string): Promise<string[]> {
  const paths: string[] = []
  for await (const path of glob(pattern, {cwd: directory})) paths.push(join(directory, path))
  return paths
}
