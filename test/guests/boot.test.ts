// The agent in the boot of a real Debian, hooked in in each way that its init allows, with a real CD: log in with the
// context's key, and look. `npm run test:boot` runs this; half a minute a machine.

import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {assembleInitScript, type ScriptStage, scriptNames} from '../../packaging/init-scripts.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {type Machine, startMachine} from './machine.ts'
import {initScriptMark, makeKeyPair, manualContext} from './manual-context.ts'
import {debian12WithSystemd, provideRoot} from './root-image.ts'

const nics = [
  {mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.2'},
  {mac: '02:00:0a:00:00:05', network: '10.0.0.0/24', host: '10.0.0.2'},
]
const timeout = 400_000

// As many at a time as this kind of machine has cores.
describe('a booted Debian 12', {...skipWithoutGuest('machine'), concurrency: 2}, () => {
  test('with vmcontext.sh alone, before networking', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'alone',
      async prepare(guest) {
        await install(guest, ['local'])
        await guest.expect(['insserv', scriptNames.local])
      },
      async look(machine) {
        assert.match(
          await machine.console(),
          /wrote \S+interfaces.*Configuring network interfaces.*ran init\.sh/s,
        )
        await expectNoFailedScript(machine)
      },
    })
  })

  test("with vmcontext.sh alone, by the manual's link after networking", {timeout}, async context => {
    await bootAndLook(context, {
      name: 'manual',
      async prepare(guest) {
        await install(guest, ['local'])
        await linkAsInTheManual(guest)
        await guest.expect(['insserv'])
      },
      async look(machine) {
        assert.match(
          await machine.console(),
          /Configuring network interfaces.*wrote \S+interfaces.*ran init\.sh/s,
        )
        await expectNoFailedScript(machine)
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
      async look(machine) {
        assert.match(
          await machine.console(),
          /wrote \S+interfaces.*Configuring network interfaces.*ran init\.sh/s,
        )
        await expectNoFailedScript(machine)
      },
    })
  })

  test('in 1970, with 64 MB of memory left', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'poor',
      devices: ['-rtc', 'base=1970-01-01T00:10:00'],
      async prepare(guest) {
        await install(guest, ['local', 'final'])
        await guest.writeFile('/etc/init.d/poor', fillsMemory, 0o755)
        await guest.expect(['insserv', 'poor', ...Object.values(scriptNames)])
      },
      async look(machine) {
        assert.match(await machine.inspect('cat /run/poor/when'), /^1970-01-01 \d+$/)
        assert.match(await machine.inspect('head -1 /var/log/vmcontext.log'), /^1970-01-01T/)
        const [, left] = (await machine.inspect('cat /run/poor/when')).split(' ')
        assert.ok(Number(left) < 66_000, `${left} kB were left`)
        context.diagnostic(`${left} kB of memory were left`)
        await expectNoFailedScript(machine)
      },
    })
  })

  test("with systemd's units, and the old link still there", {timeout}, async context => {
    await bootAndLook(context, {
      name: 'systemd',
      root: await provideRoot(debian12WithSystemd),
      async prepare(guest) {
        await install(guest, ['local'])
        await linkAsInTheManual(guest)
        for (const unit of units) {
          const text = await readFile(join(import.meta.dirname, '../../init/systemd', unit), 'utf8')
          await guest.writeFile(`/etc/systemd/system/${unit}`, text)
        }
        await guest.expect(['systemctl', 'enable', 'vmcontext-local', 'vmcontext-final'])
      },
      async look(machine) {
        assert.equal(await machine.inspect('systemctl --failed --no-legend'), '')
        assert.equal(await machine.inspect('systemctl is-active vmcontext || :'), 'inactive')
        const times = ['vmcontext-local ActiveEnter', 'networking ExecMainStart', 'networking ActiveEnter']
        const moments: number[] = []
        for (const time of [...times, 'vmcontext-final ExecMainStart']) {
          const [unit, moment] = time.split(' ')
          const show = `systemctl show --value --property ${moment}TimestampMonotonic ${unit}.service`
          moments.push(Number(await machine.inspect(show)))
        }
        assert.deepEqual(
          moments,
          moments.toSorted((a, b) => a - b),
        )
      },
    })
  })
})

/** Before the agent comes it leaves so much memory that programs can get, and says what the time is. */
const fillsMemory = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          poor
# Required-Start:    $local_fs
# X-Start-Before:    vmcontext
# Default-Start:     S
# Default-Stop:
### END INIT INFO
left() { sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo; }
[ "$1" = start ] || exit 0
mkdir -p /run/poor
mount -t tmpfs -o size=100% poor /run/poor
for round in 1 2 3; do
  over=$(($(left) - 65536))
  [ "$over" -le 0 ] || head -c "$over"K /dev/zero >"/run/poor/$round"
done
echo "$(date +%F) $(left)" >/run/poor/when
`

const units = ['vmcontext.service', 'vmcontext-local.service', 'vmcontext-final.service']

async function install(guest: Guest, stages: readonly ScriptStage[]): Promise<void> {
  for (const stage of stages) {
    await guest.writeFile(
      `/etc/init.d/${scriptNames[stage]}`,
      await assembleInitScript('debian', stage),
      0o755,
    )
  }
}

async function linkAsInTheManual(guest: Guest): Promise<void> {
  await guest.expect(['ln', '-s', `../init.d/${scriptNames.local}`, `/etc/rc2.d/S01${scriptNames.local}`])
}

/** startpar says so at the end of the runlevel. */
async function expectNoFailedScript(machine: Machine): Promise<void> {
  assert.doesNotMatch(await machine.console(), /service\(s\) returned failure/)
}

/** One way to hook the agent into a boot. */
type Way = {
  name: string
  root?: string
  label?: string
  /** Further words for QEMU. */
  devices?: readonly string[]
  prepare: (guest: Guest) => Promise<void>
  look: (machine: Machine) => Promise<void>
}

/** Boots a machine with the manual's example, logs in as the example's user, and looks at all that it asks for. */
async function bootAndLook(
  context: TestContext,
  {name, root, label, devices = [], prepare, look}: Way,
): Promise<void> {
  await using key = await makeKeyPair()
  const disc = {files: manualContext(key.publicKey), label}
  const address = '192.168.0.5'
  await using machine = await startMachine({name, root, nics, address, disc, devices, prepare})
  try {
    assert.equal(await machine.login('virtualuser', key, 'id -un'), 'virtualuser')
    context.diagnostic(`ssh let virtualuser in ${machine.age.toFixed(0)} s after power-on`)
    await waitForBoot(machine)
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
    await look(machine)
  } catch (error) {
    context.diagnostic(`the console of ${name}:\n${await machine.console()}`)
    throw error
  }
}

/** ssh answers while the boot is still going on. */
async function waitForBoot(machine: Machine): Promise<void> {
  const over = `[ -s ${initScriptMark} ] && ! pidof vmcontext startpar >/dev/null`
  await machine.inspect(`n=0; until ${over} || [ $n = 45 ]; do n=$((n + 1)); sleep 1; done`)
}

/** The IPv4 addresses by MAC: udev decides on the names of network cards. */
async function readAddresses(machine: Machine): Promise<Record<string, string[]>> {
  type Link = {
    address: string
    addr_info: {family: string; local: string; prefixlen: number; scope: string}[]
  }
  const links: Link[] = JSON.parse(await machine.inspect('ip -json address show'))
  return Object.fromEntries(
    links
      .map(({address, addr_info}) => {
        const own = addr_info.filter(({family, scope}) => family === 'inet' && scope === 'global')
        return [address, own.map(({local, prefixlen}) => `${local}/${prefixlen}`)] as const
      })
      .filter(([, addresses]) => addresses.length > 0),
  )
}
