// Killed between any two deeds, a run leaves every file whole, and the next run ends where an undisturbed one does.
// strace kills the agent when it enters the Nth call of a kind, for every N there is. The context asks for all that is
// done on a root that does not run; what a live guest needs besides is in test/guests.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {makeKey} from './keys.ts'
import {killAt} from './strace.ts'
import {makeDirectory} from './temporary.ts'
import {requireBinary, requireRoot, requireTool} from './tools.ts'
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

/** Those that change what others see; between two of them there is nothing to be cut short. */
const calls = ['rename', 'link', 'mkdir', 'unlink', 'symlink', 'lchown']

test('a run that is killed at any change is completed by the next one', {timeout: 300_000}, t => {
  if (!requireRoot(t) || !requireTool(t, 'strace')) return
  const binary = requireBinary(t)
  if (binary === undefined) return
  const undisturbed = makeGuest(t)
  const {status, stdout} = boot(binary, undisturbed)
  assert.equal(status, 0)
  for (const step of ['network', 'account', 'keys', 'password', 'sudo', 'time-zone', 'console'])
    assert.match(stdout, new RegExp(`^ +${step} +(?!unchanged)`, 'm'), step)
  const [before, expected] = [readTree(join(makeGuest(t), 'root')), snapshot(undisturbed)]
  let points = 0
  for (const call of calls) {
    const pointsBefore = points
    for (let count = 1; ; count += 1) {
      const guest = makeGuest(t)
      const {signal} = boot(binary, guest, killAt(call, count))
      if (signal === null && !wasDisturbed(guest, expected)) break
      points += 1
      assertWhole(readTree(join(guest, 'root')), before, expected.tree, `${call} ${count}`)
      const {status, stdout} = boot(binary, guest)
      assert.equal(status, 0, `after a kill at ${call} ${count}:\n${stdout}`)
      assert.deepEqual(snapshot(guest), expected, `after a kill at ${call} ${count}`)
    }
    assert.ok(points > pointsBefore, `nothing was killed at ${call}`)
  }
  t.diagnostic(`killed at ${points} points`)
  assert.ok(points > 20, `only ${points} points were tried`)
})

function makeGuest(t: TestContext): string {
  const directory = makeDirectory(t)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), {recursive: true})
    writeFileSync(join(directory, name), text)
  }
  return directory
}

function boot(binary: string, guest: string, wrapper: string[] = []) {
  const [root, disc, links] = ['root', 'disc', 'links'].map(name => join(guest, name)) as [
    string,
    string,
    string,
  ]
  const [program, ...args] = [...wrapper, binary, 'boot', '--root', root, '--context', disc, '--links', links]
  return spawnSync(program!, args, {encoding: 'utf8', timeout: 60_000})
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

/** What is killed may have been another process than the agent's own. */
function wasDisturbed(guest: string, expected: ReturnType<typeof snapshot>): boolean {
  try {
    assert.deepEqual(snapshot(guest), expected)
    return false
  } catch {
    return true
  }
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
