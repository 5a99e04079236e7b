// A guest with nothing but busybox, what it may be told, and what it then has to be.

import assert from 'node:assert/strict'
import {execa} from 'execa'
import {type Guest, type GuestOptions, startGuest} from './guest.ts'
import type {KeyPair} from './manual-context.ts'
import {provideSmallRoot} from './small-root.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]
/** What its init.sh writes. */
export const mark = '/root/init-was-here'

/** A context of today with all that a small guest may stumble over. */
export function makeContext({publicKey}: KeyPair, variables: Record<string, string> = {}) {
  const all = {
    NETWORK: 'YES',
    ETH0_MAC: '02:00:c0:a8:00:05',
    ETH0_IP: '192.168.0.5',
    ETH0_MASK: '255.255.255.0',
    ETH0_GATEWAY: '192.168.0.1',
    ETH1_MAC: '02:00:0a:00:00:05',
    ETH1_IP: '10.0.0.5',
    ETH1_MASK: '255.0.0.0',
    SET_HOSTNAME: 'small.example.org',
    USERNAME: 'joe',
    SSH_PUBLIC_KEY: publicKey,
    ...variables,
  }
  const assignments = Object.entries(all).map(([name, value]) => `${name}='${value}'\n`)
  const script = `#!/bin/sh\necho "$(hostname) $USERNAME" >>${mark}\n`
  return {label: 'CONTEXT', files: {'context.sh': assignments.join(''), 'init.sh': script}}
}

/** Alpine as far as the agent can tell it: its os-release, OpenRC's links, and interfaces(5) as its installer has it. */
export const alpine: Record<string, string> = {
  '/etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n',
  '/sbin/openrc': '#!/bin/sh\n',
  '/etc/runlevels/boot/networking': '#!/sbin/openrc-run\n',
  '/etc/network/interfaces':
    '# by setup-alpine\nauto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
}

/**
 * What busybox's adduser does with the options that we give it (loginutils/adduser.c): Debian builds busybox without.
 */
export const adduser = `#!/bin/sh -e
[ "$1 $2 $3" = '-D -s /bin/sh' ] && [ $# = 4 ] || exit 9
echo "$4:x:1000:" >>/etc/group
echo "$4:x:1000:1000:Linux User,,,:/home/$4:/bin/sh" >>/etc/passwd
echo "$4:!:19000:0:99999:7:::" >>/etc/shadow
mkdir "/home/$4" && chmod 2755 "/home/$4" && chown 1000:1000 "/home/$4"
`

/** Starts one, with these programs and files in it. */
export async function startSmallGuest(
  options: GuestOptions,
  files: Record<string, string> = {},
): Promise<Guest> {
  const guest = await startGuest({root: await provideSmallRoot(), nics, ...options})
  for (const [path, content] of Object.entries(files)) await guest.writeFile(path, content, 0o755)
  return guest
}

/** The IPv4 addresses and routes of the guest, by the ip of this machine. */
export async function readNetwork({pid}: Guest): Promise<string[]> {
  const inGuest = (...argv: string[]) =>
    execa('nsenter', ['--target', `${pid}`, '--net', '--', 'ip', ...argv])
  const addresses = await inGuest('-4', '-oneline', 'address', 'show', 'scope', 'global')
  const routes = await inGuest('-4', 'route', 'show', 'default')
  const lines = [...addresses.stdout.split('\n'), ...routes.stdout.split('\n')]
  return lines.map(line => /inet .*?\/\d+|default via \S+ dev \S+/.exec(line)?.[0] ?? line)
}

/** What of its network comes of that context. */
export const expectedNetwork = ['inet 192.168.0.5/24', 'inet 10.0.0.5/8', 'default via 192.168.0.1 dev eth0']

/** Looks at all that the context asks for. */
export async function expectConfigured(guest: Guest, key: KeyPair): Promise<void> {
  assert.deepEqual(await readNetwork(guest), expectedNetwork)
  assert.equal(await guest.expect(['hostname']), 'small\n')
  assert.equal(await guest.readFile(mark), 'small joe\n')
  assert.match(
    await guest.readFile('/etc/passwd'),
    /^root:.*\njoe:x:1000:1000:[^:]*:\/home\/joe:\/bin\/sh\n$/,
  )
  assert.match(await guest.readFile('/etc/shadow'), /^root:\*:.*\njoe:\*:\d+:(0:99999:7|::):::\n$/)
  assert.match(await guest.readFile('/etc/group'), /^joe:[x!]:1000:/m)
  assert.equal(await guest.readFile('/home/joe/.ssh/authorized_keys'), `${key.publicKey}\n`)
  const paths = ['/home/joe', '/home/joe/.ssh', '/home/joe/.ssh/authorized_keys']
  assert.equal(await guest.expect(['stat', '-c', '%U:%G', ...paths]), 'joe:joe\n'.repeat(3))
  assert.equal(await guest.expect(['sh', '-c', 'grep " /mnt " /proc/mounts || :']), '')
}
