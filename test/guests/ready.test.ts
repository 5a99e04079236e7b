// The cloud is told by the packaged agent in a guest, over a real network card.

import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {makeIdentity, type Told, token, vmid} from '../onegate-server.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'
import type {DiscFiles} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const linkLocal = '169.254.16.9'
const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24', `${linkLocal}/32`]}]

/** A disc of today: the token in a file of its own, as TOKEN=YES puts it there. */
function makeDisc(variables: Record<string, string>, files: DiscFiles = {}) {
  const all = {
    ETH0_MAC: '02:00:c0:a8:00:05',
    ETH0_IP: '192.168.0.5',
    ETH0_MASK: '255.255.255.0',
    VMID: vmid,
    REPORT_READY: 'YES',
    RETRY_WAIT_PERIOD: '0',
    ONEGATE_ENDPOINT: `http://${linkLocal}:5030`,
    ...variables,
  }
  const context = Object.entries(all).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return {label: 'CONTEXT', files: {'context.sh': context.join(''), 'token.txt': `${token}\n`, ...files}}
}

/** Starts a OneGate on the wire, and gives what it was told since the last time it was asked. */
async function startOneGate(t: TestContext, guest: Guest, answers: string, ...identity: readonly string[]) {
  const log = join(makeDirectory(t, {log: ''}), 'log')
  const program = join(import.meta.dirname, '../onegate-server.ts')
  await guest.startOnWire([process.execPath, program, '5030', answers, log, ...identity])
  const lines = () => readFileSync(log, 'utf8').split('\n').filter(Boolean)
  for (let wait = 0; lines().length === 0; wait += 50) {
    assert.ok(wait < 20_000, 'the server does not start')
    await sleep(50)
  }
  let seen = 1
  return () => {
    const fresh = lines().slice(seen)
    seen += fresh.length
    return fresh.map(line => (JSON.parse(line) as Told).body)
  }
}

/** As a boot does it: the stages apart, the network between them. */
async function bootInStages(guest: Guest) {
  await guest.run(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  return guest.run(['vmcontext', 'boot', '--stage', 'final'])
}

describe('a guest tells OneGate', skipWithoutGuest('namespace'), () => {
  test('that it is ready, once, by the address of the link', async t => {
    await using guest = await startGuest({nics, disc: makeDisc({VMCONTEXT_REPORT: 'YES'})})
    const told = await startOneGate(t, guest, '[200]')
    const {exitCode, stdout} = await bootInStages(guest)
    assert.match(stdout, /ready +reported READY=YES to http:\/\/169\.254\.16\.9:5030/)
    assert.equal(exitCode, 0)
    const [body, ...more] = told()
    assert.match(
      body!,
      /^READY=YES\nVMCONTEXT_OUTCOME="(done|warnings)"\nVMCONTEXT_FAILED=""\nVMCONTEXT_VERSION="[\d.]+"\n$/,
    )
    assert.deepEqual(more, [])
    const again = await guest.expect(['vmcontext', 'boot', '--stage', 'final'])
    assert.match(again, /done in this boot already: .*ready/)
    assert.deepEqual(told(), [])
    assert.match(await guest.expect(['vmcontext', 'plan', '--check']), /Nothing to do/)
    assert.match(await guest.expect(['vmcontext', 'boot', '--only', 'ready']), /reported READY=YES/)
    assert.equal(told().length, 1)
  })

  test('that it is not ready as long as what is done once for good has failed', async t => {
    const disc = makeDisc({USER_DATA: '#!/bin/sh\ntest -e /root/mended\n'})
    await using guest = await startGuest({nics, disc})
    const told = await startOneGate(t, guest, '[200]')
    await bootInStages(guest)
    assert.deepEqual(told(), ['READY=NO\n'])
    const again = await guest.run(['vmcontext', 'boot'])
    assert.match(again.stdout, /not ready.* user-data failed/)
    assert.match((await guest.run(['vmcontext', 'boot', '--only', 'ready'])).stdout, /not ready/)
    assert.doesNotMatch(told().join(), /YES/)
    await guest.writeFile('/root/mended', '')
    await guest.expect(['vmcontext', 'boot', '--only', 'user-data'])
    await guest.expect(['vmcontext', 'boot'])
    assert.deepEqual(told(), ['READY=YES\n'])
  })

  test('nothing of it where a stage failed, until that is mended', async t => {
    await using guest = await startGuest({
      nics,
      disc: makeDisc({SSH_PUBLIC_KEY: 'nonsense', VMCONTEXT_REPORT: 'YES'}),
    })
    const told = await startOneGate(t, guest, '[200]')
    const failed = await bootInStages(guest)
    assert.equal(failed.exitCode, 1)
    assert.match(failed.stdout, /this guest is not ready, and OneGate was told READY=NO: keys failed/)
    assert.match(told().join(), /^READY=NO\nVMCONTEXT_OUTCOME="failed"\nVMCONTEXT_FAILED="keys"\n/)
    // A part that went well does not vouch for the whole.
    await guest.run(['vmcontext', 'boot', '--only', 'hostname'])
    assert.equal((await guest.run(['vmcontext', 'boot', '--stage', 'final'])).exitCode, 1)
    assert.deepEqual(told(), [])
    await guest.insert(makeDisc({VMCONTEXT_REPORT: 'YES'}))
    assert.match(await guest.expect(['vmcontext', 'boot']), /reported READY=YES/)
    assert.match(told().join(), /^READY=YES\nVMCONTEXT_OUTCOME="(done|warnings)"\n/)
  })

  test('that it is not ready where the local stage was never done', async t => {
    await using guest = await startGuest({nics, disc: makeDisc({})})
    const told = await startOneGate(t, guest, '[200]')
    await guest.expect(['ip', 'link', 'set', 'eth0', 'up'])
    await guest.expect(['ip', 'address', 'add', '192.168.0.5/24', 'dev', 'eth0'])
    await guest.expect(['ip', 'route', 'add', linkLocal, 'dev', 'eth0'])
    const {stdout} = await guest.run(['vmcontext', 'boot', '--stage', 'final'])
    assert.match(stdout, /not ready.*: local-stage failed/)
    assert.deepEqual(told(), ['READY=NO\n'])
  })

  test('after its script has succeeded, which bash runs with the variables of the context', async t => {
    const script = 'echo "run $VMID" >>/root/runs; [[ $(wc -l </root/runs) -ge 3 ]]'
    await using guest = await startGuest({
      nics,
      disc: makeDisc({READY_SCRIPT: Buffer.from(script).toString('base64')}),
    })
    const told = await startOneGate(t, guest, '[503, 200]')
    const {exitCode, stdout} = await bootInStages(guest)
    assert.equal(exitCode, 0, stdout)
    assert.equal(await guest.readFile('/root/runs'), `run ${vmid}\n`.repeat(3))
    assert.deepEqual(told(), ['READY=YES\n', 'READY=YES\n'])
  })

  test('not that it is ready while its script fails', async t => {
    const disc = makeDisc({READY_SCRIPT_PATH: '/mnt/check', RETRY_COUNT: '2'}, {check: '#!/bin/sh\nexit 7\n'})
    await using guest = await startGuest({nics, disc})
    const told = await startOneGate(t, guest, '[200]')
    const {exitCode, stdout} = await bootInStages(guest)
    assert.equal(exitCode, 1)
    assert.match(stdout, /READY_SCRIPT_PATH exited with 7/)
    assert.deepEqual(told(), ['READY=NO\n'])
  })

  test('over TLS, if the guest trusts who signed the certificate', async t => {
    if (!requireTool(t, 'openssl')) return
    const identity = makeIdentity(makeDirectory(t), `IP:${linkLocal}`)
    const authority = readFileSync(identity.authority, 'utf8')
    const endpoint = {ONEGATE_ENDPOINT: `https://${linkLocal}:5030/`}
    await using guest = await startGuest({nics, disc: makeDisc(endpoint, {'ca.pem': authority})})
    const told = await startOneGate(t, guest, '[200]', identity.certificate, identity.key)
    const stranger = await bootInStages(guest)
    assert.equal(stranger.exitCode, 1)
    assert.match(stranger.stdout, /has a certificate by nobody whom this guest trusts.*READY_CA/)
    assert.deepEqual(told(), [])
    await guest.expect(['vmcontext', 'boot', '--set', 'READY_CA=/mnt/ca.pem'])
    assert.deepEqual(told(), ['READY=YES\n'])
    await guest.writeFile('/etc/ssl/certs/ca-certificates.crt', authority)
    await guest.expect(['vmcontext', 'boot', '--only', 'ready'])
    assert.deepEqual(told(), ['READY=YES\n'])
  })

  test('or says what it lacks to do so', async () => {
    await using guest = await startGuest({nics, disc: makeDisc({ONEGATE_ENDPOINT: ''}, {'token.txt': ' \n'})})
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /REPORT_READY: OneGate cannot be told: .* no usable ONEGATE_ENDPOINT, no ONEGATE_TOKEN or token\.txt, no VMID \(put TOKEN = "YES" into the CONTEXT section\)/,
    )
  })

  test('and stops waiting when it is told to', async t => {
    await using guest = await startGuest({nics, disc: makeDisc({RETRY_WAIT_PERIOD: '600'})})
    const told = await startOneGate(t, guest, '[500]')
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    await guest.expect(['ifup', '-a'])
    const run = guest.run(['sh', '-c', 'echo $$ >/root/pid; exec vmcontext boot --stage final'])
    while (told().length === 0) await sleep(50)
    await guest.expect(['sh', '-c', 'kill $(cat /root/pid)'])
    const {exitCode, stdout} = await run
    assert.equal(exitCode, 1)
    assert.match(stdout, /could not report to OneGate: .* (answered 500|vmcontext was told to stop)/)
  })
})

describe('the file for the tool onegate', skipWithoutGuest('namespace'), () => {
  test('is read by a shell as it was meant, belongs to root alone and goes with the context that named it', async () => {
    const odd = `a'b"$(id)\\\`id\`$HOME;x`
    const values = {ONEGATE_TOKEN: odd, REPORT_READY: '', ONEGATE_ENDPOINT: 'http://[fe80::1]:5030/'}
    await using guest = await startGuest({nics, disc: makeDisc(values)})
    const local = ['vmcontext', 'boot', '--stage', 'local'] as const
    await guest.expect(local)
    const script = '. /run/one-context/one_env; printf "%s\\n" "$ONEGATE_ENDPOINT" "$TOKENTXT" "$VMID"'
    for (const shell of ['bash', 'dash', 'busybox']) {
      const said = await guest.expect([shell, ...(shell === 'busybox' ? ['sh'] : []), '-c', script])
      assert.equal(said, `http://[fe80::1]:5030\n${odd}\n${vmid}\n`, shell)
    }
    assert.equal(await guest.expect(['stat', '-c', '%a %U', '/run/one-context/one_env']), '600 root\n')
    assert.match(await guest.expect(local), /done in this boot already: .*onegate/)
    await guest.insert(makeDisc({REPORT_READY: '', ONEGATE_ENDPOINT: ''}, {'token.txt': ''}))
    assert.match(await guest.expect(local), /onegate +removed \/run\/one-context\/one_env/)
    await guest.expect(['test', '!', '-e', '/run/one-context/one_env'])
  })

  test('of another agent stays', async () => {
    await using guest = await startGuest({nics, disc: makeDisc({ONEGATE_ENDPOINT: ''}, {'token.txt': ''})})
    await guest.writeFile('/run/one-context/one_env', 'export TOKENTXT="theirs"\n')
    await guest.run(['vmcontext', 'boot', '--stage', 'local'])
    assert.match(await guest.readFile('/run/one-context/one_env'), /theirs/)
  })
})
