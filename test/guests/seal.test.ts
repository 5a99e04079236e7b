// Sealing guests that were used, with the real programs of Debian: what wrote the traces, and what makes an identity
// anew afterwards.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {makeKey} from '../keys.ts'
import {type Guest, startGuest} from './guest.ts'
import {agentBinary, skipWithoutGuest} from './host.ts'
import {debian12WithTraces, provideRoot} from './root-image.ts'

const nics = [{name: 'eth0', mac: '02:00:c0:a8:2c:05', wire: ['192.168.44.1/24']}]
const [alice, bob] = [makeKey('alice'), makeKey('bob')]

const first = {
  ETH0_MAC: '02:00:c0:a8:2c:05',
  ETH0_IP: '192.168.44.5',
  ETH0_MASK: '255.255.255.0',
  DNS: '192.168.77.1',
  SET_HOSTNAME: 'alpha.example.org',
  USERNAME: 'jobst',
  SSH_PUBLIC_KEY: alice,
  PASSWORD: 'pass-of-jobst',
  START_SCRIPT: 'echo alpha-script',
}
const second = {...first, ETH0_IP: '192.168.44.6', SET_HOSTNAME: 'beta', USERNAME: 'ann', SSH_PUBLIC_KEY: bob}

const disc = (variables: Readonly<Record<string, string>>) => {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`)
  return {label: 'CONTEXT', files: {'context.sh': lines.join('')}}
}

const hostKeys = (guest: Guest) =>
  guest.run(['sh', '-c', 'cat /etc/ssh/ssh_host_*_key.pub']).then(({stdout}) => stdout)

/** What a day of work leaves, by whoever leaves it: sshd's keys, machine-id, rsyslog, dhclient, cron, mail, apt, shells. */
const dayOfWork = `
  systemd-machine-id-setup >/dev/null 2>&1 || dbus-uuidgen --ensure=/etc/machine-id
  ssh-keygen -qA
  mkdir -p /var/log/journal && systemd-tmpfiles --create --prefix=/var/log/journal 2>/dev/null || :
  rsyslogd && logger -t alpha 'hello from 192.168.44.5' && touch /var/log/wtmp
  setsid /lib/systemd/systemd-journald >/dev/null 2>&1 &
  mkdir -p /var/lib/dhcp && echo 'lease { fixed-address 192.168.44.5; }' >/var/lib/dhcp/dhclient.eth0.leases
  echo 'ssh jobst@alpha' >/root/.bash_history; echo 'From jobst' >/var/mail/root
  su -s /bin/sh jobst -c 'mkdir -p .ssh; echo "alpha ssh-rsa AAAA" >.ssh/known_hosts; ln -s /etc/shadow .python_history; mkfifo .zsh_history'
  echo jobst >/tmp/notes; echo old >/var/log/syslog.1
  head -c 512 /dev/urandom >/var/lib/systemd/random-seed
  cat /etc/machine-id; test -s /var/log/syslog`

describe('seal', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  test('a guest becomes another one, and nothing in it tells of the first', async () => {
    const root = await provideRoot(debian12WithTraces)
    await using guest = await startGuest({root, nics, disc: disc(first)})
    await guest.run(['touch', '/etc/cloud/cloud-init.disabled'])
    await guest.expect(['vmcontext', 'boot', '--quiet'])
    const id = (await guest.expect(['sh', '-c', dayOfWork])).trim()
    assert.match(id, /^[0-9a-f]{32}$/)
    const keys = await hostKeys(guest)
    assert.match(keys, /ssh-ed25519/)
    const dirty = await guest.run(['vmcontext', 'seal', '--check'])
    assert.equal(dirty.exitCode, 1)
    for (const path of ['/etc/machine-id', '/etc/ssh/ssh_host_rsa_key', '/var/lib/dhcp/dhclient.eth0.leases'])
      assert.ok(dirty.stdout.includes(`identity  ${path}:`), dirty.stdout)

    const sealed = await guest.run(['vmcontext', 'seal', '--yes', '--accounts', '--no-trim'])
    assert.equal(sealed.exitCode, 0, sealed.stdout + sealed.stderr)
    assert.match(sealed.stdout, /rsyslogd will log the shutdown/)
    assert.match(sealed.stdout, /end with `poweroff`/)
    await guest.run(['sh', '-c', 'kill $(pidof rsyslogd systemd-journald)'])
    const check = await guest.run(['vmcontext', 'seal', '--check'])
    assert.equal(check.exitCode, 0, check.stdout + check.stderr)

    const blob = alice.split(' ')[1]!
    const values = [
      'alpha',
      '192.168.44.',
      '192.168.77.',
      'pass-of-jobst',
      'jobst',
      blob,
      id,
      keys.split(' ')[1]!,
    ]
    const patterns = values.flatMap(value => ['-e', value])
    const places = ['/etc', '/root', '/home', '/var', '/usr/local', '/opt', '/srv', '/boot']
    const {stdout} = await guest.run(['grep', '-rlIwF', ...patterns, ...places])
    const own = stdout
      .split('\n')
      .filter(
        path =>
          path !== '' &&
          !/^\/var\/lib\/(dpkg|vim)\/|^\/var\/log\/(syslog|user\.log|daemon\.log|kern\.log)$/.test(path),
      )
    assert.deepEqual(own, [])

    await guest.reboot()
    await guest.insert(disc(second))
    await guest.expect(['systemd-machine-id-setup'])
    const another = (await guest.expect(['cat', '/etc/machine-id'])).trim()
    await guest.expect(['vmcontext', 'boot', '--quiet'])
    assert.match(another, /^[0-9a-f]{32}$/)
    assert.notEqual(another, id)
    const fresh = await hostKeys(guest)
    assert.match(fresh, /ssh-ed25519/)
    assert.notEqual(fresh, keys)
    assert.equal(await guest.expect(['cat', '/etc/hostname']), 'beta\n')
    assert.match(
      await guest.expect(['cat', '/home/ann/.ssh/authorized_keys']),
      new RegExp(bob.split(' ')[1]!),
    )
    assert.equal((await guest.run(['id', 'jobst'])).exitCode, 1)
  })

  test('it finds what cloud-init clean leaves', async t => {
    const root = await provideRoot(debian12WithTraces)
    await using guest = await startGuest({root})
    await guest.expect(['sh', '-ec', usedByCloudInit])
    const before = await findIn(guest)
    await guest.expect(['cloud-init', 'clean', '--logs', '--machine-id', '--seed'], {timeoutMs: 120_000})
    const left = await findIn(guest)
    for (const path of ['/etc/network/interfaces.d/50-cloud-init', '/etc/sudoers.d/90-cloud-init-users'])
      assert.ok(left.includes(path), `${path} is left`)
    t.diagnostic(
      `seal finds ${before.length}; of these cloud-init clean leaves ${left.length}: ${left.join(' ')}`,
    )
    assert.equal((await guest.run(['vmcontext', 'seal', '--yes', '--no-trim'])).exitCode, 0)
    assert.deepEqual(await findIn(guest), [])
    assert.equal((await guest.run(['vmcontext', 'seal', '--check'])).exitCode, 0)
    // It is still there, and makes its state anew.
    await guest.expect(['cloud-init', '--version'])
  })

  test('a machine that is no guest is not sealed, not even with --yes', async () => {
    await using guest = await startGuest({root: await provideRoot(debian12WithTraces)})
    const script = `
      grep -v ^flags /proc/cpuinfo >/run/cpuinfo && mount --bind /run/cpuinfo /proc/cpuinfo
      mkdir -p /run/none && { mount --bind /run/none /sys/class/dmi || :; } && rm -f /run/systemd/container
      exec vmcontext seal --yes`
    const {exitCode, stderr} = await guest.run(['sh', '-c', script])
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, /This machine is not a guest, as far as one can see/)
    await guest.expect(['test', '-s', '/etc/passwd-'])
  })

  test('zeros cover what was deleted from an image, a trim the rest, and the file of zeros has gone', async () => {
    const script = `
      cd "$(mktemp -d)" && truncate -s 96M disk && mke2fs -q -F -t ext4 disk && mkdir mnt && mount -o loop disk mnt
      mkdir mnt/etc mnt/tmp && echo 'root:x:0:0::/root:/bin/sh' >mnt/etc/passwd
      yes of-the-first-guest | head -c 40000000 >mnt/tmp/secret && sync
      count() { sync; grep -ao of-the-first-guest disk | wc -l; }
      count
      "$1" seal --root mnt --yes --zero --no-trim >&2 && count
      "$1" seal --root mnt --yes --zero >&2 && count
      find mnt -name '.vmcontext*'; umount mnt; rm -rf "$PWD"`
    const argv = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', agentBinary]
    const {stdout, stderr} = await execa('unshare', argv, {reject: false})
    const [before = 0, zeroed = 0, trimmed] = stdout.split('\n').map(Number)
    assert.match(stderr, /mnt: [\d.]+ MiB of free space are zeros\n/)
    assert.ok(before > 2_000_000 && zeroed < before / 10, `${stdout}${stderr}`)
    assert.deepEqual([trimmed, stdout.split('\n').length], [0, 3], stdout + stderr)
  })
})

/** As an instance of cloud-init 22.4 leaves them on Debian. */
const usedByCloudInit = `
  systemd-machine-id-setup; ssh-keygen -qA
  mkdir -p /var/lib/cloud/instances/i-1/sem /var/lib/cloud/data /var/lib/cloud/seed/nocloud
  echo 'password: x' >/var/lib/cloud/instances/i-1/user-data.txt; ln -s /var/lib/cloud/instances/i-1 /var/lib/cloud/instance
  echo i-1 >/var/lib/cloud/data/instance-id; echo i-1 >/var/lib/cloud/seed/nocloud/meta-data
  echo log >/var/log/cloud-init.log; echo log >/var/log/cloud-init-output.log
  head='# This file is generated from information provided by the datasource.  Changes'
  printf '%s\\nauto eth0\\niface eth0 inet static\\n  address 10.0.0.5/24\\n' "$head" >/etc/network/interfaces.d/50-cloud-init
  echo 'debian ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/90-cloud-init-users
  mkdir -p /etc/sysconfig/network-scripts
  printf '# Created by cloud-init on instance boot automatically, do not edit.\\nIPADDR=10.0.0.5\\n' >/etc/sysconfig/network-scripts/ifcfg-eth0
  echo '1790000000 02:00:c0:a8:00:09 192.168.0.9 x *' >/var/lib/misc/dnsmasq.leases
  echo 'lease { fixed-address 10.0.0.5; }' >/var/lib/dhcp/dhclient.eth0.leases
  head -c 512 /dev/urandom >/var/lib/systemd/random-seed
  echo ls >/root/.bash_history; echo log >/var/log/syslog; echo log >/var/log/auth.log.1; echo x >/var/mail/root`

/** The paths that the check complains of, notes left out. */
async function findIn(guest: Guest): Promise<string[]> {
  const {stdout} = await guest.run(['vmcontext', 'seal', '--check', '--json'])
  const {found} = JSON.parse(stdout) as {found: {path: string; severity: string}[]}
  return found.filter(({severity}) => severity !== 'note').map(({path}) => path)
}
