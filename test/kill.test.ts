// Killed between any two deeds, a run leaves every file whole, and the next run ends where an undisturbed one does.
// A deed is a system call that changes something (campaign/crash/changes.py). The context asks for all that is done on
// a root that does not run; a live guest is in test/campaign/crash.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {describeChange, followChanges} from './campaign/crash/follow.ts'
import {choosePoints} from './campaign/crash/points.ts'
import {rounds, tried} from './campaign/rounds.ts'
import {makeKey} from './keys.ts'
import {chooseSeed, Random} from './random.ts'
import {makeDirectory} from './temporary.ts'
import {requireBinary, requireFollower, requireRoot} from './tools.ts'
import {readTree, type Tree} from './tree.ts'

const hash =
  '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1'

const files: Record<string, string> = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/network/interfaces.d/eth1': 'auto eth1\niface eth1 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n',
  'root/etc/hostname': 'debian\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'root/etc/shadow': 'root:*:14000:0:99999:7:::\n',
  'root/etc/group': 'root:x:0:\nusers:x:100:\n',
  'root/bin/sh': '',
  'root/root/.profile': '',
  'root/proc/sys/kernel/random/boot_id': 'a-boot\n',
  'root/etc/gshadow': 'root:*::\nusers:*::\n',
  'root/etc/skel/.profile': 'umask 022\n',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/etc/sudoers.d/90-vmcontext': '# by hand\n',
  'root/usr/bin/sudo': '',
  'root/etc/pam.d/login': 'auth       requisite  pam_securetty.so\n',
  'root/etc/timezone': 'Etc/UTC\n',
  'root/usr/share/zoneinfo/Europe/Berlin': 'TZif2\0',
  'disc/context.sh': [
    'hostname="web"',
    'username="joe"',
    'root_pubkey="id_rsa.pub"',
    'user_pubkey="id_rsa.pub"',
    `crypted_password="${hash.replaceAll('$', '\\$')}"`,
    'timezone="Europe/Berlin"',
    'securetty="NO"',
    'dns="192.168.0.53"',
    'start_script="echo started"',
    'init_scripts="init.sh"',
    '',
  ].join('\n'),
  'disc/init.sh': '#!/bin/sh\n',
  'disc/id_rsa.pub': `${makeKey('alice')}\n`,
  links: 'eth0 02:00:c0:a8:00:05\neth1 02:00:0a:00:00:05\n',
}

const seed = chooseSeed()

test(`a run that is killed at any change is completed by the next one (VMCONTEXT_SEED=${seed})`, {
  timeout: rounds(120_000, 3_600_000),
}, async t => {
  if (!requireRoot(t) || !requireFollower(t)) return
  const binary = requireBinary(t)
  if (binary === undefined) return
  const undisturbed = makeGuest(t)
  const {changes, exitCode, output} = await followChanges(bootCommand(binary, undisturbed))
  assert.equal(exitCode, 0, output)
  for (const step of ['network', 'account', 'keys', 'password', 'sudo', 'time-zone', 'console'])
    assert.match(output, new RegExp(`^ +${step} +(?!unchanged)`, 'm'), step)
  const [before, expected] = [readTree(join(makeGuest(t), 'root')), snapshot(undisturbed)]
  const points = choosePoints(changes, rounds(24, Infinity), new Random(seed))
  for (const count of points) {
    const guest = makeGuest(t)
    const killed = await followChanges(bootCommand(binary, guest), {at: {count, death: 'process'}})
    const point = `after a kill before ${describeChange(killed.changes.at(-1)!)}`
    assertWhole(readTree(join(guest, 'root')), before, expected.tree, point)
    const {status, stdout} = boot(binary, guest)
    assert.equal(status, 0, `${point}:\n${stdout}`)
    assert.deepEqual(snapshot(guest), expected, point)
  }
  tried(t, points.length, 'moments at which a boot of another root is killed')
  assert.ok(points.length >= 20, `only ${points.length} points were tried`)
})

function makeGuest(t: TestContext): string {
  const directory = makeDirectory(t)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), {recursive: true})
    writeFileSync(join(directory, name), text)
  }
  return directory
}

function bootCommand(binary: string, guest: string): [string, ...string[]] {
  const [root, disc, links] = ['root', 'disc', 'links'].map(name => join(guest, name))
  return [binary, 'boot', '--root', root!, '--context', disc!, '--links', links!]
}

function boot(binary: string, guest: string) {
  const [program, ...args] = bootCommand(binary, guest)
  return spawnSync(program, args, {encoding: 'utf8', timeout: 60_000})
}

/** The tree and the records that a run leaves. */
function snapshot(guest: string) {
  const manifest = join(guest, 'root/var/lib/vmcontext/manifest.json')
  return {
    tree: readTree(join(guest, 'root')),
    manifest: existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8'), withoutSalt) : undefined,
    hasLock: existsSync(join(guest, 'root/run/vmcontext/lock')),
  }
}

/** Passwords are recorded with a salt of their own. */
function withoutSalt(key: string, value: unknown): unknown {
  return key === 'passwords' ? Object.keys(value as object) : value
}

/** Whatever stands under a name is the old text or the new one. */
function assertWhole(tree: Tree, before: Tree, after: Tree, point: string): void {
  for (const [path, {text}] of tree) {
    if (path.includes('.vmcontext-new') || /^etc\/(passwd|shadow|group|gshadow)/.test(path)) continue
    assert.ok(
      [before.get(path)?.text, after.get(path)?.text].includes(text),
      `${path} is half-written at ${point}`,
    )
  }
}
