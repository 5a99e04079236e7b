// A bundle of a guest that runs, made by root and by an ordinary user: on this machine the same plan comes of it.

import assert from 'node:assert/strict'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {unpackEntries} from '../../src/bundle/archive.ts'
import {runVmcontext} from '../run-vmcontext.ts'
import {type Guest, type RunResult, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const secrets = ['Geheim-17', 'nobodyShouldSee', 'abcdefTOKEN123==', 'somethingElse']
const context = (address: string) => `NETWORK='YES'
ETH0_MAC='02:00:c0:a8:00:05'
ETH0_IP='${address}'
ETH0_GATEWAY='192.168.0.1'
ETH0_DNS='192.168.0.1'
USERNAME='joe'
PASSWORD='Geheim-17'
SSH_PUBLIC_KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFOgNGMq2Pl3bL3DgXt6Q4fLMZ2vWqmRw8Cg1J7k2abc joe@home'
START_SCRIPT='#!/bin/sh
echo nobodyShouldSee
'
ONEGATE_TOKEN='abcdefTOKEN123=='
FOO='somethingElse'
`
const disc = (address: string) => ({
  label: 'CONTEXT',
  files: {'context.sh': context(address), 'init.sh': 'true\n'},
})
const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}]

const users = {
  root: [],
  'an ordinary user': ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'],
} as const

describe('a bundle of a running guest', skipWithoutGuest('namespace'), () => {
  test('before its first boot, after it, and with another context', async () => {
    await using guest = await startGuest({nics, disc: disc('192.168.0.9')})
    await checkAll(guest)
    await guest.expect(['vmcontext', 'boot'])
    await checkAll(guest)
    const seen = await guest.listing('/etc', '/var', '/run/vmcontext', '/root')
    await makeBundle(guest, [])
    assert.equal(
      await guest.listing('/etc', '/var', '/run/vmcontext', '/root'),
      seen,
      'the report changes nothing',
    )
    await guest.eject()
    await guest.insert(disc('192.168.0.10'))
    await checkAll(guest)
    assert.doesNotMatch(await guest.readFile('/proc/mounts'), /vmcontext-plan/)
  })

  test('says where it could not be written', async () => {
    await using guest = await startGuest({nics})
    await guest.expect(['mkdir', '/small'])
    await guest.expect(['mount', '-t', 'tmpfs', '-o', 'size=4k', 'none', '/small'])
    const full = await guest.run(['vmcontext', 'report', '-o', '/small/b.tgz'])
    assert.match(full.stderr, /could not write \/small\/b\.tgz: the disk is full/)
    assert.equal(full.exitCode, 3)
    assert.equal(await guest.expect(['ls', '-A', '/small']), '')
    await guest.expect(['mount', '-o', 'remount,ro', '/small'])
    const closed = await guest.run(['vmcontext', 'report', '-o', '/small/b.tgz'])
    assert.match(closed.stderr, /the file system is read-only/)
    const cut = await guest.run(['sh', '-c', 'vmcontext report -o - > /dev/full'])
    assert.match(cut.stderr, /could not write the bundle: the disk is full/)
    assert.equal(cut.exitCode, 3)
  })
})

async function checkAll(guest: Guest): Promise<void> {
  for (const [who, prefix] of Object.entries(users)) {
    const {packed, said} = await makeBundle(guest, prefix)
    assert.match(said.stderr.replaceAll('\n', ' '), /is the one that the guest makes/, who)
    for (const [name, bytes] of await unpackEntries(packed))
      for (const secret of secrets)
        assert.equal(bytes.includes(secret), false, `${who}: ${secret} is in ${name}`)
    const plan = await guest.run([...prefix, 'vmcontext', 'plan'] as [string, ...string[]])
    const directory = await mkdtemp(join(tmpdir(), 'vmcontext-test-'))
    try {
      const bundle = join(directory, 'bundle.tar.gz')
      await writeFile(bundle, packed)
      const replay = await runVmcontext('replay', bundle)
      assert.equal(withoutPlace(replay.output), withoutPlace(plan.stdout), who)
      assert.equal(replay.errors, '', who)
      assert.equal((await runVmcontext('replay', '--check', bundle)).exitCode, 0, who)
    } finally {
      await rm(directory, {recursive: true})
    }
  }
}

/** A disc is mounted under the number of the process that looks. */
function withoutPlace(plan: string): string {
  return plan.replaceAll(/vmcontext-plan-\d+/g, 'PLACE')
}

async function makeBundle(
  guest: Guest,
  prefix: readonly string[],
): Promise<{packed: Buffer; said: RunResult}> {
  const argv = [...prefix, 'sh', '-c', 'umask 0; rm -f /tmp/b.tgz; vmcontext report -o /tmp/b.tgz']
  const said = await guest.run(argv as [string, ...string[]])
  assert.equal(said.exitCode, 0, said.stderr)
  assert.equal(await guest.expect(['stat', '-c', '%a', '/tmp/b.tgz']), '600\n')
  const packed = Buffer.from(await guest.expect(['base64', '/tmp/b.tgz']), 'base64')
  await guest.expect(['rm', '/tmp/b.tgz'])
  return {packed, said}
}
