// The doctor in a guest that runs: all of its checks, those too that ask the kernel and the wire.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {type Report, renderContext} from '../doctor/broken-guest.ts'
import {healthyVariables} from '../doctor/healthy-root.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:01:05', wire: ['10.0.1.1/24']},
]

const disc = {label: 'CONTEXT', files: {'context.sh': renderContext(healthyVariables)}}

/** Starts a guest with the agent installed, and boots it as its init scripts would. */
async function startHealthyGuest(): Promise<Guest> {
  const guest = await startGuest({nics, disc})
  await guest.startOnWire([process.execPath, join(import.meta.dirname, 'ptr-server.ts'), '0161'])
  await guest.expect(['vmcontext', 'install', '--yes'])
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  await guest.expect(['vmcontext', 'boot', '--stage', 'final'])
  return guest
}

async function examine(guest: Guest, ...args: readonly string[]): Promise<Report & {text: string}> {
  const {stdout, stderr} = await guest.run(['vmcontext', 'doctor', '--json', ...args])
  assert.equal(stderr, '')
  const {stdout: text} = await guest.run(['vmcontext', 'doctor', ...args])
  return {...JSON.parse(stdout), text}
}

describe('the doctor in a guest that runs', skipWithoutGuest('namespace'), () => {
  test('finds nothing wrong with a healthy one, does every check, and changes nothing', async () => {
    await using guest = await startHealthyGuest()
    const places = ['/etc', '/var', '/home', '/root', '/run', '/mnt', '/usr', '/tmp']
    const before = await guest.listing(...places)
    const {checks, wrong, warnings, text} = await examine(guest)
    assert.deepEqual([wrong, warnings], [0, 0], text)
    const skipped = checks.filter(({outcome}) => outcome === 'skipped').map(({id}) => id)
    assert.deepEqual(skipped, [], text)
    // Those are libraries that the executable compiles when they are asked for.
    const machine = checks.find(({id}) => id === 'machine')!
    assert.match(machine.facts.join('\n'), /^\d+ CPU.*\n.* of memory/m)
    assert.ok(text.split('\n').length <= 60, text)
    assert.ok(
      text.split('\n').every(line => line.length <= 80),
      text,
    )
    const after = new Set((await guest.listing(...places)).split('\n'))
    const gone = before.split('\n').filter(line => !after.has(line))
    // The disc was mounted on a directory of its own there, which is gone again.
    assert.deepEqual(
      gone.map(line => line.split(' ')[0]).filter(path => path !== '/run'),
      [],
    )
    assert.equal(after.size, new Set(before.split('\n')).size)
    assert.equal(await guest.expect(['sh', '-c', 'grep /run/vmcontext /proc/mounts || :']), '')
  })

  test('works for an ordinary user, and says what that one may not see', async () => {
    await using guest = await startHealthyGuest()
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
    const {stdout, stderr, exitCode} = await guest.run(['setpriv', ...nobody, 'vmcontext', 'doctor'])
    assert.equal(stderr, '')
    assert.doesNotMatch(stdout, /WRONG|defect/, stdout)
    assert.equal(exitCode, 0)
    assert.match(stdout, /as an\s+ordinary user/)
    assert.match(stdout, /As root there is more to see/)
  })

  test('names a link that insserv has not seen', async () => {
    await using guest = await startHealthyGuest()
    // What the manual of 2.2 has people do, where there is insserv.
    await guest.expect(['sh', '-ec', 'sed -i "s/vmcontext.sh//g" /etc/init.d/.depend.boot'])
    const {checks, text, beginWith} = await examine(guest)
    assert.equal(beginWith, 'start', text)
    const {problems} = checks.find(({id}) => id === 'start')!
    assert.match(problems[0]!.message, /dead link: \/etc\/init\.d\/\.depend\.boot does not name it/)
    assert.equal(problems[0]!.cure, 'vmcontext install')
    await guest.expect(['vmcontext', 'install', '--yes'])
    assert.deepEqual((await examine(guest, '--only', 'start')).warnings, 0)
  })
})
