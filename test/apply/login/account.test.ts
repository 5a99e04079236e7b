// Accounts on a root that does not run: its own programs would do what whoever made it wants, as root of this machine.

import assert from 'node:assert/strict'
import {chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {bootRoot} from '../../boot-root.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot, requireTool} from '../../tools.ts'

test('an account with a password is made without a program that lies in another root', async t => {
  if (!requireRoot(t) || !requireTool(t, 'busybox') || !requireTool(t, 'openssl')) return
  const program = '#!/bin/busybox sh\necho "$0" >/ran\n'
  const directory = makeDirectory(t, {
    'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'root/etc/shadow': 'root:*:14000:0:99999:7:::\n',
    'root/etc/group': 'root:x:0:\n',
    'root/usr/sbin/nscd': program,
    'root/usr/sbin/sss_cache': program,
    'root/etc/shadow-maint/useradd-post.d/hook': program,
    'root/run/nscd/nscd.pid': '1\n',
    'disc/context.sh': "USERNAME='joe'\nPASSWORD='hunter2'\n",
  })
  const root = join(directory, 'root')
  mkdirSync(join(root, 'bin'))
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
  for (const path of ['usr/sbin/nscd', 'usr/sbin/sss_cache', 'etc/shadow-maint/useradd-post.d/hook'])
    chmodSync(join(root, path), 0o755)
  const said = await bootRoot(root, '--context', join(directory, 'disc'))
  assert.match(said, /created the account joe/)
  assert.match(readFileSync(join(root, 'etc/shadow'), 'utf8'), /^joe:\$6\$/m)
  assert.ok(!existsSync(join(root, 'ran')))
})
