// The portable form in guests whose C library is none, another one, or one that must not be touched. Each has busybox,
// linked statically, and no library that the agent could be started with otherwise.

import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {describe, test} from 'node:test'
import type {Guest} from './guest.ts'
import {skip, skipWithoutGuest} from './host.ts'
import {makeKeyPair} from './manual-context.ts'
import {portableDirectory, providePortableLayer} from './portable-layer.ts'
import {adduser, alpine, expectConfigured, makeContext, mark, startSmallGuest} from './small-guest.ts'

/** CentOS 7 as far as the agent can tell it. Its own C library, glibc 2.17, is to be had nowhere. */
const centos7 = {
  '/etc/os-release': 'ID="centos"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n',
  '/usr/lib/systemd/systemd': '#!/bin/sh\n',
  '/usr/lib/systemd/system/multi-user.target': '[Unit]\n',
}

/** Starts a guest that has the portable form and no library. */
async function startPortable(options: Parameters<typeof startSmallGuest>[0], files = {}): Promise<Guest> {
  const layers = [await providePortableLayer()]
  const guest = await startSmallGuest({...options, agent: null, layers}, files)
  await guest.expect(['sh', '-c', 'rm -r /lib64 /lib/x86_64-linux-gnu'])
  return guest
}

describe('the portable form', skipWithoutGuest('namespace'), () => {
  test('boots a guest that has no library at all', async () => {
    await using key = await makeKeyPair()
    await using guest = await startPortable({disc: makeContext(key)})
    assert.doesNotMatch(await guest.expect(['/etc/init.d/rcS']), /warning|failure/)
    await expectConfigured(guest, key)
  })

  const musl = '/lib/ld-musl-x86_64.so.1'
  const withoutMusl = skip(existsSync(musl) ? undefined : 'not installed: musl')
  test('boots a guest like Alpine, whose C library is musl', withoutMusl, async () => {
    await using key = await makeKeyPair()
    const files = {...alpine, '/usr/lib/busybox/adduser': adduser}
    await using guest = await startPortable({disc: makeContext(key)}, files)
    const library = await readFile(musl)
    await guest.expect(['sh', '-c', `cat >${musl} && chmod 755 ${musl}`], {input: library})
    assert.match((await guest.run([musl])).stderr, /^musl libc \(x86_64\)/)
    await guest.expect(['ln', '-s', '/usr/lib/busybox/adduser', '/usr/sbin/adduser'])
    assert.doesNotMatch(await guest.expect(['/etc/init.d/rcS']), /warning|failure/)
    await expectConfigured(guest, key)
  })

  test('opens no library of the guest, and gives its own to no program of the guest', async () => {
    await using key = await makeKeyPair()
    const {label, files} = makeContext(key)
    const init = '#!/bin/sh\nenv\ntr "\\0" "\\n" </proc/self/environ\n'
    await using guest = await startPortable(
      {disc: {label, files: {...files, 'init.sh': init}}},
      // Whoever opened one of these would end there and then.
      Object.fromEntries(
        ['/lib64', '/lib', '/usr/lib64', '/usr/lib', '/lib/x86_64-linux-gnu'].flatMap(path =>
          ['libc.so.6', 'libstdc++.so.6', 'libm.so.6', 'ld-linux-x86-64.so.2'].map(name => [
            `${path}/${name}`,
            'no library\n',
          ]),
        ),
      ),
    )
    await guest.writeFile('/etc/ld.so.cache', 'no cache\n')
    await guest.expect(['vmcontext', 'boot'], {environment: {LD_LIBRARY_PATH: '/usr/lib64'}})
    const environment = await guest.readFile('/var/log/vmcontext/init.sh.log')
    assert.match(environment, /^USERNAME=joe$/m)
    assert.doesNotMatch(environment, /VMCONTEXT|LD_/)
  })

  test('installs itself in a guest that runs, and boots it from there', async () => {
    await using key = await makeKeyPair()
    await using guest = await startPortable({disc: makeContext(key)}, alpine)
    await guest.expect(['rm', '/usr/sbin/vmcontext'])
    assert.match(await guest.expect([`${portableDirectory}/vmcontext`, 'install', '--yes']), /at boot/)
    await guest.expect(['rm', '-r', portableDirectory])
    assert.match(await guest.expect(['/etc/init.d/rcS']), /vmcontext: done/)
    assert.equal(await guest.readFile(mark), 'small joe\n')
    assert.match(await guest.expect(['vmcontext', 'install', '--yes']), /nothing to do/)
  })

  test('installs itself in the tree of an image', async () => {
    const layer = await providePortableLayer()
    await using guest = await startPortable({}, centos7)
    await guest.expect(['rm', '-r', '/usr/sbin/vmcontext', portableDirectory])
    const [systemd, target] = ['/usr/lib/systemd/systemd', '/usr/lib/systemd/system/multi-user.target']
    await guest.expect(['ln', '-sf', systemd, '/sbin/init'])
    await guest.expect(['ln', '-s', target, '/usr/lib/systemd/system/default.target'])
    const install = (root: string) => [`${layer}${portableDirectory}/vmcontext`, 'install', '--root', root]
    const {exitCode, stdout, stderr} = await guest.runOnTree(install)
    assert.equal(exitCode, 0, `${stdout}${stderr}`)
    assert.match(await guest.expect(['vmcontext', '--version']), /^vmcontext \d/)
  })
})
