// What DHCP clients and servers remember. A client that comes with another's lease and DUID asks for its address.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const dhcpLeases: Operation = {
  name: 'dhcp-leases',
  severity: 'identity',
  isDefault: true,
  description: 'leases of DHCP clients, and the DUIDs they show',
  find: fromRows([
    {
      paths: [
        '/var/lib/dhcp/dhclient*',
        '/var/lib/dhcp3/dhclient*',
        '/var/lib/dhclient/*',
        '/var/db/dhclient*',
      ],
      reason: 'leases of dhclient, and its DUID',
    },
    {
      paths: [
        ...['/var/lib/dhcpcd/*', '/var/lib/dhcpcd5/*', '/var/lib/dhcpcd-*/*', '/var/db/dhcpcd/*'],
        ...['/etc/dhcpcd.duid', '/etc/dhcpcd.secret', '/var/lib/misc/dhcpcd-*.lease'],
      ],
      reason: 'leases, DUID and secret of dhcpcd',
    },
    {
      paths: [
        '/var/lib/NetworkManager/*.lease',
        '/var/lib/NetworkManager/*.leases',
        '/var/lib/NetworkManager/dhclient*.conf',
      ],
      reason: 'leases of NetworkManager',
    },
    {
      paths: ['/var/lib/systemd/network/dhcp*', '/var/lib/systemd/network/leases/*'],
      reason: 'leases of systemd-networkd',
    },
    {
      paths: ['/var/lib/wicked/lease-*', '/var/lib/wicked/duid.xml', '/var/lib/wicked/iaid.xml'],
      reason: 'leases, DUID and IAIDs of wicked',
    },
    {
      paths: ['/var/lib/udhcpc/*', '/var/lib/misc/udhcpc*', '/var/lib/odhcp6c/*'],
      reason: 'leases of a client of busybox',
    },
    {
      paths: ['/var/lib/dhcpv6/*', '/var/db/dhcp6c_duid', '/var/lib/dibbler/client-*', '/var/lib/pump/*'],
      reason: 'leases or the DUID of a client of DHCPv6',
    },
    {
      // A directory for each NIC and network, by MAC.
      paths: ['/var/lib/connman/*_????????????_*', '/var/lib/connman/*_dhcp*'],
      reason: 'what connman knows of a NIC, by its MAC',
      trees: true,
    },
  ]),
}

export const dhcpServer: Operation = {
  name: 'dhcp-server',
  severity: 'trace',
  isDefault: true,
  description: 'leases that a DHCP server has given',
  find: fromRows([
    {
      // isc-dhcp-server does not start without its file.
      paths: ['/var/lib/dhcp/dhcpd*.leases', '/var/lib/dhcpd/*.leases', '/var/lib/dhcp/db/dhcpd*.leases'],
      reason: 'leases of dhcpd',
      deed: 'empty',
    },
    {paths: ['/var/lib/dhcp/dhcpd*.leases~', '/var/lib/dhcpd/*.leases~'], reason: 'older leases of dhcpd'},
    {
      paths: [
        '/var/lib/misc/dnsmasq.leases',
        '/var/lib/misc/dnsmasq.*.leases',
        '/var/lib/dnsmasq/*.leases',
        '/var/lib/libvirt/dnsmasq/*.status',
        '/var/lib/libvirt/dnsmasq/*.leases',
        '/var/lib/misc/udhcpd.leases',
      ],
      reason: 'leases of dnsmasq or udhcpd',
    },
    {paths: ['/var/lib/kea/kea-leases*.csv*'], reason: 'leases of kea'},
  ]),
}
