// Images that give no room, or are none: a disk that is full halfway, a machine that is no guest, homes full of links.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {execa} from 'execa'
import {makeDirectory} from '../temporary.ts'
import {type Guest, startGuest} from './guest.ts'
import {agentBinary, skipWithoutGuest} from './host.ts'
import {debian12WithSystemd, provideRoot} from './root-image.ts'

describe('install on a disk without room', skipWithoutGuest('namespace'), () => {
  test('for the program itself', async t => {
    const {exitCode, said, difference} = await installOn(t, 'size=60m')
    assert.match(said, /\b1[12]\d MB\b.*\b6\d MB\b/)
    assert.equal(exitCode, 3)
    assert.equal(difference, '')
  })

  for (const inodes of [20, 25, 30, 35]) {
    test(`for more than ${inodes} names`, async t => {
      const {exitCode, said, difference} = await installOn(t, `size=400m,nr_inodes=${inodes}`)
      assert.match(said, /the disk is full; everything is as it was before/)
      assert.equal(exitCode, 1)
      assert.equal(difference, '')
    })
  }
})

/** As much of a root as tells what it boots with. */
const debian: Record<string, string> = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'usr/lib/systemd/systemd': '',
  'usr/sbin/vmcontext': 'an older one',
}

/** Installs into a small root on a file system of its own, and tells what came of the tree. */
function installOn(t: TestContext, options: string): Promise<Outcome> {
  return runOn(t, options, makeDirectory(t, debian), place => ['install', '--yes', '--root', place])
}

type Outcome = {exitCode: number | undefined; said: string; difference: string}

/** Runs the agent on a copy of a tree that has a file system of its own, and tells what it changed there. */
async function runOn(
  t: TestContext,
  options: string,
  tree: string,
  words: (place: string) => readonly string[],
): Promise<Outcome> {
  const place = makeDirectory(t)
  const script = `
    list() { (cd "$place" && find . -printf '%p %y %m %U:%G %l\\n' && find . -type f -exec sha256sum {} +) | sort; }
    mount -t tmpfs -o "$options" tree "$place" && cp -a "$tree/." "$place" && list >"$before"
    code=0; "$@" || code=$?
    list | diff "$before" - >&3
    exit $code`
  const run = await execa('unshare', ['--mount', 'sh', '-c', script, 'sh', agentBinary, ...words(place)], {
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {options, place, tree, before: join(makeDirectory(t), 'list')},
  })
  return {exitCode: run.exitCode, said: `${run.stdout}\n${run.stderr}`, difference: `${run.stdio[3]}`}
}

test('disc build on a disk without room', skipWithoutGuest('namespace'), async t => {
  const tree = makeDirectory(t, {
    'vm.one': 'NAME = "t"\nCONTEXT = [ FILES = "large" ]\n',
    large: Buffer.alloc(400_000),
    'out.iso': 'an older one',
  })
  const {exitCode, said, difference} = await runOn(t, 'size=600k', tree, place => [
    ...['disc', 'build', join(place, 'vm.one'), '-o', join(place, 'out.iso')],
  ])
  assert.match(said, /disk is full|no space/i)
  assert.notEqual(exitCode, 0)
  assert.equal(difference, '')
})

describe('a command that is typed on the wrong machine', skipWithoutGuest('namespace'), () => {
  for (const command of ['install', 'uninstall', 'seal']) {
    test(`${command} asks, and nobody answers`, async () => {
      await using machine = await startGuest({root: await provideRoot(debian12WithSystemd)})
      if (command === 'uninstall') await machine.expect(['vmcontext', 'install', '--yes'])
      await pretendHardware(machine)
      // Without /run: a lock of this boot may come and go.
      const list = () => machine.listing('/bin', '/etc', '/home', '/root', '/usr', '/var')
      const before = await list()
      const {exitCode, stdout, stderr} = await machine.run(['vmcontext', command])
      assert.match(stdout + stderr, /no guest|not a guest/)
      assert.equal(exitCode, 2)
      // Not assert.equal: its message would be a megabyte.
      assert.ok((await list()) === before, 'something was changed')
    })
  }
})

/** Lets this look like a machine that one can touch. */
async function pretendHardware(guest: Guest): Promise<void> {
  await guest.expect(['sh', '-ec', "sed 's/ hypervisor//' /proc/cpuinfo >/run/cpuinfo"])
  await guest.expect(['mount', '--bind', '/run/cpuinfo', '/proc/cpuinfo'])
}
