// The part of the warm-up (warm-up.ts) that a boot does on a running machine alone: the disc, the account, its keys, its
// sudo rule, a script. Here the machine is the same directory, and no program of it is run: each counts as well ended.

import {join} from 'node:path'
import {type BootRequest, boot} from './boot.ts'
import {openLog} from './report/log.ts'
import {mountVolume, placeForBoot} from './source/mount.ts'
import type {Source} from './source/source.ts'
import {runUnlimited} from './system/commands.ts'
import {openSystem, type System} from './system/system.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f warm@up'

/** More of the guest, and a disc. Whoever builds owns the home: no rights are switched here. */
function describeFiles(owner: number): Record<string, string> {
  return {
    'root/etc/nsswitch.conf': 'passwd: files\n',
    'root/etc/login.defs': 'UID_MIN 1000\n',
    'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
    'root/etc/sudoers.d/README': '',
    'root/usr/bin/sudo': '',
    'root/bin/sh': '',
    'root/etc/network/interfaces': 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n',
    'root/etc/network/interfaces.d/other': 'iface eth7 inet manual\n',
    'root/sys/class/net/eth1/address': '02:00:0a:00:01:05\n',
    'root/sys/class/net/eth1/type': '1\n',
    'root/home/warm/.profile': '',
    'root/etc/ssh/ssh_host_ed25519_key.pub': `${key}\n`,
    'root/etc/ssh/ssh_host_ed25519_key': '',
    'root/proc/sys/kernel/hostname': 'debian\n',
    'root/etc/passwd': `root:x:0:0:root:/root:/bin/sh\nwarm:x:${owner}:${owner}::/home/warm:/bin/sh\n`,
    'root/disc/context.sh': describeContext('warm'),
    'root/disc/id_rsa.pub': `${key}\n`,
    'root/disc/init.sh': '#!/bin/sh\n',
  }
}

function describeContext(account: string): string {
  return `HOSTNAME="web"\nIP_PUBLIC="192.168.0.5"\nUSERNAME="${account}"\nFILES="/x/id_rsa.pub /x/init.sh"\n`
}

/** Boots the guest that warm-up.ts has laid out as if it were the running machine. */
export async function warmUpLive(
  directory: string,
  lay: (name: string, text: string) => void,
): Promise<void> {
  for (const [name, text] of Object.entries(describeFiles(process.getuid?.() ?? 0))) lay(name, text)
  const ended = {ended: 'exited', exitCode: 0, output: ''} as const
  const system: System = {
    ...openSystem(join(directory, 'root')),
    live: true,
    run: () => Promise.resolve(ended),
  }
  const log = openLog({writeConsole() {}, consoleKind: 'plain', system})
  const common = {overrides: [], waitsForNics: false, force: true, agent: '', log}
  const request: BootRequest = {...common, stages: ['local', 'final'], acquire: () => findDisc(system)}
  const report = await boot(system, request)
  if (report?.outcome !== 'done') throw new Error(`the warm-up ended with ${JSON.stringify(report)}`)
  await boot(system, {...request, force: false})
  // Nobody makes the account, and so this fails.
  lay('root/disc/context.sh', describeContext('new'))
  await boot(system, {...request, stages: ['local'], only: ['account']})
  await runUnlimited({argv: ['true'], timeoutMs: Number.POSITIVE_INFINITY})
}

/** The disc is a directory; that it is mounted and unmounted is only said. */
async function findDisc(system: System): Promise<Source> {
  const place = placeForBoot(system, '/mnt')
  const mount = await mountVolume(system, '/dev/vda', 'iso9660', place)
  if (typeof mount === 'string') throw new Error(mount)
  return {
    ...{state: 'found', recognition: 'label CDROM', origin: '/dev/sr0', directory: '/disc'},
    ...{files: system.files, contextFile: 'context.sh', problems: [], release: mount.unmount},
  }
}
