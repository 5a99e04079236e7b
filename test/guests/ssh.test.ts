// Logging in for real: sshd of Debian 12 decides whether the keys are where it looks for them.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {keysFileCases} from '../facts/login/sshd-cases.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {logIn, refused, setContext} from './log-in.ts'
import {makeKeyPair} from './manual-context.ts'

const config = '/etc/ssh/sshd_config'

describe('ssh', skipWithoutGuest('namespace'), () => {
  test('the key lets in, the key that is gone from the context no longer does', async () => {
    await using key = await makeKeyPair()
    await using other = await makeKeyPair()
    await using guest = await startGuest()
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await logIn(guest, 'joe', key), 'joe')
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: other.publicKey})
    assert.match(await guest.expect(['vmcontext', 'boot']), /installed 1 key for joe, revoked 1 key of joe/)
    assert.match(await logIn(guest, 'joe', key), refused)
    assert.equal(await logIn(guest, 'joe', other), 'joe')
  })

  test('without PAM the account lets in as well: its password is `*`, not locked', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await guest.writeFile(config, 'UsePAM no\n')
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await logIn(guest, 'joe', key), 'joe')
  })

  test('wherever sshd looks for keys, there they are', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    const places = [
      ['AuthorizedKeysFile .config/ssh/keys\n', '/home/joe/.config/ssh/keys'],
      ['Include sshd_config.d/*.conf\nAuthorizedKeysFile .ssh/authorized_keys\n', '/etc/ssh/keys/joe'],
      ['Match User joe\nAuthorizedKeysFile /etc/ssh/joes_keys\n', '/etc/ssh/joes_keys'],
      ['AuthorizedKeysFile /home/%u/.ssh/%u_keys none\n', '/home/joe/.ssh/joe_keys'],
    ] as const
    let last = '/home/joe/.ssh/authorized_keys'
    await guest.expect(['vmcontext', 'boot'])
    await guest.writeFile(`${config}.d/keys.conf`, 'AuthorizedKeysFile=/etc/ssh/keys/%u\n')
    for (const [text, path] of places) {
      await guest.writeFile(config, text)
      assert.match(
        await guest.expect(['vmcontext', 'boot']),
        /installed 1 key for joe, took 1 key of joe out/,
      )
      assert.equal(await guest.readFile(path), `${key.publicKey}\n`)
      assert.equal(await guest.readFile(last), '')
      assert.equal(await logIn(guest, 'joe', key), 'joe', text)
      last = path
    }
  })

  test('a file of everybody gets no key, and says so', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await guest.writeFile(config, 'AuthorizedKeysFile /etc/ssh/authorized_keys\n')
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /sshd_config:1: AuthorizedKeysFile: the keys of joe are not installed: .* one file for all/,
    )
    assert.equal((await guest.run(['test', '-e', '/etc/ssh/authorized_keys'])).exitCode, 1)
  })

  test('a home that everybody may write is named, and the cure is one', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    await guest.expect(['vmcontext', 'boot'])
    await guest.expect(['chmod', '777', '/home/joe'])
    const {stdout} = await guest.run(['vmcontext', 'boot', '--force'])
    const [, cure = ''] = /everybody may write \/home\/joe \((.*)\)$/m.exec(stdout) ?? []
    assert.match(await logIn(guest, 'joe', key), refused)
    await guest.expect(['sh', '-c', cure])
    assert.equal(await logIn(guest, 'joe', key), 'joe')
    assert.doesNotMatch(await guest.expect(['vmcontext', 'boot', '--force']), /may write/)
  })

  test('a home in which root is nobody, as on NFS, is reached as its owner', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await guest.expect(['useradd', '-m', '-p', '*', 'joe'])
    await guest.expect(['chmod', '700', '/home/joe'])
    await setContext(guest, {USERNAME: 'joe', SSH_PUBLIC_KEY: key.publicKey})
    const asNobody = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] as const
    assert.match((await guest.run([...asNobody, 'ls', '/home/joe'])).stderr, /Permission denied/)
    await guest.expect([...asNobody, 'vmcontext', 'boot'])
    assert.equal(await logIn(guest, 'joe', key), 'joe')
  })

  test('an sshd that takes no keys is named', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest()
    await guest.writeFile(config, 'Port 22\nPubkeyAuthentication No\n')
    await setContext(guest, {SSH_PUBLIC_KEY: key.publicKey})
    const said = /sshd_config:2: PubkeyAuthentication: sshd takes no keys, those of root neither/
    assert.match(await guest.expect(['vmcontext', 'boot']), said)
    assert.match(await logIn(guest, 'root', key), /Permission denied/)
  })

  test('sshd reads its configuration as we do', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', 'mkdir -p /run/sshd && groupadd wheel && useradd -m -G wheel joe'])
    const ask = ['sshd', '-T', '-C', 'user=joe,host=web,addr=127.0.0.1'] as const
    for (const {what, files, paths} of keysFileCases) {
      await guest.expect(['sh', '-c', 'rm -rf /etc/ssh/sshd_config* /etc/ssh/one /etc/ssh/two /etc/ssh/more'])
      for (const [path, text] of Object.entries(files)) await guest.writeFile(`/${path}`, text)
      const [, found] = /^authorizedkeysfile (.*)$/m.exec(await guest.expect(ask)) ?? []
      assert.equal(found, paths.join(' '), what)
    }
  })
})

describe('ssh host keys', skipWithoutGuest('namespace'), () => {
  const seal = 'rm -f /etc/ssh/ssh_host_*'
  const list = async (guest: Guest) =>
    (await guest.expect(['sh', '-c', 'ls /etc/ssh | grep key'])).trim().split('\n')

  test('a sealed image gets them before sshd starts, and shows their fingerprints once', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', `${seal}; : >/etc/ssh/ssh_host_rsa_key; mkdir -p /run/sshd`])
    assert.notEqual((await guest.run(['sshd', '-t'])).exitCode, 0)
    const local = await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    assert.match(local, /host-keys +made 3 host keys for sshd: rsa, ecdsa, ed25519/)
    assert.doesNotMatch(local, /SHA256/)
    await guest.expect(['sshd', '-t'])
    const shown = await guest.expect(['vmcontext', 'boot', '--stage', 'final', '--quiet'])
    const script =
      "cd /etc/ssh; for type in rsa ecdsa ed25519; do ssh-keygen -lf ssh_host_$type'_key.pub'; done"
    const block = `-----BEGIN SSH HOST KEY FINGERPRINTS-----\n${await guest.expect(['sh', '-c', script])}-----END SSH HOST KEY FINGERPRINTS-----\n`
    assert.ok(shown.includes(block), shown)
    assert.match(shown.trimEnd().split('\n').at(-1) ?? '', /^vmcontext: done/)
    assert.doesNotMatch(await guest.expect(['vmcontext', 'boot']), /SHA256|host-keys/)
    await guest.expect(['sh', '-c', `${seal}; vmcontext boot --stage local`])
    assert.match(await guest.expect(['vmcontext', 'boot']), /SHA256/, 'other keys are shown again')
  })

  test('a run that is killed over them is completed: half a pair is kept, and the others are made', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', seal])
    const deadly = '#!/bin/sh\n/usr/bin/ssh-keygen "$@"; rm -f /etc/ssh/*.pub; kill -9 $PPID\n'
    await guest.writeFile('/usr/local/bin/ssh-keygen', deadly, 0o755)
    await guest.run(['vmcontext', 'boot'])
    assert.deepEqual(await list(guest), ['ssh_host_ed25519_key'])
    const key = await guest.readFile('/etc/ssh/ssh_host_ed25519_key')
    await guest.expect(['rm', '/usr/local/bin/ssh-keygen'])
    const said = await guest.expect(['vmcontext', 'boot'])
    assert.match(said, /host-keys +made 3 host keys/)
    assert.match(said, /SHA256:\S+ root@\S+ \(ED25519\)/)
    assert.equal(await guest.readFile('/etc/ssh/ssh_host_ed25519_key'), key)
    assert.equal((await list(guest)).length, 6)
    assert.equal(await guest.expect(['stat', '-c', '%a', '/etc/ssh/ssh_host_ed25519_key.pub']), '644\n')
    await guest.expect(['sh', '-c', 'rm /etc/ssh/*.pub'])
    assert.doesNotMatch(
      await guest.expect(['vmcontext', 'boot']),
      /host-keys/,
      'what is taken away later stays away',
    )
  })

  test('what an administrator took away stays away', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', 'rm /etc/ssh/ssh_host_rsa_key* /etc/ssh/ssh_host_ecdsa_key*'])
    await guest.expect(['vmcontext', 'boot'])
    assert.deepEqual(await list(guest), ['ssh_host_ed25519_key', 'ssh_host_ed25519_key.pub'])
  })

  test('those that sshd_config names are made, and no others', async () => {
    await using guest = await startGuest()
    const text = 'HostKey /etc/ssh/keys/host_ed25519\nHostKey /etc/ssh/web_key\n'
    await guest.expect(['sh', '-c', `${seal}; mkdir -p /run/sshd`])
    await guest.writeFile(config, text)
    assert.match(await guest.expect(['vmcontext', 'boot']), /made 2 host keys for sshd/)
    assert.deepEqual(await list(guest), ['keys', 'web_key', 'web_key.pub'])
    await guest.expect(['sshd', '-t'])
  })

  test("Red Hat's own tool makes them where it is, with the access that it gives them", async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', `${seal}; groupadd ssh_keys; mkdir -p /run/sshd`])
    const text = ['rsa', 'ecdsa'].map(type => `HostKey /etc/ssh/ssh_host_${type}_key\n`)
    await guest.writeFile(config, text.join(''))
    const tool =
      '#!/bin/sh\nkey=/etc/ssh/ssh_host_$1\\_key\nssh-keygen -q -t "$1" -f $key -C "" -N "" && chgrp ssh_keys $key\n'
    await guest.writeFile('/usr/libexec/openssh/sshd-keygen', tool, 0o755)
    assert.match(await guest.expect(['vmcontext', 'boot']), /made 2 host keys for sshd: rsa, ecdsa/)
    const listed = await guest.expect(['stat', '-c', '%n %G', '/etc/ssh/ssh_host_rsa_key'])
    assert.equal(listed, '/etc/ssh/ssh_host_rsa_key ssh_keys\n')
  })

  test('an old ssh-keygen that knows neither -A nor all types', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', `${seal}; mkdir -p /run/sshd`])
    const old =
      '#!/bin/sh\ncase "$*" in *-A*|*ed25519*|*ecdsa*) echo "bad option"; exit 1;; esac\nexec /usr/bin/ssh-keygen "$@"\n'
    await guest.writeFile('/usr/local/bin/ssh-keygen', old, 0o755)
    assert.match(await guest.expect(['vmcontext', 'boot']), /made 1 host key for sshd: rsa/)
    await guest.expect(['sshd', '-t'])
  })

  test('the key that takes no time comes first: whoever searches for a prime may not come to an end', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', seal])
    const slow = '#!/bin/sh\necho "$*" >>/var/tmp/calls\nexec /usr/bin/ssh-keygen "$@"\n'
    await guest.writeFile('/usr/local/bin/ssh-keygen', slow, 0o755)
    await guest.expect(['vmcontext', 'boot'])
    assert.match(await guest.readFile('/var/tmp/calls'), /^-q -t ed25519 .*\n-A\n/)
  })

  test('a tool that fails is named, and the rest goes on', async () => {
    await using guest = await startGuest()
    await guest.expect(['sh', '-c', seal])
    await guest.writeFile('/usr/local/bin/ssh-keygen', '#!/bin/sh\necho "no randomness"; exit 1\n', 0o755)
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /could not make host keys for sshd: ssh-keygen exited with 1: no randomness; without/,
    )
    assert.doesNotMatch(stdout, /FINGERPRINTS/)
  })
})
