// What may go wrong on a guest while the agent works: it costs one thing, named clearly, and the boot goes on.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {makeKeyPair, manualContext} from './manual-context.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05'},
  {name: 'eth1', mac: '02:00:0a:00:00:05'},
]

describe('a guest in trouble', skipWithoutGuest('namespace'), () => {
  test('a network file that cannot be replaced costs the network and nothing else', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    await guest.expect(['mount', '--bind', '-o', 'ro', '/etc/network/interfaces', '/etc/network/interfaces'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /failure: could not write \/etc\/network\/interfaces: it is in use/)
    assert.equal(await guest.expect(['hostname']), 'MAINHOST\n')
    assert.equal(await guest.readFile('/home/virtualuser/.ssh/authorized_keys'), `${key.publicKey}\n`)
    assert.equal(
      await guest.expect(['find', '/etc/network', '-name', '*vmcontext*']),
      '',
      'nothing half-written is left',
    )
  })

  test('on a full disk nothing is half-written, and what fits is done', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    const fill =
      'cp -a /etc/network /root/network && mount -t tmpfs -o size=64k tmpfs /etc/network && cp -a /root/network/. /etc/network/ && dd if=/dev/zero of=/etc/network/filler bs=4k 2>/dev/null || :'
    await guest.expect(['sh', '-c', fill])
    const before = await guest.readFile('/etc/network/interfaces')
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(
      stdout,
      /failure: could not write \/etc\/network\/interfaces: the disk is full \(free some space/,
    )
    assert.equal(await guest.readFile('/etc/network/interfaces'), before)
    assert.equal(await guest.expect(['find', '/etc/network', '-name', '*vmcontext*']), '')
    assert.equal(await guest.readFile('/home/virtualuser/.ssh/authorized_keys'), `${key.publicKey}\n`)
    await guest.expect(['rm', '/etc/network/filler'])
    await guest.expect(['vmcontext', 'boot'])
    assert.match(
      await guest.readFile('/etc/network/interfaces'),
      /address 192\.168\.0\.5/,
      'the next run mends it',
    )
  })

  test('links in /etc stay, and what they lead to gets the text', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    await guest.expect([
      'sh',
      '-c',
      'cd /etc && mv hosts hosts.real && ln -s hosts.real hosts && mv network/interfaces /root/i && ln -s /root/i network/interfaces',
    ])
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(
      await guest.expect(['readlink', '/etc/hosts', '/etc/network/interfaces']),
      'hosts.real\n/root/i\n',
    )
    assert.match(await guest.readFile('/etc/hosts.real'), /MAINHOST/)
    assert.match(await guest.readFile('/root/i'), /192\.168\.0\.5/)
  })

  test('a script whose log cannot be written tells its secrets nowhere else', async () => {
    const files = {
      'context.sh': 'PASSWORD="hunter2"\nINIT_SCRIPTS="init.sh hunter2"\n',
      'init.sh': 'echo "login $PASSWORD"; exit 3\n',
    }
    await using guest = await startGuest({disc: {label: 'CONTEXT', files}})
    await guest.writeFile('/var/log/vmcontext', 'a file in the way\n')
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /init\.sh exited with 3 \(run it by hand to see what it says\)$/m)
    assert.match(stdout, /what the script says is lost/)
    assert.match(stdout, /"\*{8}" is not on the disc/)
    const report = await guest.readFile('/run/vmcontext/report.json')
    for (const text of [stdout, report]) assert.doesNotMatch(text, /hunter2|digest/)
  })

  test('what somebody mounted after a run was killed stays mounted', async () => {
    await using guest = await startGuest({})
    await guest.expect(['sh', '-c', 'mkdir /run/vmcontext; mount -t tmpfs admin /mnt'])
    const bootId = (await guest.readFile('/proc/sys/kernel/random/boot_id')).trim()
    for (const note of [
      '/mnt',
      JSON.stringify({bootId, device: '/dev/sr0', directory: '/mnt'}),
      JSON.stringify({bootId: 'another', device: 'admin', directory: '/mnt'}),
    ]) {
      await guest.writeFile('/run/vmcontext/mounted', note)
      await guest.expect(['vmcontext', 'boot'])
      assert.equal(await guest.expect(['grep', '-c', '^admin /mnt ', '/proc/mounts']), '1\n')
    }
  })

  test('without useradd the account is written all the same', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    // Debian's adduser is still there: a script that calls useradd.
    await guest.expect(['rm', '/usr/sbin/useradd'])
    await guest.expect(['vmcontext', 'boot'])
    assert.match(
      await guest.expect(['getent', 'passwd', 'virtualuser']),
      /:\/home\/virtualuser:\/bin\/bash$/m,
    )
    assert.equal(await guest.readFile('/home/virtualuser/.ssh/authorized_keys'), `${key.publicKey}\n`)
  })

  test('a tool that is missing costs what it is for', async () => {
    await using guest = await startGuest({nics})
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    await guest.expect(['ifup', '-a'])
    await guest.writeFile('/context/context.sh', "SET_HOSTNAME='web'\nETH0_IP='192.168.0.6'\n")
    await guest.expect(['rm', '/usr/sbin/ifup'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /could not bring up eth0: ifup could not be started: there is no such file/)
    assert.equal(await guest.expect(['hostname']), 'web\n')
  })

  test('where SELinux is on, one restorecon sets the labels of all that was written', async () => {
    await using key = await makeKeyPair()
    await using guest = await startGuest({nics, disc: {label: 'CDROM', files: manualContext(key.publicKey)}})
    await guest.expect([
      'sh',
      '-c',
      'mount -t tmpfs tmpfs /sys/fs && mkdir /sys/fs/selinux && echo 1 >/sys/fs/selinux/enforce',
    ])
    await guest.writeFile('/usr/sbin/restorecon', '#!/bin/sh\necho "$@" >>/root/restorecon\n', 0o755)
    await guest.expect(['vmcontext', 'boot'])
    const home = '/home/virtualuser/.ssh'
    const keys = [home, `${home}/authorized_keys`]
    const rule = '/etc/sudoers.d/90-vmcontext'
    const paths = ['/etc/network/interfaces', '/etc/hostname', '/etc/hosts', ...keys, rule]
    assert.equal(await guest.readFile('/root/restorecon'), `-F -- ${paths.join(' ')}\n`)
    await guest.expect(['vmcontext', 'boot', '--force', '--set', 'STEPS_OFF=scripts'])
    assert.equal(
      (await guest.readFile('/root/restorecon')).split('\n').length,
      2,
      'nothing written, nothing to label',
    )
  })

  test('of two agents at the same time one works, the other names it and leaves', async () => {
    const files = {
      'context.sh': 'HOSTNAME="web"\n',
      'init.sh': 'touch /root/started\nuntil [ -e /root/go ]; do sleep 0.05; done\n',
    }
    await using guest = await startGuest({nics, disc: {label: 'CONTEXT', files}})
    const script =
      'vmcontext boot >/root/first & until [ -e /root/started ]; do sleep 0.05; done; vmcontext boot; echo "exit $?"; touch /root/go; wait $!; echo "exit $?"'
    const {stdout, stderr} = await guest.run(['sh', '-c', script])
    assert.match(stderr, /another vmcontext is at work on this guest \(process \d+\)/)
    assert.equal(stdout, 'exit 3\nexit 0\n')
  })

  test('where the network service has run already, the agent brings up what it changed', async () => {
    await using guest = await startGuest({
      nics: nics.map((nic, index) => ({...nic, wire: [['192.168.0.1/24'], ['10.0.0.1/24']][index]!})),
    })
    await guest.writeFile(
      '/etc/network/interfaces',
      'auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n  address 172.16.0.9\n  netmask 255.255.0.0\n',
    )
    await guest.expect(['ifup', '-a'])
    const output = await guest.expect(['vmcontext', 'boot'])
    assert.match(output, /ifdown eth0/)
    assert.match(output, /ifup (eth0|eth0 eth1)/)
    assert.deepEqual(await guest.addresses(), {
      lo: ['127.0.0.1/8', '::1/128'],
      eth0: ['192.168.0.5/24'],
      eth1: ['10.0.0.5/24'],
    })
    assert.deepEqual(await guest.routes(), [
      '10.0.0.0/24 dev eth1',
      '192.168.0.0/24 dev eth0',
      'default via 192.168.0.1 dev eth0',
    ])
    assert.doesNotMatch(
      await guest.expect(['vmcontext', 'boot', '--force']),
      /ifup|ifdown/,
      'a second run leaves it up',
    )
  })

  test('a NIC whose definition is as it was keeps its connections', async () => {
    await using guest = await startGuest({nics})
    await guest.expect(['vmcontext', 'boot'])
    await guest.expect(['ifup', '-a'])
    await guest.addNics([{name: 'eth2', mac: '02:00:0a:00:01:05'}])
    const output = await guest.expect(['vmcontext', 'boot'])
    assert.match(output, /ifup eth2/)
    assert.doesNotMatch(output, /ifdown/)
    assert.deepEqual((await guest.addresses()).eth2, ['10.0.1.5/24'])
  })
})
