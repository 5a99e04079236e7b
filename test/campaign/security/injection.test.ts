// Whatever stands in a context, on a disc, in a guest's files or in records that somebody has changed: no command lets a
// control character of it reach a terminal or a log, and none of it passes for a line of the agent's own.

import assert from 'node:assert/strict'

import {describe, test} from 'node:test'
import {makeKey} from '../../keys.ts'
import {chooseSeed, Random} from '../../random.ts'
import {requireRoot} from '../../tools.ts'
import {isCampaign, tried} from '../rounds.ts'
import {
  commands,
  findHarm,
  type Hostile,
  type HostileGuest,
  inline,
  lines,
  makeHostileGuest,
} from './hostile-guest.ts'

const value = (...names: string[]): Hostile => ({
  variables: Object.fromEntries(names.map(name => [name, lines])),
})
const file = (path: string, content: string): Hostile => ({root: {[path]: content}})
/** With bytes that are no UTF-8. */
const raw = (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0x9b, 0xff, 0xfe, 0xc3, 0x0a])])
const onDisc = (disc: Hostile['disc'] & object, variables: Record<string, string> = {}): Hostile => ({
  disc,
  variables,
})
const json = JSON.stringify

const sources: Record<string, Hostile> = {
  'host name': value('SET_HOSTNAME', 'HOSTNAME'),
  'user name': value('USERNAME'),
  shell: value('USERNAME_SHELL'),
  keys: value('SSH_PUBLIC_KEY', 'EC2_PUBLIC_KEY'),
  'comment of a key': {variables: {SSH_PUBLIC_KEY: makeKey('x', {comment: inline})}},
  'name of a key file': value('ROOT_PUBKEY', 'USER_PUBKEY'),
  passwords: value('CRYPTED_PASSWORD', 'PASSWORD_BASE64', 'USERNAME_SUDO', 'GRANT_SUDO'),
  'time zone': value('TIMEZONE', 'SECURETTY'),
  'name servers': value('DNS', 'SEARCH_DOMAIN', 'ETH0_DNS', 'ETH0_SEARCH_DOMAIN'),
  address: value('ETH0_IP', 'ETH0_MASK', 'ETH1_MAC'),
  method: value('ETH0_METHOD', 'ETH0_IP6_METHOD', 'ETH0_MTU', 'ETH0_METRIC'),
  gateway: value('ETH0_GATEWAY', 'ETH0_IP6', 'ETH0_IP6_GATEWAY', 'ETH0_ROUTES', 'ETH0_VLAN_ID'),
  aliases: value('ETH0_ALIAS0_IP', 'ETH0_ALIAS0_MASK', 'PCI0_ADDRESS', 'PCI0_IP'),
  'scripts by name': value('INIT_SCRIPTS', 'FILES'),
  script: {variables: {START_SCRIPT: `#!${inline}\n${lines}`, START_SCRIPT_ONCE: lines}},
  'user data': {
    variables: {
      USER_DATA: `#cloud-config\nwrite_files:\n- path: ${json(`/srv/${lines}`)}\n  owner: ${json(lines)}\n  permissions: ${json(lines)}\n  content: x\nruncmd:\n- ${json(lines)}\n${inline}: 1\n`,
    },
  },
  'user data that is none': value('USER_DATA', 'USERDATA_ENCODING', 'USER_DATA_ENCODING'),
  disks: value('GROW_FS', 'GROW_ROOTFS', 'IGNORE_SWAP', 'DISK0_MOUNT_TAG', 'DISK0_MOUNT_POINT'),
  OneGate: {
    variables: {
      REPORT_READY: 'YES',
      ONEGATE_ENDPOINT: lines,
      READY_SCRIPT_PATH: lines,
      RETRY_COUNT: lines,
      READY_CA: lines,
      VMID: lines,
    },
  },
  dialect: value('NETCFG_TYPE', 'NETCFG_NETPLAN_RENDERER', 'NETWORK', 'UNKNOWN'),
  'a token': {
    disc: {'token.txt': lines},
    variables: {REPORT_READY: 'YES', ONEGATE_ENDPOINT: 'http://1.2.3.4'},
  },
  'names of files on the disc': onDisc({
    [`n${lines}`]: 'x',
    [`d${lines}/f${lines}`]: 'x',
    [`${inline}.pub`]: 'x',
  }),
  'names with bytes': onDisc({'init.sh': raw(lines)}),
  'a name that is called for': onDisc(
    {[`s${inline}`]: '#!/bin/sh\n', k: raw(lines)},
    {INIT_SCRIPTS: `s${inline}`, ROOT_PUBKEY: 'k'},
  ),
  'text that is no context': onDisc({
    'context.sh': raw(`${lines}\nA='${lines}'\n${inline}=1\nB$(${lines})=2\nC=$(${inline})\n`),
  }),
  'links on the disc': onDisc({[`l${inline}`]: `->${lines}`}),
  'name of a card': {links: `${inline.replaceAll(/\s/g, '')} 02:00:c0:a8:00:05\neth1 02:00:0a:00:01:05\n`},
  'cards of sysfs': file(`sys/class/net/${inline}/address`, `${lines}\n`),
  'operating system': file(
    'etc/os-release',
    `ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian ${lines}"\nNAME="${lines}"\n`,
  ),
  'another system': file(
    'etc/os-release',
    `ID="${inline}"\nVERSION_ID="${lines}"\nPRETTY_NAME="${inline}"\n`,
  ),
  'host name of the guest': {root: {'etc/hostname': lines, 'etc/hosts': `127.0.1.1 ${inline} ${lines}\n`}},
  accounts: file(
    'etc/passwd',
    `root:x:0:0:${inline}:/root:/bin/bash\n${inline}:x:1000:1000:${inline}:/home/${inline}:/bin/${inline}\nada:x:1001:1001::/home/${inline}:/bin/${inline}\n`,
  ),
  'keys in a home': {root: {'root/.ssh/authorized_keys': `${makeKey('y', {comment: inline})}\n${lines}\n`}},
  interfaces: file(
    'etc/network/interfaces',
    `source /etc/network/interfaces.d/*\nauto ${inline}\niface ${inline} inet ${inline}\n address ${inline}\niface eth0 inet static\n up echo ${inline}\n`,
  ),
  'interfaces.d': file(`etc/network/interfaces.d/x${lines}`, `auto eth0\niface eth0 inet dhcp\n${inline}\n`),
  netplan: file(
    'etc/netplan/90-x.yaml',
    `network:\n  ethernets:\n    ${json(inline)}: {match: {macaddress: '02:00:c0:a8:00:05'}}\n  ${json(lines)}: ${inline}\n`,
  ),
  'our settings': file(
    'etc/vmcontext.conf',
    `STEPS_OFF='${lines}'\nTARGET='${lines}'\n${inline}=1\nMAC_PREFIX='${lines}'\nMOUNT_POINT='${lines}'\nCONTEXT_WAIT='${lines}'\n`,
  ),
  'settings by the kernel': file(
    'proc/cmdline',
    `vmcontext.${inline}=1 vmcontext.STEPS_OFF=${inline} vmcontext.NIC_WAIT=${inline}\n`,
  ),
  'files of settings': file(`etc/vmcontext.conf.d/${lines}.conf`, `${lines}\n`),
  hooks: {
    root: {[`etc/vmcontext.d/${lines}`]: '#!/bin/sh\n', [`etc/vmcontext/final.d/${lines}`]: '#!/bin/sh\n'},
  },
  rivals: {
    root: {
      [`etc/systemd/system/multi-user.target.wants/cloud-init${inline}.service`]: '',
      'etc/rc.local': `#!/bin/sh\n. /mnt/${inline}/init.sh\n`,
    },
  },
  'start links': {
    root: {
      'etc/rc2.d/S01vmcontext.sh': '',
      [`etc/rc2.d/S02${inline}`]: '',
      'etc/init.d/vmcontext.sh': lines,
    },
  },
  nsswitch: file('etc/nsswitch.conf', `passwd: files ${inline} winbind\n`),
  'ssh settings': file(
    'etc/ssh/sshd_config',
    `AuthorizedKeysFile ${inline}\nAllowUsers ${inline}\nMatch User ${inline}\nInclude ${inline}\nPort ${inline}\n`,
  ),
  'host keys': {
    root: {
      'etc/ssh/ssh_host_ed25519_key.pub': `${makeKey('h', {comment: inline})}\n`,
      [`etc/ssh/ssh_host_${inline}_key.pub`]: lines,
    },
  },
  sudoers: {
    root: {'etc/sudoers': `${inline}\n#includedir /etc/${inline}\n`, [`etc/sudoers.d/${inline}`]: lines},
  },
  resolver: file('etc/resolv.conf', `nameserver ${inline}\nsearch ${inline}\n`),
  mounts: {
    root: {
      'proc/self/mountinfo': `1 1 8:1 / /${inline} rw - ext4 /dev/${inline} rw\n`,
      'proc/mounts': `/dev/${inline} /${inline} ext4 rw 0 0\n`,
      'etc/fstab': `LABEL=${inline} /${inline} ext4 ${inline} 0 0\n`,
    },
  },
  'what sealing finds': {
    root: {
      'root/.bash_history': 'x',
      [`var/log/${lines}`]: 'x',
      [`tmp/${lines}/${lines}`]: 'x',
      [`home/${inline}/.bash_history`]: 'x',
      [`etc/ssh/ssh_host_${lines}_key`]: 'x',
      [`var/lib/dhcp/${lines}.leases`]: 'x',
      [`var/tmp/${lines}`]: 'x',
    },
  },
  'package lists': {
    root: {
      'var/lib/dpkg/status': `Package: vmcontext${inline}\nStatus: install ok installed\nVersion: ${inline}\n`,
      [`var/lib/dpkg/info/${inline}.list`]: inline,
    },
  },
  'a log': file('var/log/vmcontext.log', `${inline}\n2026-01-01T00:00:00.000Z error ${inline}\n`),
  'a report that is none': file('run/vmcontext/report.json', lines),
  'records that are none': {
    root: {
      'var/lib/vmcontext/manifest.json': lines,
      'var/lib/vmcontext/history.json': `{"version":${json(lines)}}`,
      'var/lib/vmcontext/install.json': lines,
    },
  },
  'a lock': {
    root: {
      'run/vmcontext/lock': lines,
      'run/vmcontext/progress.json': json({pid: 1, stages: [lines], step: lines}),
    },
  },
  'labels of discs': file('sys/class/block/sr0/size', lines),
  'kinds of machine': {
    root: {
      'sys/class/dmi/id/product_uuid': lines,
      'sys/class/dmi/id/sys_vendor': lines,
      'etc/machine-id': lines,
      'run/systemd/container': lines,
    },
  },
}

const seed = chooseSeed()
describe(`nothing from outside reaches a terminal (VMCONTEXT_SEED=${seed})`, () => {
  const random = new Random(seed)
  for (const [name, hostile] of Object.entries(sources)) {
    const also = new Set([random.pick(commands), random.pick(commands)])
    test(name, async t => {
      if (!requireRoot(t)) return
      const guest = makeHostileGuest(t, hostile)
      const chosen = commands.filter((each, index) => isCampaign || index === 0 || also.has(each))
      await expectHarmless(guest, chosen)
      tried(t, chosen.length, `commands on a guest with a hostile ${name}`)
    })
  }
})

async function expectHarmless(guest: HostileGuest, chosen: readonly string[]): Promise<void> {
  const found: Record<string, string[]> = {}
  const look = (where: string, text: string) => {
    const harm = findHarm(text)
    if (harm.length > 0) found[where] = harm.slice(0, 4)
    if (/this is a defect of vmcontext/.test(text)) found[`${where} (defect)`] = [text]
  }
  for (const command of chosen) {
    look(command, await guest.run(command))
    if (command.startsWith('boot')) for (const [path, text] of guest.readTexts()) look(path, text)
  }
  assert.deepEqual(found, {})
}
