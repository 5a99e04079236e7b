// A guest that has booted with one context and then with another, in a directory.

import {chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {bootRoot} from '../boot-root.ts'
import {makeDirectory} from '../temporary.ts'

const address = (last: number) => [
  'ETH0_MAC="02:00:c0:a8:00:05"',
  `ETH0_IP="192.168.0.${last}"`,
  'ETH0_MASK="255.255.255.0"',
  'ETH0_GATEWAY="192.168.0.1"',
]

const userData = (text: string) =>
  `USER_DATA='#cloud-config\nwrite_files:\n- path: /srv/made/by/cloud\n  permissions: "0640"\n  content: ${text}\n'`

const files: Record<string, string> = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n# von Hand: \xe4\n',
  'root/etc/hostname': 'debian\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'root/etc/shadow': 'root:*:14000:0:99999:7:::\n',
  'root/etc/group': 'root:x:0:\n',
  'root/etc/timezone': 'Etc/UTC\n',
  'root/usr/share/zoneinfo/Europe/Berlin': 'TZif2\0',
  'root/usr/share/zoneinfo/Asia/Tokyo': 'TZif2\0\0',
  'root/run/.keep': '',
  'a/context.sh': [...address(5), 'SET_HOSTNAME="one"', 'TIMEZONE="Europe/Berlin"', ''].join('\n'),
  'b/context.sh': [
    ...address(7),
    'SET_HOSTNAME="two"',
    'TIMEZONE="Asia/Tokyo"',
    'DNS="192.168.0.53"',
    userData('hello'),
    '',
  ].join('\n'),
  links: 'eth0 02:00:c0:a8:00:05\n',
}

export type Sample = {
  directory: string
  root: string
  /** Boots with the context `a` or `b`. */
  boot(context: string): Promise<string>
  /** The arguments of that boot. */
  bootArguments(context: string): string[]
}

/** Makes the guest; it has not booted yet. */
export function makeSample(t: TestContext): Sample {
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text, 'latin1')] as const)
  const directory = makeDirectory(t, Object.fromEntries(bytes))
  const root = join(directory, 'root')
  symlinkSync('/usr/share/zoneinfo/Etc/UTC', join(root, 'etc/localtime'))
  chmodSync(join(root, 'etc/hosts'), 0o664)
  if (process.getuid?.() === 0) chownSync(join(root, 'etc/hosts'), 0, 42)
  mkdirSync(join(root, 'tmp'))
  const options = (context: string) => [
    '--context',
    join(directory, context),
    '--links',
    join(directory, 'links'),
  ]
  return {
    directory,
    root,
    boot: context => bootRoot(root, ...options(context)),
    bootArguments: context => ['boot', '--root', root, ...options(context)],
  }
}

/** Writes a file of the guest. */
export function put({root}: Sample, path: string, text: string): void {
  writeFileSync(join(root, path), text)
}
