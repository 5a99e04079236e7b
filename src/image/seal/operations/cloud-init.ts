// What cloud-init made of this guest. Its own `clean` knows the state and, if asked, some of the network files: neither
// Debian's interfaces.d/50-cloud-init nor any ifcfg is among them (cloudinit/cmd/clean.py).

import {byCloudInit} from '../../take-over/left-files.ts'
import type {Look, Place} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {emptying, fromRows, removal, rewriting} from '../patterns.ts'

export const cloudInit: Operation = {
  name: 'cloud-init',
  severity: 'secret',
  isDefault: true,
  description: 'state of cloud-init, and the files that it generated',
  find: look => [...findNamed(look), ...findGenerated(look), ...findResolver(look), ...findMounts(look)],
}

const findNamed = fromRows([
  {
    // The user data with its passwords, the instance's id, what was done once.
    paths: ['/var/lib/cloud/*'],
    reason: 'what cloud-init knows of this instance',
    trees: true,
    links: true,
  },
  {
    paths: [
      ...['/etc/netplan/50-cloud-init.yaml', '/etc/network/interfaces.d/50-cloud-init*'],
      ...['/etc/systemd/network/10-cloud-init-*', '/etc/systemd/network/50-cloud-init-*'],
      '/etc/NetworkManager/system-connections/cloud-init-*',
      '/etc/NetworkManager/conf.d/99-cloud-init.conf',
      '/etc/NetworkManager/conf.d/30-cloud-init-ip6-addr-gen-mode.conf',
    ],
    reason: 'the network as cloud-init wrote it',
  },
  {
    paths: ['/etc/sudoers.d/90-cloud-init-users', '/usr/local/etc/sudoers.d/90-cloud-init-users'],
    reason: 'who may do everything, by cloud-init',
  },
  {
    paths: ['/etc/ssh/sshd_config.d/50-cloud-init.conf', '/etc/apt/apt.conf.d/90cloud-init-aptproxy'],
    reason: 'a setting that cloud-init wrote for this instance',
  },
  {paths: ['/var/log/cloud-init*.log*'], reason: "cloud-init's log"},
])

/** Where cloud-init writes files by a name that others use as well; then it says so at their beginning. */
const generated = [
  '/etc/sysconfig/network-scripts/ifcfg-*',
  '/etc/sysconfig/network-scripts/route*-*',
  '/etc/sysconfig/network/ifcfg-*',
  '/etc/sysconfig/network/ifroute-*',
  '/etc/network/interfaces',
  '/etc/network/interfaces.d/*',
  '/etc/netplan/*.yaml',
  '/etc/systemd/network/*',
  '/etc/netctl/*',
  '/etc/NetworkManager/system-connections/*',
  '/etc/NetworkManager/conf.d/*',
]

function findGenerated(look: Look): Finding[] {
  const named = findNamed(look).map(({path}) => path)
  return generated
    .flatMap(pattern => look.find(pattern))
    .filter(({path}) => !named.includes(path))
    .filter(place => byCloudInit(look.text(place)))
    .map(place => describeNetwork(look, place))
}

/** ifupdown complains of the file if it is missing, and loopback has to come from somewhere. */
function describeNetwork(look: Look, place: Place): Finding {
  const reason = 'the network as cloud-init wrote it'
  if (place.path !== '/etc/network/interfaces') return removal(look, place, reason)
  const content = 'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*\n'
  return rewriting(look, place, content, reason)
}

function findResolver(look: Look): Finding[] {
  return look
    .find('/etc/resolv.conf')
    .filter(place => byCloudInit(look.text(place)))
    .flatMap(place => emptying(look, place, 'the name servers as cloud-init wrote them') ?? [])
}

/** Lines that cloud-init put into fstab(5) for disks of this instance (cloudinit/config/cc_mounts.py). */
function findMounts(look: Look): Finding[] {
  return look.find('/etc/fstab').flatMap(place => {
    const text = look.text(place)
    const content = text
      .split('\n')
      .filter(line => !/^[^#]*\bcomment=cloudconfig\b/.test(line))
      .join('\n')
    if (content === text) return []
    return [rewriting(look, place, content, 'lines for disks of this instance, by cloud-init')]
  })
}
