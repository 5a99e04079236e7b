// Guests with nothing but busybox, Alpine among them: no bash, no udev, no useradd, no getent, and an ip that knows no
// JSON. What they come to is looked at from outside.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {skipWithoutGuest} from './host.ts'
import {makeKeyPair} from './manual-context.ts'
import {
  adduser,
  alpine,
  expectConfigured,
  expectedNetwork,
  makeContext,
  mark,
  readNetwork,
  startSmallGuest,
} from './small-guest.ts'

describe('a guest with nothing but busybox', skipWithoutGuest('namespace'), () => {
  test('is configured in its boot, though no file names its distribution', async () => {
    await using key = await makeKeyPair()
    await using guest = await startSmallGuest({disc: makeContext(key)})
    const said = await guest.expect(['/etc/init.d/rcS'])
    assert.doesNotMatch(said, /warning|failure/)
    await expectConfigured(guest, key)
  })

  test('like Alpine gets its account from adduser, and its own stanza is replaced', async () => {
    await using key = await makeKeyPair()
    await using guest = await startSmallGuest(
      {disc: makeContext(key)},
      {...alpine, '/usr/lib/busybox/adduser': adduser},
    )
    await guest.expect(['ln', '-s', '/usr/lib/busybox/adduser', '/usr/sbin/adduser'])
    const said = await guest.expect(['/etc/init.d/rcS'])
    assert.doesNotMatch(said, /warning|failure/)
    await expectConfigured(guest, key)
    assert.match(await guest.readFile('/etc/passwd'), /:Linux User,,,:/)
    const interfaces = await guest.readFile('/etc/network/interfaces')
    assert.match(interfaces, /^# by setup-alpine\nauto lo\n/)
    assert.doesNotMatch(interfaces, /dhcp/)
  })

  test('takes up a changed context while it runs, and only the NIC that changed', async () => {
    await using key = await makeKeyPair()
    await using guest = await startSmallGuest({disc: makeContext(key)})
    await guest.expect(['/etc/init.d/rcS'])
    // Taken down and up again, eth0 would lose it.
    await guest.expect(['ip', 'address', 'add', '192.168.0.77/24', 'dev', 'eth0'])
    await guest.insert(makeContext(key, {ETH1_IP: '10.0.0.6', GREETING: 'hello'}))
    await guest.expect(['vmcontext', 'boot'])
    const [first, ...others] = expectedNetwork
    const changed = others.map(line => line.replace('10.0.0.5', '10.0.0.6'))
    assert.deepEqual(await readNetwork(guest), [first, 'inet 192.168.0.77/24', ...changed])
    assert.equal(await guest.readFile(mark), 'small joe\n'.repeat(2))
  })

  test('without a disc gets its addresses from the MACs', async () => {
    await using guest = await startSmallGuest({})
    await guest.expect(['/etc/init.d/rcS'])
    const masks = expectedNetwork.map(line => line.replace('/8', '/24'))
    assert.deepEqual(await readNetwork(guest), masks)
  })
})
