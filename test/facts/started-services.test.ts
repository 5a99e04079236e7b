import assert from 'node:assert/strict'
import {symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readStartedServices} from '../../src/facts/started-services.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const cases: [what: string, files: Record<string, string>, started: readonly string[]][] = [
  ['units', {'etc/systemd/system/multi-user.target.wants/ssh.service': ''}, ['ssh']],
  ['scripts of SysV init', {'etc/rcS.d/S10networking': '', 'etc/rc2.d/K01ssh': ''}, ['networking']],
  [
    'scripts of OpenRC in the runlevels of a boot',
    {
      'sbin/openrc': '',
      'etc/runlevels/sysinit/mdev': '',
      'etc/runlevels/boot/networking': '',
      'etc/runlevels/default/sshd': '',
      'etc/runlevels/rescue/chronyd': '',
    },
    ['mdev', 'networking', 'sshd'],
  ],
  ['links that an OpenRC left behind', {'etc/runlevels/boot/networking': ''}, []],
  ['an rcS of busybox that calls ifup', {'etc/init.d/rcS': 'mount -a\n/sbin/ifup -a\n'}, ['networking']],
  ['one that only speaks of it', {'etc/init.d/rcS': '#!/bin/sh\n# ifup -a\n'}, []],
  ['an inittab of busybox that calls ifup', {'etc/inittab': '::sysinit:/sbin/ifup -a\n'}, ['networking']],
  ['an S script of Buildroot', {'etc/init.d/S40network': 'start)\n\t/sbin/ifup -a\n'}, ['networking']],
  ["Debian's rcS", {'etc/init.d/rcS': '#!/bin/sh\nexec /etc/init.d/rc S\n'}, []],
]

for (const [what, files, started] of cases) {
  test(`${what}: ${started.join(', ') || 'nothing'} is started`, t => {
    const services = readStartedServices(openSystem(makeDirectory(t, files)))
    assert.deepEqual([...services].sort(), started)
  })
}

test('a unit that an administrator wrote is started like any other', t => {
  const wants = 'etc/systemd/system/multi-user.target.wants'
  const files = {'etc/systemd/system/our.service': '[Unit]\n', [`${wants}/our.service`]: ''}
  assert.deepEqual([...readStartedServices(openSystem(makeDirectory(t, files)))], ['our'])
})

test('a unit that is masked is not started, whatever links there are to it', t => {
  const wants = 'etc/systemd/system/multi-user.target.wants'
  const root = makeDirectory(t, {'etc/rcS.d/S10networking': '', [`${wants}/systemd-networkd.service`]: ''})
  for (const name of ['networking', 'systemd-networkd']) {
    symlinkSync('/dev/null', join(root, `etc/systemd/system/${name}.service`))
  }
  assert.deepEqual([...readStartedServices(openSystem(root))], [])
})
