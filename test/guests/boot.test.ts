// The agent in the boot of a real Debian, hooked in in each way that its init allows, with a real CD: log in with the
// context's key, and look. `npm run test:boot` runs this; half a minute a machine.

import assert from 'node:assert/strict'
import {describe, type TestContext, test} from 'node:test'
import {assembleInitScript, type ScriptStage, scriptNames} from '../../packaging/init-scripts.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {type Machine, startMachine} from './machine.ts'
import {initScriptMark, makeKeyPair, manualContext} from './manual-context.ts'

const nics = [
  {mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.2'},
  {mac: '02:00:0a:00:00:05', network: '10.0.0.0/24', host: '10.0.0.2'},
]
const timeout = 400_000

// As many at a time as this kind of machine has cores.
describe('a booted Debian 12 with sysvinit', {...skipWithoutGuest('machine'), concurrency: 2}, () => {
  test('with vmcontext.sh alone, before networking', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'alone',
      async prepare(guest) {
        await install(guest, ['local'])
        await guest.expect(['insserv', scriptNames.local])
      },
    })
  })

  test("with vmcontext.sh alone, by the manual's link after networking", {timeout}, async context => {
    await bootAndLook(context, {
      name: 'manual',
      async prepare(guest) {
        await install(guest, ['local'])
        await guest.expect([
          'ln',
          '-s',
          `../init.d/${scriptNames.local}`,
          `/etc/rc2.d/S01${scriptNames.local}`,
        ])
        await guest.expect(['insserv'])
      },
    })
  })

  test('with both scripts, from a disc labelled CONTEXT', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'both',
      label: 'CONTEXT',
      async prepare(guest) {
        await install(guest, ['local', 'final'])
        await guest.expect(['insserv', ...Object.values(scriptNames)])
      },
    })
  })
})

async function install(guest: Guest, stages: readonly ScriptStage[]): Promise<void> {
  for (const stage of stages) {
    await guest.writeFile(
      `/etc/init.d/${scriptNames[stage]}`,
      await assembleInitScript('debian', stage),
      0o755,
    )
  }
}

type Way = {name: string; label?: string; prepare: (guest: Guest) => Promise<void>}

/** Boots a machine with the manual's example, logs in as the example's user, and looks at all that it asks for. */
async function bootAndLook(context: TestContext, {name, label, prepare}: Way): Promise<void> {
  await using key = await makeKeyPair()
  const disc = {files: manualContext(key.publicKey), ...(label === undefined ? {} : {label})}
  await using machine = await startMachine({name, nics, address: '192.168.0.5', disc, prepare})
  try {
    assert.equal(await machine.login('virtualuser', key, 'id -un'), 'virtualuser')
    context.diagnostic(`ssh let virtualuser in ${machine.age.toFixed(0)} s after power-on`)
    await waitForInitScript(machine)
    assert.equal(await machine.inspect('hostname; cat /etc/hostname'), 'MAINHOST\nMAINHOST')
    assert.deepEqual(await readAddresses(machine), {
      '02:00:c0:a8:00:05': ['192.168.0.5/24'],
      '02:00:0a:00:00:05': ['10.0.0.5/24'],
    })
    assert.match(await machine.inspect('ip route show default'), /^default via 192\.168\.0\.1 dev \S+ /)
    assert.equal(await machine.inspect('cat /home/virtualuser/.ssh/authorized_keys'), key.publicKey)
    assert.equal(await machine.inspect('blkid -s LABEL -o value /dev/sr0'), label ?? 'CDROM')
    assert.equal(await machine.inspect('grep -c /dev/sr0 /proc/mounts || :'), '0')
    assert.equal(await machine.inspect(`cat ${initScriptMark}`), 'MAINHOST 192.168.0.5 virtualuser')
    // Not one service of the boot failed, ours and networking among them.
    assert.doesNotMatch(await machine.console(), /service\(s\) returned failure/)
  } catch (error) {
    context.diagnostic(`the console of ${name}:\n${await machine.console()}`)
    throw error
  }
}

/** The boot may still be going on when ssh answers. */
async function waitForInitScript(machine: Machine): Promise<void> {
  await machine.inspect(`n=0; until [ -s ${initScriptMark} ] || [ $n = 60 ]; do n=$((n+1)); sleep 1; done`)
}

/** The IPv4 addresses by MAC: udev decides on the names of network cards. */
async function readAddresses(machine: Machine): Promise<Record<string, string[]>> {
  type Link = {address: string; addr_info: {local: string; prefixlen: number}[]}
  const links: Link[] = JSON.parse(await machine.inspect('ip -json -4 address show scope global'))
  return Object.fromEntries(
    links.map(({address, addr_info}) => [
      address,
      addr_info.map(({local, prefixlen}) => `${local}/${prefixlen}`),
    ]),
  )
}
