// A guest of OpenNebula's LXC driver: a container with veth cards, the context as a directory that is mounted from
// outside, and its host's drives in /sys (vmm_mad/remotes/lib/lxc).

import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {execa} from 'execa'
import {assembleHotPlug, hotPlugPath} from '../../packaging/init-scripts.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithout, skipWithoutGuest} from './host.ts'
import {withOpenrc} from './openrc-root.ts'
import {provideRoot} from './root-image.ts'

const scripts = join(import.meta.dirname, '../../init/lxc')
const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05'}]
const script = '#!/bin/sh\necho "$MOUNT_DIR $(cat notes.txt) $GREETING" >>/root/ran\n'

const makeContext = (variables: Record<string, string>) => ({
  'context.sh': Object.entries({
    ETH0_MAC: '02:00:c0:a8:00:05',
    ETH0_IP: '192.168.0.5',
    ETH0_MASK: '255.255.255.0',
    SET_HOSTNAME: 'box',
    ...variables,
  })
    .map(([name, value]) => `${name}='${value}'\n`)
    .join(''),
  'init.sh': script,
  'notes.txt': 'hello',
})

async function startContainer(manager: 'sysv' | 'openrc' = 'sysv'): Promise<Guest> {
  const root = manager === 'openrc' ? await provideRoot(withOpenrc) : undefined
  const guest = await startGuest({nics, root})
  await guest.writeFile('/run/systemd/container', 'lxc')
  // What the host has shows, and nothing of it can be opened.
  for (const name of ['sr0', 'vda', 'loop0']) await guest.writeFile(`/sys/class/block/${name}/size`, '4096\n')
  const helper = (await assembleHotPlug()).replace('settle_seconds=2', 'settle_seconds=0')
  await guest.writeFile(hotPlugPath, helper, 0o755)
  const service = await readFile(join(scripts, `one-context-reconfigure.${manager}`), 'utf8')
  await guest.writeFile('/etc/init.d/one-context-reconfigure', service, 0o755)
  await attachContext(guest, {})
  return guest
}

let contexts = 0

/** As the driver does: a read-only mount upon /context. */
async function attachContext(guest: Guest, variables: Record<string, string>): Promise<void> {
  contexts += 1
  const source = `/srv/context.${contexts}`
  for (const [name, text] of Object.entries(makeContext(variables)))
    await guest.writeFile(`${source}/${name}`, text)
  const mount = 'mkdir -p /context && mount --bind "$1" /context && mount -o remount,bind,ro /context'
  await guest.expect(['sh', '-ec', mount, 'sh', source])
}

async function waitForHostname(guest: Guest, expected: string): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const name = (await guest.expect(['hostname'])).trim()
    const isAtWork = (await guest.run(['test', '-e', '/run/vmcontext/lock'])).exitCode === 0
    if ((name === expected && !isAtWork) || Date.now() > deadline) return assert.equal(name, expected)
    await sleep(50)
  }
}

describe('a container of the LXC driver', skipWithoutGuest('namespace'), () => {
  test('is configured from /context, which stays as it is', async () => {
    await using guest = await startContainer()
    const before = await guest.listing('/context/')
    const said = await guest.expect(['vmcontext', 'boot'])
    assert.match(said, /\/context \(directory\), 4 variables/)
    assert.doesNotMatch(said, /warning|failure/)
    assert.equal(await guest.expect(['hostname']), 'box\n')
    assert.match(
      await guest.readFile('/etc/network/interfaces'),
      /iface eth0 inet static\n.*\n +address 192\.168\.0\.5/,
    )
    assert.equal(await guest.readFile('/root/ran'), '/context hello \n')
    assert.equal(await guest.listing('/context/'), before)
    assert.match(await guest.readFile('/proc/mounts'), / \/context /)
  })

  for (const manager of ['sysv', 'openrc'] as const) {
    test(`takes up another /context when the driver calls for it (${manager})`, async () => {
      await using guest = await startContainer(manager)
      if (manager === 'openrc')
        await guest.expect(['sh', '-c', 'openrc sysinit && openrc boot && openrc default'])
      await guest.expect(['vmcontext', 'boot'])
      const restart = ['service', 'one-context-reconfigure', 'restart'] as const
      for (const name of ['one', 'two']) {
        // Between detaching and attaching /context is empty, and that is no order to take anything back.
        await guest.expect(['umount', '/context'])
        assert.match(await guest.expect(['vmcontext', 'boot']), /none: this machine has no drive/)
        await attachContext(guest, {SET_HOSTNAME: name})
        await guest.expect(manager === 'openrc' ? ['rc-service', ...restart.slice(1)] : restart)
        await waitForHostname(guest, name)
      }
      assert.equal(
        await guest.readFile('/root/ran'),
        '/context hello \n',
        'nothing changed that init.sh takes',
      )
    })
  }

  test('whose context.sh cannot be read keeps what it has', async () => {
    await using guest = await startContainer()
    await guest.expect(['vmcontext', 'boot'])
    await guest.expect(['umount', '/context'])
    await guest.expect(['sh', '-ec', 'mkdir /context/context.sh && touch /context/init.sh'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot', '--force'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /\/context cannot be read as a context: there is no context\.sh in it/)
    assert.equal(await guest.readFile('/etc/hostname'), 'box\n')
    assert.match(await guest.readFile('/etc/network/interfaces'), /address 192\.168\.0\.5/)
  })
})

for (const manager of ['sysv', 'openrc']) {
  test(
    `the service that the driver calls is clean to shellcheck (${manager})`,
    skipWithout('shellcheck'),
    async () => {
      const input = await readFile(join(scripts, `one-context-reconfigure.${manager}`), 'utf8')
      const {stdout} = await execa('shellcheck', ['--shell=sh', '-'], {input, reject: false})
      assert.equal(stdout, '')
    },
  )
}
