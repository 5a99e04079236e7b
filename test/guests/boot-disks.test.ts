// Disks of a booted machine: what needs a kernel of its own. Its root is an ext4 on a partition of a disk that has
// become larger; a second disk gets a logical volume and becomes larger while it is in use; a third one is swap, a fourth
// one gets file systems of before ext4; and the host shares a directory.

import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, open, rm, truncate, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {execa} from 'execa'
import {assembleInitScript, scriptNames} from '../../packaging/init-scripts.ts'
import {skip, skipWithoutGuest} from './host.ts'
import {type Machine, startMachine, trim} from './machine.ts'
import {makeKeyPair, manualContext} from './manual-context.ts'
import {debian12WithDisks, provideRoot} from './root-image.ts'

const nics = [{mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.2'}]
/** Debian 12 has it with QEMU, later ones as a program of its own with other options. */
const servers = {
  '/usr/lib/qemu/virtiofsd': ['-o', 'sandbox=chroot', '-o', 'xattr'],
  '/usr/libexec/virtiofsd': ['--sandbox=chroot', '--xattr'],
}
const server = Object.entries(servers).find(([path]) => existsSync(path))

describe('a booted Debian 12 whose disks have grown', {...skipWithoutGuest('machine')}, () => {
  test('fills them, uses swap, and mounts what the host shares', {timeout: 300_000}, async context => {
    await using directory = await makeDirectory()
    const at = (name: string) => join(directory.path, name)
    await makeImage(at('group'), 300)
    await makeImage(at('swap'), 64)
    await execa('mkswap', ['--quiet', at('swap')])
    await makeImage(at('old'), 128)
    const share = await shareDirectory(directory.path)
    if (server === undefined) context.diagnostic('virtiofs is left out: virtiofsd is not installed')
    await using key = await makeKeyPair()
    const variables = {
      DISK1_MOUNT_TAG: 'one-tag-1',
      DISK1_MOUNT_POINT: '/mnt/one-fs-1',
      DISK3_MOUNT_TAG: 'nobody',
      DISK3_MOUNT_POINT: '/srv/nobody',
    }
    await using machine = await startMachine({
      name: 'disks',
      root: await provideRoot(debian12WithDisks),
      nics,
      address: '192.168.0.5',
      disc: {files: manualContext(key.publicKey, variables)},
      rootDevice: '/dev/vda1',
      finishDisk: putIntoPartition,
      devices: [
        ...['group', 'swap', 'old'].flatMap((name, index) => disk(name, at(name), 0x18 + index)),
        ...share,
      ],
      async prepare(guest) {
        await trim(guest)
        const script = await assembleInitScript('debian', 'local')
        await guest.writeFile(`/etc/init.d/${scriptNames.local}`, script, 0o755)
        await guest.expect(['insserv', scriptNames.local])
        await guest.writeFile('/usr/local/bin/as-root-volume', asRootVolume, 0o755)
      },
    })
    try {
      await seeFirstBoot(machine)
      context.diagnostic(`booted and looked at after ${machine.age.toFixed(0)} s`)
      await seeShares(machine, at('shared'))
      await seeLogicalVolume(machine)
      await seeOldFileSystems(machine)
    } catch (error) {
      context.diagnostic(`the console:\n${await machine.console()}`)
      throw error
    }
  })
})

async function seeFirstBoot(machine: Machine): Promise<void> {
  const over = '[ -s /run/vmcontext/report.json ] && ! pidof vmcontext >/dev/null'
  await machine.inspect(`n=0; until ${over} || [ $n = 60 ]; do n=$((n + 1)); sleep 1; done`)
  const console = await machine.console()
  assert.match(console, /grew partition 1 of \/dev\/vda from 900\.0 MiB to 1\.5 GiB/)
  assert.match(console, /grew the ext4 of \/ from 900\.0 MiB to 1\.5 GiB/)
  assert.match(console, /turned on the swap on \/dev\/vdc/)
  const kibibytes = Number(await machine.inspect("df -k / | awk 'END {print $2}'"))
  assert.ok(kibibytes > 1_400_000, `the root has ${kibibytes} KiB`)
  assert.match(await machine.inspect('sfdisk --verify /dev/vda'), /No errors detected/)
  assert.match(await machine.inspect('cat /proc/swaps'), /^\/dev\/vdc/m)
  const again = await machine.inspect('vmcontext boot --only disks')
  assert.match(again, /disks +unchanged/)
  assert.match(await machine.inspect('vmcontext boot --only swap'), /swap +unchanged/)
}

async function seeShares(machine: Machine, shared: string): Promise<void> {
  if (server === undefined) return
  await writeFile(join(shared, 'from-host'), 'hello\n')
  assert.match(await machine.console(), /mounted one-tag-1 at \/mnt\/one-fs-1/)
  assert.match(await machine.console(), /could not mount nobody at \/srv\/nobody/)
  assert.equal(await machine.inspect('cat /mnt/one-fs-1/from-host'), 'hello')
  const boot = (context: string) =>
    machine.inspect(
      `mkdir -p /disc; printf '${context}' >/disc/context.sh; vmcontext boot --only mounts --context /disc`,
    )
  const same = 'DISK1_MOUNT_TAG=one-tag-1\\nDISK1_MOUNT_POINT=/mnt/one-fs-1\\n'
  assert.match(await boot(same), /mounts +unchanged/)
  // The context names it no more; then at another place.
  assert.match(await boot('HOSTNAME=other\\n'), /unmounted one-tag-1 from \/mnt\/one-fs-1/)
  assert.match(await boot(same.replace('fs-1', 'fs-2')), /mounted one-tag-1 at \/mnt\/one-fs-2/)
  assert.equal(await machine.inspect('cat /mnt/one-fs-2/from-host'), 'hello')
}

/** Half of the group is free on purpose, and stays so whatever grows. */
async function seeLogicalVolume(machine: Machine): Promise<void> {
  await machine.inspect(`
    set -e
    printf 'label: dos\\n,,E\\n,,L\\n' | sfdisk -q /dev/vdb
    pvcreate -qq /dev/vdb5 && vgcreate -qq group /dev/vdb5 && lvcreate -qq -l 40 -n data group
    mkfs.ext4 -q /dev/group/data && mkdir -p /data && mount /dev/group/data /data
    printf 'GROW_FS=/data\\n' >/disc/context.sh`)
  const free = () => machine.inspect('vgs --noheadings -o vg_free_count group').then(Number)
  const spare = await free()
  assert.ok(spare > 20, `${spare} extents are spare`)
  assert.match(await machine.inspect('vmcontext boot --only disks --context /disc'), /disks +unchanged/)
  await enlarge(machine, 500)
  const grown = await machine.inspect('vmcontext boot --only disks --context /disc')
  assert.match(grown, /grew partition 1 of \/dev\/vdb from .*grew partition 5 of \/dev\/vdb from /s)
  assert.match(grown, /grew the logical volume group\/data from 160\.0 MiB to 360\.0 MiB/)
  assert.match(grown, /grew the ext4 of \/data from 160\.0 MiB to 360\.0 MiB/)
  assert.equal(await free(), spare)
  assert.match(await machine.inspect('vmcontext boot --only disks --context /disc'), /disks +unchanged/)
  // A run that was killed when the physical volume had grown.
  await enlarge(machine, 600)
  await machine.inspect(`
    mv /sbin/lvextend /sbin/lvextend.real
    printf '#!/bin/sh\\nkill -9 $PPID\\n' >/sbin/lvextend; chmod 755 /sbin/lvextend
    vmcontext boot --only disks --context /disc || :
    mv /sbin/lvextend.real /sbin/lvextend`)
  assert.ok((await free()) > spare)
  // As the root of a guest, in namespaces.
  await machine.inspect('umount /data')
  const asRoot = await machine.inspect('unshare --mount --pid --fork as-root-volume /dev/group/data')
  assert.match(asRoot, /grew the logical volume group\/data from 360\.0 MiB to 460\.0 MiB/)
  assert.match(asRoot, /grew the ext4 of \/ from 360\.0 MiB to 460\.0 MiB/)
  assert.equal(await free(), spare)
}

/** One after the other on the same disk: each fills half of it, then all. */
async function seeOldFileSystems(machine: Machine): Promise<void> {
  for (const type of ['ext2', 'ext3']) {
    await machine.inspect(`
      set -e
      printf 'label: dos\\n,64M\\n' | sfdisk -q --wipe always /dev/vdd
      mkfs.${type} -q /dev/vdd1 && mkdir -p /old && mount -t ${type} /dev/vdd1 /old && seq 100000 >/old/file
      printf 'GROW_FS=/dev/vdd1\\n' >/disc/context.sh`)
    const grown = await machine.inspect('vmcontext boot --only disks --context /disc')
    assert.match(grown, /grew partition 1 of \/dev\/vdd from 64\.0 MiB to 127\.0 MiB/)
    assert.match(grown, new RegExp(`grew the ${type} of /old from 64\\.0 MiB to 127\\.0 MiB`))
    assert.match(await machine.inspect('vmcontext boot --only disks --context /disc'), /disks +unchanged/)
    assert.equal(
      await machine.inspect(
        'seq 100000 | cmp - /old/file && umount /old && e2fsck -fn /dev/vdd1 >&2 && echo whole',
      ),
      'whole',
    )
  }
}

/** Runs the agent's disks step on a volume that is the root file system. */
const asRootVolume = `#!/bin/sh
set -e
mount --make-rprivate /
mount "$1" /mnt && cd /mnt
mkdir -p usr proc sys dev run tmp etc old disc
for name in bin sbin lib lib64; do ln -sfn "usr/$name" "$name"; done
mount --bind /usr usr && mount --rbind /dev dev && mount --rbind /sys sys && mount -t proc proc proc
mount -t tmpfs run run && mount -t tmpfs tmp tmp
cp -a /etc/lvm /etc/os-release etc/
mkdir -p var/lib && cp -a /var/lib/vmcontext var/lib/
printf 'HOSTNAME=other\\n' >disc/context.sh
pivot_root . old
umount -l /old
exec vmcontext boot --only disks --context /disc
`

async function enlarge(machine: Machine, mebibytes: number): Promise<void> {
  await machine.resizeDisk('group', mebibytes)
  const sectors = mebibytes * 2048
  const inTime = `n=0; until [ $(cat /sys/block/vdb/size) = ${sectors} ] || [ $n = 60 ]; do n=$((n + 1)); sleep 1; done`
  await machine.inspect(inTime)
}

/** Makes of a file system a disk of 1.5 GiB with a partition that has it. */
async function putIntoPartition(image: string): Promise<void> {
  await execa('mv', [image, `${image}.fs`])
  await makeImage(image, 1536)
  await execa('sfdisk', ['--quiet', image], {input: 'label: gpt\nstart=1M, size=900M\n'})
  await execa('dd', [
    `if=${image}.fs`,
    `of=${image}`,
    'bs=1M',
    'seek=1',
    'conv=notrunc,sparse',
    'status=none',
  ])
  await rm(`${image}.fs`)
}

async function makeImage(path: string, mebibytes: number): Promise<void> {
  await (await open(path, 'a')).close()
  await truncate(path, mebibytes * 2 ** 20)
}

/** In a slot behind that of the first disk: the kernel names them in this order. */
function disk(id: string, image: string, slot: number): string[] {
  return [
    ...['-drive', `id=${id},file=${image},if=none,format=raw,cache=unsafe`],
    ...['-device', `virtio-blk-pci,drive=${id},addr=0x${slot.toString(16)}`],
  ]
}

/** Starts who serves a directory to the machine, and gives what QEMU has to be told; said aloud if nobody can. */
async function shareDirectory(directory: string): Promise<string[]> {
  await mkdir(join(directory, 'shared'))
  if (server === undefined) {
    // In CI nothing may be left out.
    skip('virtiofs: not installed: virtiofsd')
    return []
  }
  const [program, options] = server
  const socket = join(directory, 'socket')
  const source = program.includes('qemu')
    ? ['-o', `source=${join(directory, 'shared')}`]
    : ['--shared-dir', join(directory, 'shared')]
  const words = [program, `--socket-path=${socket}`, '--rlimit-nofile=0', ...options, ...source]
  // It ends with the machine, which is its only client, and with this process.
  void execa('setpriv', ['--pdeathsig', 'KILL', ...words], {reject: false, stdin: 'ignore'})
  for (let tries = 0; tries < 100 && !existsSync(socket); tries += 1) await sleep(50)
  return [
    ...['-object', 'memory-backend-memfd,id=memory,size=512M,share=on', '-machine', 'memory-backend=memory'],
    ...['-chardev', `socket,id=share,path=${socket}`],
    ...['-device', 'vhost-user-fs-pci,chardev=share,tag=one-tag-1'],
  ]
}

async function makeDirectory(): Promise<AsyncDisposable & {path: string}> {
  const path = await mkdtemp(join(tmpdir(), 'vmcontext-disks-'))
  return {path, [Symbol.asyncDispose]: () => rm(path, {recursive: true, force: true})}
}
