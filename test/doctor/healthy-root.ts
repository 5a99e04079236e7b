// The files of a guest that nothing is wrong with: Debian 12 under systemd, ifupdown in charge, two cards, a disc in
// its drive. Laid out in a directory, so that it can be looked at with --root; nothing of it ever runs.

import {libraries, makeProgram, type TreeFiles} from '../image/install/tree.ts'
import {makeKey} from '../keys.ts'

/** The cards, by name. */
export const cards = {eth0: '02:00:c0:a8:00:05', eth1: '02:00:0a:00:01:05'} as const

/** The context as the front end of today writes it. */
export const healthyVariables: Readonly<Record<string, string>> = {
  NETWORK: 'YES',
  ETH0_MAC: cards.eth0,
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_GATEWAY: '192.168.0.1',
  ETH0_DNS: '192.168.0.1',
  ETH1_MAC: cards.eth1,
  ETH1_IP: '10.0.1.5',
  ETH1_MASK: '255.255.255.0',
  SET_HOSTNAME: 'wiki.example.org',
  USERNAME: 'ada',
  SSH_PUBLIC_KEY: makeKey('ada'),
}

const unit = (name: string, more = '') => `[Unit]\nDescription=${name}\n${more}`

const system: TreeFiles = {
  ...libraries,
  'bin/bash': makeProgram('x64'),
  'sbin/ifup': makeProgram('x64'),
  'sbin/ifquery': makeProgram('x64'),
  'sbin/dhclient': makeProgram('x64'),
  'usr/bin/sudo': makeProgram('x64'),
  'usr/sbin/visudo': makeProgram('x64'),
  'usr/sbin/sshd': makeProgram('x64'),
  'sbin/init': '->../usr/lib/systemd/systemd',
  'usr/lib/systemd/systemd': makeProgram('x64'),
  'usr/lib/systemd/system/default.target': '->multi-user.target',
  'usr/lib/systemd/system/multi-user.target': unit('Multi-User System', 'Requires=basic.target\n'),
  'usr/lib/systemd/system/basic.target': unit('Basic System'),
  'usr/lib/systemd/system/network-pre.target': unit('Preparation for Network'),
  'usr/lib/systemd/system/networking.service': unit('Raise network interfaces'),
  'usr/lib/systemd/system/ssh.service': unit('OpenBSD Secure Shell server'),
  'etc/systemd/system/multi-user.target.wants/networking.service':
    '->/usr/lib/systemd/system/networking.service',
  'etc/systemd/system/multi-user.target.wants/ssh.service': '->/usr/lib/systemd/system/ssh.service',
  'boot/vmlinuz-6.1.0': '',
}

const configuration: TreeFiles = {
  'etc/os-release':
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/shadow': 'root:*:14000:0:99999:7:::\nsshd:!:14000::::::\nnobody:*:14000:0:99999:7:::\n',
  'etc/group': 'root:x:0:\nsudo:x:27:\nnogroup:x:65534:\n',
  'etc/gshadow': 'root:*::\nsudo:*::\nnogroup:*::\n',
  'etc/login.defs': 'USERGROUPS_ENAB yes\nUID_MIN 1000\nGID_MIN 1000\n',
  'etc/hostname': 'debian\n',
  'etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n',
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'etc/resolv.conf': 'nameserver 192.168.0.1\n',
  'etc/network/interfaces': 'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n',
  'etc/sudoers': 'root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
  'etc/ssh/sshd_config':
    'Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\n',
  'etc/ssh/ssh_host_ed25519_key': 'a host key\n',
  'etc/ssh/ssh_host_ed25519_key.pub': `${makeKey('host')}\n`,
  'root/.profile': '',
}

const devices: TreeFiles = {
  'sys/class/block/sr0/size': '736\n',
  ...Object.fromEntries(
    Object.entries(cards).flatMap(([name, mac]) => [
      [`sys/class/net/${name}/address`, `${mac}\n`],
      [`sys/class/net/${name}/type`, '1\n'],
      [`sys/class/net/${name}/device/vendor`, '0x1af4\n'],
    ]),
  ),
}

/** Every file, by its path. */
export const healthyFiles: TreeFiles = {...system, ...configuration, ...devices}
