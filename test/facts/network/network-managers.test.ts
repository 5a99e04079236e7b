import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readManagers, whoIsInCharge} from '../../../src/facts/network/network-managers.ts'
import {readOperatingSystem} from '../../../src/facts/operating-system.ts'
import {readStartedServices} from '../../../src/facts/started-services.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const release = (id: string, version: string, like = '') => ({
  'etc/os-release': `ID=${id}\nID_LIKE="${like}"\nVERSION_ID="${version}"\n`,
})
const ifupdown = {'usr/sbin/ifup': '', 'etc/network/interfaces': ''}
const openrc = {'sbin/openrc': ''}
const wants = 'etc/systemd/system/multi-user.target.wants'

const cases: [what: string, files: Record<string, string>, manager: string | undefined][] = [
  [
    'Debian 12 with ifupdown on systemd',
    {...release('debian', '12'), ...ifupdown, [`${wants}/networking.service`]: ''},
    'ifupdown',
  ],
  [
    'Debian 12 with ifupdown on sysvinit',
    {...release('debian', '12'), ...ifupdown, 'etc/rcS.d/S10networking': ''},
    'ifupdown',
  ],
  [
    'Debian 12 where ifupdown is installed and netplan enabled',
    {...release('debian', '12'), ...ifupdown, 'usr/sbin/netplan': '', 'etc/netplan/90-x.yaml': ''},
    'netplan',
  ],
  [
    'Debian 12 where NetworkManager is enabled',
    {...release('debian', '12'), 'usr/sbin/NetworkManager': '', [`${wants}/NetworkManager.service`]: ''},
    'networkmanager',
  ],
  [
    'Debian 13 with both enabled',
    {
      ...release('debian', '13'),
      ...ifupdown,
      'etc/rcS.d/S10networking': '',
      'usr/sbin/netplan': '',
      'etc/netplan/x.yaml': '',
    },
    'netplan',
  ],
  [
    'Debian 5 with nothing but the file',
    {'etc/debian_version': '5.0', 'etc/network/interfaces': ''},
    'ifupdown',
  ],
  [
    'Ubuntu 10.04 with upstart',
    {...release('ubuntu', '10.04'), ...ifupdown, 'etc/init/networking.conf': ''},
    'ifupdown',
  ],
  [
    'CentOS 6 with network-scripts',
    {
      'etc/redhat-release': 'CentOS release 6.10',
      'etc/sysconfig/network-scripts/ifup': '',
      'etc/rc.d/rc3.d/S10network': '',
    },
    'network-scripts',
  ],
  [
    'CentOS 8 with NetworkManager',
    {
      ...release('centos', '8', 'rhel'),
      'etc/sysconfig/network-scripts/x': '',
      'usr/sbin/NetworkManager': '',
      [`${wants}/NetworkManager.service`]: '',
    },
    'networkmanager',
  ],
  [
    'openSUSE 11.2',
    {
      'etc/SuSE-release': 'openSUSE 11.2',
      'etc/sysconfig/network/config': '',
      'etc/init.d/rc3.d/S02network': '',
    },
    'suse',
  ],
  [
    'openSUSE 15 with wicked',
    {
      ...release('opensuse-leap', '15.6', 'suse'),
      'etc/sysconfig/network/config': '',
      'etc/systemd/system/network-online.target.wants/wicked.service': '',
    },
    'suse',
  ],
  [
    'Devuan 5 with both enabled',
    {
      ...release('devuan', '5', 'debian'),
      ...ifupdown,
      'etc/rcS.d/S10networking': '',
      'usr/sbin/NetworkManager': '',
      'etc/rc2.d/S03network-manager': '',
    },
    'ifupdown',
  ],
  [
    'Alpine with networking in a runlevel',
    {
      ...release('alpine', '3.20.3'),
      ...ifupdown,
      ...openrc,
      'etc/runlevels/boot/networking': '',
      'usr/sbin/NetworkManager': '',
    },
    'ifupdown',
  ],
  [
    'Alpine with NetworkManager in a runlevel',
    {
      ...release('alpine', '3.20.3'),
      ...ifupdown,
      ...openrc,
      'usr/sbin/NetworkManager': '',
      'etc/runlevels/default/networkmanager': '',
    },
    'networkmanager',
  ],
  [
    'Alpine with nothing but the file',
    {...release('alpine', '3.20.3'), 'etc/network/interfaces': ''},
    'ifupdown',
  ],
  [
    'links of an OpenRC that is not there',
    {
      ...release('debian', '12'),
      ...ifupdown,
      'etc/runlevels/boot/networking': '',
      'usr/sbin/netplan': '',
      'etc/netplan/x.yaml': '',
    },
    'netplan',
  ],
  ['Buildroot', {...release('buildroot', '2024.02'), ...ifupdown}, 'ifupdown'],
  ['nothing but the ifup of busybox', {'sbin/ifup': ''}, 'ifupdown'],
  [
    'a nameless root with scripts of Red Hat',
    {'sbin/ifup': '', 'etc/sysconfig/network-scripts/ifup': ''},
    undefined,
  ],
  [
    'a system that is not known, where something of Debian lies around',
    {...release('arch', '1'), ...ifupdown, 'etc/rcS.d/S10networking': ''},
    undefined,
  ],
  ['a system that is not known', {...release('arch', '1'), ...ifupdown}, undefined],
  ['an empty Debian', release('debian', '12'), undefined],
]

for (const [what, files, manager] of cases) {
  test(`${what}: ${manager ?? 'nobody'} is in charge`, t => {
    const system = openSystem(makeDirectory(t, files))
    assert.equal(
      whoIsInCharge(readOperatingSystem(system), readManagers(system, readStartedServices(system))),
      manager,
    )
  })
}
