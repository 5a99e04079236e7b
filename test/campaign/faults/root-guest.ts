// A root file system in a directory, small enough to be made a thousand times, and a context that asks for all that
// can be done on one that does not run.

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {makeKey} from '../../keys.ts'
import {readTree, type Tree} from '../../tree.ts'

const hash =
  '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'

const files: Readonly<Record<string, string>> = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/network/interfaces.d/eth1': 'auto eth1\niface eth1 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n',
  'root/etc/hostname': 'debian\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'root/etc/shadow': 'root:*:14000:0:99999:7:::\n',
  'root/etc/group': 'root:x:0:\nusers:x:100:\n',
  'root/etc/gshadow': 'root:*::\nusers:*::\n',
  'root/etc/login.defs': 'UID_MIN 1000\n',
  'root/etc/vmcontext.conf': 'SCRIPT_TIMEOUT=20\n',
  'root/etc/vmcontext.conf.d/site.conf': 'NIC_WAIT=0\n',
  'root/etc/ssh/sshd_config': 'PermitRootLogin prohibit-password\n',
  'root/etc/skel/.profile': 'umask 022\n',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/etc/sudoers.d/90-vmcontext': '# by hand\n',
  'root/etc/pam.d/login': 'auth       requisite  pam_securetty.so\n',
  'root/etc/timezone': 'Etc/UTC\n',
  'root/bin/sh': '',
  'root/usr/bin/sudo': '',
  'root/usr/share/zoneinfo/Europe/Berlin': 'TZif2\0',
  'root/root/.profile': '',
  'root/proc/sys/kernel/random/boot_id': 'a-boot\n',
  'root/proc/cmdline': 'root=/dev/vda1\n',
  'disc/context.sh': [
    'hostname="web"',
    'username="joe"',
    'root_pubkey="id_rsa.pub"',
    'user_pubkey="id_rsa.pub"',
    `crypted_password="${hash.replaceAll('$', '\\$')}"`,
    'timezone="Europe/Berlin"',
    'securetty="NO"',
    'dns="192.168.0.53"',
    'start_script="echo started"',
    'init_scripts="init.sh"',
    '',
  ].join('\n'),
  'disc/init.sh': '#!/bin/sh\n',
  'disc/id_rsa.pub': `${makeKey('alice')}\n`,
  links: 'eth0 02:00:c0:a8:00:05\neth1 02:00:0a:00:00:05\n',
}

/** What a program was and said. `status` is null where it did not end by itself. */
export type Ended = {status: number | null; signal: string | null; stdout: string; stderr: string}

/** Lays the guest out in a directory that is empty or has one in it. */
export function layOutGuest(directory: string): string {
  rmSync(directory, {recursive: true, force: true})
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), {recursive: true})
    writeFileSync(join(directory, name), text)
  }
  return directory
}

/** The command that boots the guest. */
export function bootCommand(binary: string, guest: string): string[] {
  const at = (name: string) => join(guest, name)
  return [binary, 'boot', '--root', at('root'), '--context', at('disc'), '--links', at('links')]
}

/** Runs a command to its end. No run of this guest takes a second. */
export function runToEnd([program, ...args]: readonly string[]): Ended {
  const {status, signal, stdout, stderr} = spawnSync(program!, args, {encoding: 'utf8', timeout: 60_000})
  return {status, signal, stdout, stderr}
}

/** What a boot leaves: the files, and the manifest but for the salt of its hashes. */
export type Left = {tree: Tree; manifest: unknown; hasLock: boolean}

export function readLeft(guest: string): Left {
  const manifest = join(guest, 'root/var/lib/vmcontext/manifest.json')
  return {
    tree: readTree(join(guest, 'root')),
    manifest: existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8'), withoutSalt) : undefined,
    hasLock: existsSync(join(guest, 'root/run/vmcontext/lock')),
  }
}

function withoutSalt(key: string, value: unknown): unknown {
  return key === 'passwords' ? Object.keys(value as object) : value
}
