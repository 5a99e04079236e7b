// Killed at any change, a seal leaves every file whole, and the next one ends where an undisturbed one does.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {cpSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {killAt} from '../../strace.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireBinary, requireRoot, requireTool} from '../../tools.ts'
import {listChanges, readWholeTree} from './whole-tree.ts'

const files = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n10.0.0.5 web # one-contextd\n',
  'root/etc/hostname': 'debian\n',
  'root/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'root/lib/systemd/systemd': '',
  'root/etc/ssh/ssh_host_rsa_key': 'key\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'root/etc/group': 'root:x:0:\n',
  'root/etc/gshadow': 'root:*::\n',
  'root/etc/shadow': 'root:*:19000:0:99999:7:::\n',
  'root/bin/sh': '',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/usr/bin/sudo': '',
  'root/root/.bash_history': 'ls\n',
  'root/tmp/d/e': '',
  'root/var/log/syslog': 'a line\n',
  'root/proc/sys/kernel/random/boot_id': 'first-boot\n',
  'disc/context.sh': [
    "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.44.5'\nSET_HOSTNAME='alpha'\nUSERNAME='joe'\n",
    "PASSWORD='of-joe'\nSSH_PUBLIC_KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFhN0v2Xc1pOq0lQH6kQ9X0B5m5wq1kXrj6Yl3Gd1aXk a'\n",
  ].join(''),
  links: 'eth0 02:00:c0:a8:00:05\n',
}

/** Those that change what others see. */
const calls = ['unlink', 'rename', 'rmdir', 'ftruncate', 'openat']

test('a seal that is killed at any change is completed by the next one', {timeout: 300_000}, t => {
  if (!requireRoot(t) || !requireTool(t, 'strace')) return
  const binary = requireBinary(t)
  if (binary === undefined) return
  const directory = makeDirectory(t, files)
  const used = join(directory, 'root')
  const booted = run(binary, [
    'boot',
    '--root',
    used,
    '--context',
    join(directory, 'disc'),
    '--links',
    join(directory, 'links'),
  ])
  assert.equal(booted.status, 0, booted.stdout)
  const copyOf = (name: string) => {
    const root = join(directory, name)
    cpSync(used, root, {recursive: true, verbatimSymlinks: true})
    return root
  }
  const undisturbed = copyOf('undisturbed')
  assert.equal(seal(binary, undisturbed).status, 0)
  const expected = readWholeTree(undisturbed)
  assert.ok(listChanges(readWholeTree(used), expected).length > 15)
  let points = 0
  for (const call of calls) {
    for (let count = 1; ; count += step(call)) {
      const root = copyOf(`${call}-${count}`)
      const {status} = seal(binary, root, killAt(call, count))
      if (status === 0) break
      points += 1
      const next = seal(binary, root)
      assert.equal(next.status, 0, `after a kill at ${call} ${count}:\n${next.stdout}${next.stderr}`)
      assert.deepEqual(listChanges(expected, readWholeTree(root)), [], `after a kill at ${call} ${count}`)
    }
  }
  t.diagnostic(`killed at ${points} points`)
  assert.ok(points > 20, `only ${points} points were tried`)
})

/** Files are opened some hundred times, to look at them: a few of these are enough. */
const step = (call: string) => (call === 'openat' ? 60 : 1)

function seal(binary: string, root: string, wrapper: string[] = []) {
  return run(binary, ['seal', '--root', root, '--yes', '--accounts'], wrapper)
}

function run(binary: string, args: string[], wrapper: string[] = []) {
  const [program, ...rest] = [...wrapper, binary, ...args]
  return spawnSync(program!, rest, {encoding: 'utf8', timeout: 60_000})
}
