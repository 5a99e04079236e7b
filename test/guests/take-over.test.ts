// Taking over in real guests: the real cloud-init, and what OpenNebula's package puts beside it. Whether they are off is
// asked of those who would start them.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Files} from '../image/rooms.ts'
import {withSystemd, withSysv, written} from '../image/take-over/one-context.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {debian12WithTraces, provideRoot} from './root-image.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05'},
  {name: 'eth1', mac: '02:00:c0:a8:01:05'},
] as const
const disc = {
  label: 'CONTEXT',
  files: {
    'context.sh':
      "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.9'\nETH0_MASK='255.255.255.0'\n" +
      "ETH1_MAC='02:00:c0:a8:01:05'\nETH1_IP='192.168.1.9'\nETH1_MASK='255.255.255.0'\nSET_HOSTNAME='web'\n",
  },
}

async function put(guest: Guest, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (text.startsWith('-> ')) {
      const script = 'mkdir -p -- "$(dirname -- "$2")" && ln -sf -- "$1" "$2"'
      await guest.expect(['sh', '-c', script, 'sh', text.slice(3), `/${path}`])
    } else await guest.writeFile(`/${path}`, text, text.startsWith('#!') ? 0o755 : 0o644)
  }
}

/** Every file with its kind, mode, owner and content, and every link; logs and the agent itself left out. */
function describeGuest(guest: Guest): Promise<string> {
  const script = `
    find / -xdev ! -path '/var/log/*' ! -path '/usr/sbin/vmcontext' ! -path '/usr/sbin' \\
      -printf '%p %y %m %U:%G %l\\n' | LC_ALL=C sort
    find / -xdev -type f ! -path '/var/log/*' ! -path '/usr/sbin/vmcontext' -exec sha256sum {} + | LC_ALL=C sort -k2`
  return guest.expect(['sh', '-c', script])
}

const eni = `# This file is generated from information provided by the datasource.  Changes
# to it will not persist across an instance reboot.
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address 192.168.0.5/24
`

const isOn = (guest: Guest, unit: string) => guest.run(['systemctl', '--root=/', 'is-enabled', unit])

describe('taking over on Debian 12 with systemd', skipWithoutGuest('namespace'), () => {
  const start = async () => {
    const guest = await startGuest({root: await provideRoot(debian12WithTraces), nics, disc})
    // The package one-context leaves this line out, and so what cloud-init has there is dead.
    const interfaces = `source /etc/network/interfaces.d/*\n`
    await put(guest, {
      ...withSystemd,
      'etc/network/interfaces': interfaces,
      'etc/network/interfaces.d/50-cloud-init': eni,
    })
    return guest
  }

  test("neither the real cloud-init's generator nor systemctl starts anything of a rival", async () => {
    await using guest = await start()
    const generate =
      'mkdir -p /tmp/g && /usr/lib/systemd/system-generators/cloud-init-generator /tmp/g /tmp/g /tmp/g; ls -R /tmp/g /run/cloud-init'
    const environment = {DI_LOG: '/dev/null'}
    assert.equal((await isOn(guest, 'one-context.service')).stdout, 'enabled\n')
    const {stdout, stderr, exitCode} = await guest.run(['vmcontext', 'install', '--take-over', '--yes'])
    assert.equal(exitCode, 0, stdout + stderr)
    for (const unit of ['one-context.service', 'one-context-local.service', 'one-context-reconfigure.timer'])
      assert.equal((await isOn(guest, unit)).stdout, 'masked\n', unit)
    // As the package's script does it after every upgrade.
    const enabled = await guest.run(['systemctl', '--root=/', 'enable', 'one-context.service'])
    assert.notEqual(enabled.exitCode, 0)
    const said = await guest.expect(['sh', '-c', generate], {environment})
    assert.match(said, /^disabled$/m)
    assert.doesNotMatch(said, /cloud-init\.target/)
    // As under a systemd that has booted.
    await guest.expect(['mkdir', '-p', '/run/systemd/system'])
    assert.match((await guest.run(['cloud-init', 'status', '--long'])).stdout, /disabled/)
    assert.equal((await isOn(guest, 'vmcontext-local.service')).stdout, 'enabled\n')
  })

  test('the next boot leaves one definition for each card, by which ifup brings it up', async () => {
    await using guest = await start()
    await guest.expect(['vmcontext', 'install', '--take-over', '--yes'])
    await guest.expect(['vmcontext', 'boot', '--no-verify'])
    const files = await guest.expect([
      'sh',
      '-c',
      'cat /etc/network/interfaces /etc/network/interfaces.d/* 2>/dev/null || :',
    ])
    assert.equal(files.match(/^iface eth0 inet static/gm)?.length, 1, files)
    assert.doesNotMatch(files, /192\.168\.0\.5/)
    await guest.expect(['sh', '-c', 'ifdown -a >/dev/null 2>&1; ifup -a'])
    const {eth0, eth1} = await guest.addresses()
    assert.deepEqual({eth0, eth1}, {eth0: ['192.168.0.9/24'], eth1: ['192.168.1.9/24']})
  })

  test('uninstalled it is what it was, to the byte', async () => {
    await using guest = await start()
    const before = await describeGuest(guest)
    await guest.expect(['vmcontext', 'install', '--take-over', '--yes'])
    assert.notEqual(await describeGuest(guest), before)
    await guest.expect(['vmcontext', 'boot', '--only', 'network', '--no-verify'])
    await guest.expect(['ifup', '-a'])
    await guest.expect(['rm', '-rf', '/run/network'])
    const said = await guest.expect(['vmcontext', 'uninstall', '--yes', '--restore-network'])
    assert.match(said, /counts from the next boot on/)
    const after = await describeGuest(guest)
    const [lines, expected] = [after, before].map(text => text.split('\n'))
    assert.deepEqual(
      [lines!.filter(line => !expected!.includes(line)), expected!.filter(line => !lines!.includes(line))],
      [[], []],
    )
    // Nothing was brought down or up.
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.9/24'])
  })
})

describe('taking over on Debian 12 with SysV init', skipWithoutGuest('namespace'), () => {
  test('startpar starts no script of one-context, and uninstalled everything is as insserv had it', async () => {
    await using guest = await startGuest({nics, disc})
    const script = (name: string) =>
      `#!/bin/sh\n### BEGIN INIT INFO\n# Provides: ${name}\n# Required-Start: $local_fs\n# Required-Stop:\n# Default-Start: 2 3 4 5\n# Default-Stop:\n### END INIT INFO\necho ${name} >>/tmp/started\n`
    const scripts = Object.fromEntries(
      ['one-context', 'one-context-online'].map(name => [`etc/init.d/${name}`, script(name)]),
    )
    const {'etc/init.d/one-context-local': _, ...rest} = withSysv
    const own = Object.entries(rest).filter(
      ([path]) => !path.startsWith('etc/rc') && !path.startsWith('etc/init.d'),
    )
    await put(guest, {...Object.fromEntries(own), ...scripts, ...written.interfaces})
    for (const name of ['one-context', 'one-context-online'])
      await guest.expect(['update-rc.d', name, 'defaults'])
    // What is not about this has nothing to do.
    const quiet = `cd /etc/init.d && for name in *; do case $name in vmcontext*|one-context*|rc|rcS|README) continue ;; esac
      { echo '#!/bin/sh'; sed -n '/BEGIN INIT INFO/,/END INIT INFO/p' "$name"; } >/tmp/x; cat /tmp/x >"$name"; done`
    await guest.expect(['sh', '-c', quiet])
    const boot = () =>
      guest.expect([
        'sh',
        '-c',
        '>/tmp/started; RUNLEVEL=2 PREVLEVEL=S runlevel=2 previous=S /etc/init.d/rc 2 >/dev/null 2>&1; sort /tmp/started',
      ])
    assert.equal(await boot(), 'one-context\none-context-online\n')
    // It writes the same in another order if it begins from what update-rc.d has left.
    await guest.expect(['insserv'])
    const before = await describeGuest(guest)
    const {exitCode, stdout, stderr} = await guest.run(['vmcontext', 'install', '--take-over', '--yes'])
    assert.equal(exitCode, 0, stdout + stderr)
    assert.equal(await boot(), '')
    await guest.expect(['rm', '-rf', '/tmp/started', '/run/vmcontext'])
    await guest.expect(['vmcontext', 'uninstall', '--yes', '--restore-network'])
    assert.equal(await boot(), 'one-context\none-context-online\n')
    const after = await describeGuest(guest)
    const [lines, expected] = [after, before].map(text => text.split('\n'))
    const isOther = (line: string) => !/ \/var\/lib\/vmcontext|^\/var\/lib\/vmcontext/.test(line)
    assert.deepEqual(
      [
        lines!.filter(line => !expected!.includes(line) && isOther(line)),
        expected!.filter(line => !lines!.includes(line)),
      ],
      [[], []],
    )
  })
})
