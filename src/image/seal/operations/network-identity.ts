// What ties a tree to the network cards of one machine.

import type {Look, Place} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {fromRows, rewriting} from '../patterns.ts'

export const networkNames: Operation = {
  name: 'network-names',
  severity: 'identity',
  isDefault: true,
  description: "udev's rules that name cards by MAC: a clone gets eth1",
  find: fromRows([
    {
      paths: [
        '/etc/udev/rules.d/7?-persistent-net.rules',
        // Debian 4 and 5, SUSE 10, Ubuntu of old.
        ...['/etc/udev/rules.d/z25_persistent-net.rules', '/etc/udev/rules.d/30-net_persistent_names.rules'],
        ...['/etc/udev/rules.d/85-persistent-net-cloud-init.rules', '/etc/iftab'],
      ],
      reason: 'names of network cards, by MAC',
    },
    {
      paths: ['/etc/udev/rules.d/7?-persistent-cd.rules', '/etc/udev/rules.d/z25_persistent-cd.rules'],
      reason: 'names of drives, by their path on this machine',
    },
  ]),
}

export const macAddresses: Operation = {
  name: 'mac-addresses',
  severity: 'identity',
  isDefault: true,
  description: 'the card that a network file of Red Hat or SUSE is for',
  find: look =>
    ['/etc/sysconfig/network-scripts/ifcfg-*', '/etc/sysconfig/network/ifcfg-*']
      .flatMap(pattern => look.find(pattern))
      .flatMap(place => findCard(look, place)),
}

/** HWADDR= is of the card that an installer met: ifup of a clone refuses every other. MACADDR= somebody chose. */
function findCard(look: Look, place: Place): Finding[] {
  const text = look.text(place)
  const content = text.replace(/^[ \t]*HWADDR=.*\n?/gm, '')
  const reason = 'its line HWADDR=: a clone has another card, and no network'
  return content === text ? [] : [rewriting(look, place, content, reason)]
}

export const networkManager: Operation = {
  name: 'network-manager',
  severity: 'identity',
  isDefault: true,
  description: "NetworkManager's secret, and which networks it saw",
  find: fromRows([
    {
      paths: ['/var/lib/NetworkManager/secret_key'],
      reason: 'clones would make the same IPv6 addresses and DUIDs',
    },
    {
      paths: [
        ...['/var/lib/NetworkManager/seen-bssids', '/var/lib/NetworkManager/timestamps'],
        '/var/lib/NetworkManager/no-auto-default.state',
      ],
      reason: 'which networks were seen, and when',
    },
  ]),
}

export const bluetooth: Operation = {
  name: 'bluetooth',
  severity: 'trace',
  isDefault: true,
  description: 'what Bluetooth and its switch remember of devices',
  find: fromRows([
    {paths: ['/var/lib/bluetooth/??:??:??:??:??:??'], reason: 'an adapter and its keys', trees: true},
    {
      paths: ['/var/lib/systemd/rfkill/*', '/var/lib/systemd/backlight/*'],
      reason: 'the state of a device of this machine',
    },
  ]),
}
