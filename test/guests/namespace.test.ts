// The agent in a guest with network cards, a disc and the guest's own ifup: what the kernel has in the end.

import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {describe, test} from 'node:test'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {initScriptMark, makeKeyPair, manualContext} from './manual-context.ts'

const guests = skipWithoutGuest('namespace')

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]

const addressesFromMacs = {lo: ['127.0.0.1/8', '::1/128'], eth0: ['192.168.0.5/24'], eth1: ['10.0.0.5/24']}
const routesFromMacs = ['10.0.0.0/24 dev eth1', '192.168.0.0/24 dev eth0', 'default via 192.168.0.1 dev eth0']

/** Boots a guest the way its init scripts do: our first stage, its own network service, our last stage. */
async function boot(guest: Guest): Promise<void> {
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  await guest.expect(['vmcontext', 'boot', '--stage', 'final'])
}

describe('a guest in namespaces', guests, () => {
  test('gets its addresses from the MACs of its network cards, without any disc', async () => {
    await using guest = await startGuest({nics})
    await boot(guest)
    assert.deepEqual(await guest.addresses(), addressesFromMacs)
    assert.deepEqual(await guest.routes(), routesFromMacs)
    await guest.expect(['busybox', 'ping', '-c', '1', '-W', '5', '192.168.0.1'])
  })

  for (const label of ['CDROM', 'CONTEXT']) {
    test(`is what the manual's example says, from a disc labelled ${label}`, async () => {
      await using key = await makeKeyPair()
      await using guest = await startGuest({nics, disc: {label, files: manualContext(key.publicKey)}})
      await boot(guest)
      assert.equal(await guest.expect(['hostname']), 'MAINHOST\n')
      assert.equal(await guest.readFile('/etc/hostname'), 'MAINHOST\n')
      assert.deepEqual(await guest.addresses(), addressesFromMacs)
      assert.deepEqual(await guest.routes(), routesFromMacs)
      assert.match(
        await guest.expect(['getent', 'passwd', 'virtualuser']),
        /:\/home\/virtualuser:\/bin\/(ba)?sh$/m,
      )
      assert.equal(await guest.readFile('/home/virtualuser/.ssh/authorized_keys'), `${key.publicKey}\n`)
      const modes = [
        'stat',
        '-c',
        '%U %a',
        '/home/virtualuser/.ssh',
        '/home/virtualuser/.ssh/authorized_keys',
      ] as const
      assert.equal(await guest.expect(modes), 'virtualuser 700\nvirtualuser 600\n')
      assert.equal(await guest.readFile(initScriptMark), 'MAINHOST 192.168.0.5 virtualuser\n')
      assert.equal(await guest.expect(['sh', '-c', 'grep " /mnt " /proc/mounts || :']), '')
    })
  }

  test('finds nothing to do the second time', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    await boot(guest)
    const before = await guest.listing('/etc', '/home', '/root')
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.listing('/etc', '/home', '/root'), before)
    assert.deepEqual(await guest.addresses(), addressesFromMacs)
  })

  test('runs init.sh again in its next boot, and installs the key once', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    await boot(guest)
    await guest.reboot()
    await boot(guest)
    assert.equal(await guest.readFile(initScriptMark), 'MAINHOST 192.168.0.5 virtualuser\n'.repeat(2))
    assert.equal(await guest.readFile('/home/virtualuser/.ssh/authorized_keys'), `${key.publicKey}\n`)
    assert.deepEqual(await guest.addresses(), addressesFromMacs)
  })

  test('leaves nothing behind on this machine', async () => {
    let pid: number
    let image: string
    {
      await using guest = await startGuest({agent: null, nics, disc: {label: 'CONTEXT', files: {}}})
      pid = guest.pid
      image = await guest.readFile('/sys/class/block/sr0/loop/backing_file')
      assert.ok(attachedImages().includes(image))
    }
    assert.equal(existsSync(`/proc/${pid}`), false)
    assert.equal(attachedImages().includes(image), false)
    assert.doesNotMatch(readFileSync('/proc/mounts', 'utf8'), /vmcontext-guest/)
  })
})

/** The images on this machine's loop devices. */
function attachedImages(): string[] {
  const files = readdirSync('/sys/block').map(name => `/sys/block/${name}/loop/backing_file`)
  return files.filter(file => existsSync(file)).map(file => readFileSync(file, 'utf8'))
}
