// vmcontext status and log in a guest: what whoever stands before one sees while it boots, and after.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const environment = {LANG: 'C.UTF-8'}
const statusJson = async (guest: Guest) =>
  JSON.parse((await guest.run(['vmcontext', 'status', '--json'])).stdout)

/** A guest whose script waits until it is told to end. */
async function startSlowGuest(): Promise<Guest> {
  const files = {
    'context.sh': 'HOSTNAME="web"\nPASSWORD="hunter2"\nINIT_SCRIPTS="init.sh"\n',
    'init.sh': 'until [ -e /root/go ]; do sleep 0.1; done\n',
  }
  return startGuest({disc: {label: 'CONTEXT', files}})
}

const begin = (guest: Guest) =>
  guest.expect([
    'sh',
    '-c',
    'vmcontext boot >/dev/null 2>&1 & echo $! >/root/pid; until grep -q "\\"scripts\\"" /run/vmcontext/current.json; do sleep 0.1; done',
  ])

describe('status in a guest', skipWithoutGuest('namespace'), () => {
  test('a boot is waited for, and seen while it runs', async () => {
    await using guest = await startSlowGuest()
    const before = await guest.listing('/etc', '/var', '/run')
    const never = await guest.run(['vmcontext', 'status'])
    assert.match(
      never.stdout,
      /the agent has not run in this boot: nothing starts the agent at boot\n {2}cure: vmcontext install/,
    )
    assert.equal(never.exitCode, 1)
    assert.equal(await guest.listing('/etc', '/var', '/run'), before, 'looking changes nothing')
    await begin(guest)
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const
    const running = await guest.run([...nobody, 'vmcontext', 'status'])
    assert.match(
      running.stdout.replaceAll(/\s+/g, ' '),
      /a run is at work \(process \d+, local and final, since .* in the step scripts\)/,
    )
    assert.equal(running.exitCode, 1)
    const tooShort = await guest.run(['vmcontext', 'status', '--wait', '1'])
    assert.match(tooShort.stderr, /has not ended within 1 s/)
    assert.equal(tooShort.exitCode, 1)
    const waiting = guest.run([...nobody, 'vmcontext', 'status', '--wait', '50'], {environment})
    await guest.expect(['touch', '/root/go'])
    const {exitCode, stdout} = await waiting
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /^web: the boot is done\n/)
    assert.match(stdout, /scripts {6}changed {3}█+/)
    assert.equal(
      (await guest.run(['test', '-e', '/run/vmcontext/current.json'])).exitCode,
      1,
      'the note is gone',
    )
  })

  test('a run that was killed is not waited for, and the next one clears it', async () => {
    await using guest = await startSlowGuest()
    await begin(guest)
    await guest.expect(['sh', '-c', 'kill -9 "$(cat /root/pid)"; touch /root/go'])
    const {stdout, exitCode} = await guest.run(['vmcontext', 'status', '--wait', '50'])
    assert.match(stdout, /the last run was killed in the middle of it/)
    assert.equal(exitCode, 1)
    assert.equal((await statusJson(guest)).now.step, 'scripts')
    await guest.expect(['vmcontext', 'boot'])
    assert.equal((await statusJson(guest)).state, 'ended')
  })

  test('a signal ends the waiting', async () => {
    await using guest = await startSlowGuest()
    await begin(guest)
    // SIGHUP, the lowest bit, is caught from the same moment on as SIGINT (proc_pid_status(5)).
    const script =
      'vmcontext status --wait 50 2>/root/said >/dev/null & until grep -q "^SigCgt:.*[13579bdf]$" /proc/$!/status; do sleep 0.1; done; kill -INT $!; wait $!'
    // Shells let what they start in the background ignore SIGINT, unless they have job control.
    const {exitCode} = await guest.run(['sh', '-c', `set -m; ${script}`])
    assert.equal(exitCode, 1)
    assert.match(await guest.readFile('/root/said'), /told to stop before the final stage had ended/)
    await guest.expect(['touch', '/root/go'])
  })

  test('two stages, a hand in a file, another boot', async () => {
    await using guest = await startSlowGuest()
    await guest.expect(['touch', '/root/go'])
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    assert.equal((await statusJson(guest)).state, 'unfinished')
    await guest.expect(['vmcontext', 'boot', '--stage', 'final'])
    await guest.expect(['sh', '-c', 'echo other >/etc/hostname'])
    const {runs, drift, state} = await statusJson(guest)
    assert.equal(state, 'ended')
    assert.deepEqual(drift, [{path: '/etc/hostname', kind: 'changed'}])
    assert.ok(runs[1].sinceBootMs >= runs[0].sinceBootMs + runs[0].durationMs - 10)
    const picture = await guest.expect(['vmcontext', 'status', '--plot', '-'])
    assert.match(picture, /<text [^>]*>web: the boot is done<\/text>/)
    assert.doesNotMatch(picture, /hunter2/)
    await guest.reboot()
    const {stdout, exitCode} = await guest.run(['vmcontext', 'status'])
    assert.match(stdout, /has not run in this boot[\s\S]*The last run before: .*vmcontext: done in/)
    assert.equal(exitCode, 1)
    const lines = (await guest.expect(['vmcontext', 'log', '-n', '1'])).split('\n')
    assert.match(lines[0]!, /^\S+Z info {2}vmcontext: done in /)
    await guest.writeFile('/etc/vmcontext.conf', 'VMCONTEXT=no\n')
    assert.equal((await guest.run(['vmcontext', 'status', '--wait', '50'])).exitCode, 0)
  })
})
