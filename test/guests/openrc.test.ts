// OpenRC as the service manager of a guest: where in its boot our scripts run, and what they come to.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {assembleOpenrcScript, openrcNames} from '../../packaging/init-scripts.ts'
import {type Guest, type GuestOptions, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {withOpenrc} from './openrc-root.ts'
import {provideRoot} from './root-image.ts'

/** Scripts that stand for those of Alpine: each says its name, networking calls ifup as there. */
const script = (name: string, depend: string, deed = ':') =>
  `#!/sbin/openrc-run\ndepend() {\n  ${depend}\n}\nstart() {\n  echo "service: ${name}"\n  ${deed}\n}\n`
const services = {
  localmount: script('localmount', ':'),
  networking: script('networking', 'need localmount\n  provide net', 'ifup -a 2>/dev/null'),
  sshd: script('sshd', 'use logger dns'),
  local: script('local', 'after *\n  keyword -timeout'),
}

const alpine = 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'

async function startWithOpenrc(options: GuestOptions): Promise<Guest> {
  const guest = await startGuest({root: await provideRoot(withOpenrc), ...options})
  for (const [name, text] of Object.entries(services))
    await guest.writeFile(`/etc/init.d/${name}`, text, 0o755)
  for (const stage of ['local', 'final'] as const) {
    await guest.writeFile(`/etc/init.d/${openrcNames[stage]}`, await assembleOpenrcScript(stage), 0o755)
  }
  await guest.writeFile('/etc/os-release', alpine)
  const runlevels = `
    rm -rf /etc/runlevels/*
    mkdir /etc/runlevels/sysinit /etc/runlevels/boot /etc/runlevels/default /etc/runlevels/shutdown
    for name in localmount networking vmcontext; do rc-update -q add $name boot; done
    for name in local sshd vmcontext-final; do rc-update -q add $name default; done`
  await guest.expect(['sh', '-ec', runlevels])
  return guest
}

/** Goes through the runlevels as init does, and gives all that was said. */
async function boot(guest: Guest): Promise<string> {
  const script = '{ openrc sysinit; openrc boot; openrc default; } 2>&1'
  return guest.expect(['sh', '-c', script])
}

const standIn = (exitCode = 0) => `#!/bin/sh\necho "service: vmcontext $*"\nexit ${exitCode}\n`

/** Every service as it was started. */
function started(said: string): string[] {
  return [...said.matchAll(/^service: (.*)$/gm)].map(match => match[1]!)
}

const order = [
  'localmount',
  'vmcontext boot --stage local --no-verify',
  'networking',
  'sshd',
  'vmcontext boot --stage final --no-verify',
  'local',
]

describe('OpenRC', skipWithoutGuest('namespace'), () => {
  test('runs our first script before the network and our last one behind it', async () => {
    await using guest = await startWithOpenrc({agent: null})
    await guest.writeFile('/usr/sbin/vmcontext', standIn(), 0o755)
    const said = await boot(guest)
    assert.deepEqual(started(said), order)
    assert.doesNotMatch(said, /loop|vmcontext.*non existent/)
    assert.deepEqual(started(await guest.expect(['openrc', 'default'])), [])
  })

  test('goes on with its boot whatever the agent does, and does not run it again', async () => {
    await using guest = await startWithOpenrc({agent: null})
    await guest.writeFile('/usr/sbin/vmcontext', standIn(1), 0o755)
    const said = await boot(guest)
    assert.deepEqual(started(said), order)
    assert.match(
      said,
      /^vmcontext: boot --stage local ended with exit code 1; see \/var\/log\/vmcontext\.log$/m,
    )
    assert.match(await guest.expect(['rc-status', 'default']), /vmcontext-final +\[ +started +\]/)
  })

  test('has the guest configured in the end, though a file of the network was missing', async () => {
    const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}]
    const context = "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.5'\nETH0_GATEWAY='192.168.0.1'\n"
    const files = {'context.sh': context, 'init.sh': '#!/bin/sh\nip route show default >/root/mark\n'}
    await using guest = await startWithOpenrc({nics, disc: {label: 'CONTEXT', files}})
    await guest.expect(['rm', '-f', '/etc/network/interfaces'])
    await boot(guest)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])
    assert.match(await guest.readFile('/root/mark'), /^default via 192\.168\.0\.1 dev eth0 /)
  })
})
