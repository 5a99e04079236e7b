// A guest that is asked for all there is, on a disk of its own: an ext4 file system in an image, a fresh copy for each
// boot that is cut short.

import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {type Guest, startGuest} from '../../guests/guest.ts'
import {provideRoot} from '../../guests/root-image.ts'
import {makeKey} from '../../keys.ts'

const hash =
  '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'

const userData = `#cloud-config
write_files:
  - path: /etc/app/app.conf
    content: |
      ${'a line of the application\n      '.repeat(40)}
    permissions: '0640'
  - path: /home/joe/notes
    content: a note
runcmd:
  - [sh, -c, 'echo ready >/var/lib/ran; sync /var/lib/ran']
`

const variables = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_GATEWAY: '192.168.0.1',
  ETH0_DNS: '192.168.0.1',
  ETH0_SEARCH_DOMAIN: 'example.org',
  ETH0_IP6: '2001:db8::5',
  ETH1_MAC: '02:00:0a:00:00:05',
  ETH1_IP: '10.0.0.5',
  ETH1_MASK: '255.255.255.0',
  SET_HOSTNAME: 'web.example.org',
  USERNAME: 'joe',
  CRYPTED_PASSWORD: hash,
  SSH_PUBLIC_KEY: `${makeKey('alice')}\n${makeKey('bob')}`,
  TIMEZONE: 'Europe/Berlin',
  SECURETTY: 'NO',
  VMID: '7',
  USER_DATA: userData,
  START_SCRIPT: 'echo started >/var/lib/started',
  INIT_SCRIPTS: 'init.sh',
}

const disc = {
  label: 'CONTEXT',
  files: {
    'context.sh': Object.entries(variables)
      .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
      .join(''),
    'init.sh': '#!/bin/sh\ncp "$MOUNT_DIR/context.sh" /root/context.copy\n',
  },
}

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]

/** What is synced in a guest is only to be in the image: that of a disk would cost time and prove nothing. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** The image before its first boot, and copies of it. */
export type Disks = AsyncDisposable & {
  /** Makes a fresh copy. */
  copy(): Promise<string>
  /** Takes a copy away. */
  drop(image: string): Promise<void>
}

/** Makes the disk: Debian 12 as it was installed, its ssh host key missing, as in a sealed image. */
export async function makeDisks(): Promise<Disks> {
  const directory = await mkdtemp(join(memory, 'vmcontext-crash-'))
  const tree = join(directory, 'tree')
  const golden = join(directory, 'golden')
  const root = await provideRoot()
  await mkdir(tree)
  for (const name of ['usr', 'var', 'tmp', 'proc', 'sys', 'dev', 'run', 'mnt', 'home'])
    await mkdir(join(tree, name))
  await execa('cp', [
    '-a',
    ...['etc', 'root', 'bin', 'sbin', 'lib', 'lib64'].map(name => join(root, name)),
    tree,
  ])
  await execa('cp', [
    '-a',
    ...['mail', 'tmp', 'log', 'spool', 'run', 'lock'].map(name => join(root, 'var', name)),
    join(tree, 'var'),
  ])
  await mkdir(join(tree, 'var/lib'))
  for (const name of await readdir(join(tree, 'etc/ssh')))
    if (name.startsWith('ssh_host_')) await rm(join(tree, 'etc/ssh', name))
  await writeFile(join(tree, 'etc/ssh/sshd_config.d/key.conf'), 'HostKey /etc/ssh/ssh_host_ed25519_key\n')
  // An address that does not come is waited for, 60 s by default.
  await writeFile(join(tree, 'etc/vmcontext.conf'), 'ONLINE_WAIT=1\n')
  await writeFile(join(tree, 'etc/machine-id'), '0123456789abcdef0123456789abcdef\n')
  await execa('mke2fs', [
    '-q',
    '-t',
    'ext4',
    '-J',
    'size=4',
    '-E',
    'lazy_itable_init=0',
    '-d',
    tree,
    golden,
    '40M',
  ])
  let count = 0
  return {
    async copy() {
      count += 1
      const image = join(directory, `disk-${count}`)
      await execa('cp', ['--sparse=always', golden, image])
      return image
    },
    drop: image => rm(image),
    [Symbol.asyncDispose]: () => rm(directory, {recursive: true}),
  }
}

/** Switches it on. Its network service has run, and had nothing to do yet but lo: what the agent changes it brings up. */
export async function startRichGuest(image: string): Promise<Guest> {
  const guest = await startGuest({image, nics, disc})
  await guest.expect(['ifup', 'lo'])
  return guest
}

/** The words before a command that take it into the guest. */
export function insideOf(guest: Guest): string[] {
  return ['nsenter', '--target', `${guest.pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--']
}
