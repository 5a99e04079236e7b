// The doctor in a machine that systemd has booted: what it says of the start of the agent is asked of systemd itself,
// and the disc lies in a real drive. `npm run test:boot` runs this.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type Report, renderContext} from '../doctor/broken-guest.ts'
import {healthyVariables} from '../doctor/healthy-root.ts'
import {skipWithoutGuest} from './host.ts'
import {type Machine, startMachine} from './machine.ts'
import {debian12WithSystemd, provideRoot} from './root-image.ts'

const nics = [
  {mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.1'},
  {mac: '02:00:0a:00:01:05', network: '10.0.1.0/24', host: '10.0.1.1'},
]

// QEMU's name server stands elsewhere, and hands questions on to a network that a test has not.
const {ETH0_DNS: _, ...variables} = healthyVariables
const disc = {label: 'CONTEXT', files: {'context.sh': renderContext(variables)}}

test('a booted Debian 12 under systemd', {...skipWithoutGuest('machine'), timeout: 400_000}, async t => {
  const root = await provideRoot(debian12WithSystemd)
  await using machine = await startMachine({
    ...{name: 'doctor', root, nics, address: '192.168.0.5', disc},
    prepare: async guest => void (await guest.expect(['vmcontext', 'install', '--yes'])),
  })
  try {
    await machine.inspect('vmcontext status --wait >/dev/null 2>&1 || :')
    const healthy = await examine(machine)
    const outcomes = new Map(healthy.checks.map(({id, outcome}) => [id, outcome]))
    t.diagnostic(await machine.inspect('vmcontext doctor || :'))
    for (const id of ['disc', 'context', 'disc-owner', 'rivals', 'start', 'nics', 'keys'])
      assert.equal(outcomes.get(id), 'ok', JSON.stringify(healthy, null, 2))

    await machine.inspect(`mkdir /etc/systemd/system/vmcontext-local.service.d
      printf '[Unit]\\nAfter=networking.service\\n' >/etc/systemd/system/vmcontext-local.service.d/late.conf`)
    const late = await examine(machine)
    assert.equal(late.beginWith, 'start')
    assert.match(startOf(late)[0]!.message, /behind networking\.service/)
    assert.equal(startOf(late)[0]!.file, '/etc/systemd/system/vmcontext-local.service.d/late.conf')
    await machine.inspect('rm -r /etc/systemd/system/vmcontext-local.service.d; systemctl daemon-reload')
    assert.deepEqual(startOf(await examine(machine, '--only start')), [])

    await machine.inspect('echo "# mine" >>/etc/systemd/system/vmcontext-local.service')
    const [unread] = startOf(await examine(machine, '--only start'))
    assert.match(unread!.message, /systemd has not read vmcontext-local\.service/)
    await machine.inspect(unread!.cure!)
    assert.deepEqual(startOf(await examine(machine, '--only start')), [])

    const dropIn = '/etc/systemd/system/network-online.target.d'
    await machine.inspect(
      `mkdir ${dropIn}; printf '[Unit]\\nBefore=vmcontext-local.service\\n' >${dropIn}/a.conf; systemctl daemon-reload`,
    )
    const [foreign] = startOf(await examine(machine, '--only start'))
    assert.match(foreign!.message, /systemd starts vmcontext-local\.service behind network-online\.target/)
    await machine.inspect(`rm -r ${dropIn}; systemctl daemon-reload`)

    await machine.inspect('systemctl restart vmcontext-local')
    const [start] = (await examine(machine, '--only start')).checks
    assert.match(start!.problems[0]!.message, /last started [\d.]+ s behind networking\.service/)
    assert.equal(start!.outcome, 'note')

    await machine.eject()
    const [empty] = (await examine(machine, '--only disc')).checks
    assert.match(empty!.problems[0]!.message, /there is no disc in \/dev\/sr0/)
  } catch (error) {
    t.diagnostic(`the console:\n${await machine.console()}`)
    throw error
  }
})

function startOf({checks}: Report) {
  return checks.find(({id}) => id === 'start')!.problems
}

async function examine(machine: Machine, options = ''): Promise<Report> {
  return JSON.parse(await machine.inspect(`vmcontext doctor --json ${options} || :`))
}
