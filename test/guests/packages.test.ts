// The packages in real roots: what is enabled, that an upgrade is quiet and keeps everything, that nothing stays behind.
//
// Where a small program stands for the agent, only the packages are tried. The rpm is put into a Debian tree: its
// scriptlets and what rpm does with its files are tried, but no Red Hat or SUSE.

import assert from 'node:assert/strict'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, before, describe, test} from 'node:test'
import {agent, type Kind, makePackage} from '../packaging/made-packages.ts'
import {type Guest, type GuestOptions, startGuest} from './guest.ts'
import {skip, skipWithoutGuest, whyNoGuest, whyWithout} from './host.ts'
import {withOpenrc} from './openrc-root.ts'
import {
  debian12,
  debian12WithSystemd,
  debian13WithManagers,
  provideRoot,
  type RootRecipe,
} from './root-image.ts'
import {units} from './units.ts'

/** Packages around a stand-in, by version, and one around the agent itself; made once. */
let directory = ''
const packages: Record<Kind, Record<string, string>> = {deb: {}, rpm: {}}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmcontext-packages-'))
  for (const kind of ['deb', 'rpm'] as const) {
    for (const version of ['0.1.0', '0.1.1'])
      packages[kind][version] = await makePackage(kind, directory, {version})
  }
})

after(() => rm(directory, {recursive: true}))

/** Starts a guest that has no agent. */
async function start(recipe: RootRecipe, options: GuestOptions = {}): Promise<Guest> {
  return startGuest({root: await provideRoot(recipe), agent: null, ...options})
}

/** Installs a .deb as a person would, and gives what was said. */
async function install(guest: Guest, path: string): Promise<string> {
  await bring(guest, path, '/run/package.deb')
  return guest.expect(['sh', '-c', 'dpkg --install /run/package.deb 2>&1'])
}

/** Takes a file of this machine into a guest. */
async function bring(guest: Guest, path: string, to: string): Promise<void> {
  await guest.expect(['sh', '-c', 'cat >"$1"', 'sh', to], {input: await readFile(path)})
}

/** Every file, but for what dpkg and rpm write down for themselves. */
async function listFiles(guest: Guest): Promise<string[]> {
  const own = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/lib/dpkg', '/var/lib/rpm', '/var/log/dpkg.log']
  const pruned = own.flatMap(path => ['-o', '-path', path]).slice(1)
  const found = await guest.expect(['find', '/', '-xdev', '(', ...pruned, ')', '-prune', '-o', '-print'])
  return found.split('\n').sort()
}

/** Everything that is or decides the network, and what only a run of the agent leaves. */
const listNetwork = (guest: Guest) =>
  guest.expect([
    'sh',
    '-c',
    'find "$@" -printf "%p %y %T@ %i %l\\n" 2>/dev/null | sort',
    'sh',
    ...networkPaths,
  ])
const networkPaths = [
  'network',
  'netplan',
  'systemd/network',
  'NetworkManager',
  'resolv.conf',
  'hosts',
  'hostname',
].map(name => `/etc/${name}`)
const tracesOfARun = ['/run/vmcontext', '/var/log/vmcontext.log', '/run/one-context']

async function assertNoRun(guest: Guest): Promise<void> {
  const {stdout} = await guest.run(['ls', '-d', ...tracesOfARun])
  assert.equal(stdout, '')
}

type Flavour = {name: string; recipe: RootRecipe; assertEnabled: (guest: Guest) => Promise<void>}
const flavours: Flavour[] = [
  {name: 'Debian 12 with systemd', recipe: debian12WithSystemd, assertEnabled: assertUnits},
  {name: 'Debian 13 with systemd', recipe: debian13WithManagers, assertEnabled: assertUnits},
  {name: 'Debian 12 with SysV init', recipe: debian12, assertEnabled: assertInsserv},
  {name: 'Debian 12 with OpenRC', recipe: withOpenrc, assertEnabled: assertOpenrc},
]

async function assertUnits(guest: Guest): Promise<void> {
  const {stdout} = await guest.run(['systemctl', '--root=/', 'is-enabled', ...units])
  assert.equal(stdout, 'enabled\n'.repeat(units.length))
}

async function assertInsserv(guest: Guest): Promise<void> {
  const boot = await guest.readFile('/etc/init.d/.depend.boot')
  assert.match(boot, /^networking:.* vmcontext\.sh/m)
  assert.match(boot, /^vmcontext\.sh:.* mountall-bootclean\.sh/m)
  assert.match(
    await guest.readFile('/etc/init.d/.depend.start'),
    /^TARGETS = .*vmcontext\.sh.* vmcontext-final\.sh/m,
  )
}

async function assertOpenrc(guest: Guest): Promise<void> {
  const said = await guest.expect(['rc-update', 'show'])
  assert.match(said, /^ *vmcontext\.sh \| +default +sysinit *$/m)
  assert.match(said, /^ *vmcontext-final\.sh \| +default *$/m)
}

describe('the .deb', skipWithoutGuest('namespace'), () => {
  for (const {name, recipe, assertEnabled} of flavours) {
    test(`comes, is upgraded and goes without a trace: ${name}`, async () => {
      await using guest = await start(recipe)
      const before = await listFiles(guest)
      const network = await listNetwork(guest)
      // A guest whose policy is to start nothing (invoke-rc.d(8)) is not even asked.
      await guest.writeFile('/usr/sbin/policy-rc.d', '#!/bin/sh\necho "$@" >>/run/asked\nexit 101\n', 0o755)

      assertQuiet(await install(guest, packages.deb['0.1.0']!))
      await assertEnabled(guest)
      await assertNoRun(guest)
      await guest.expect(['/usr/sbin/vmcontext'])
      await guest.expect(['dpkg', '--verify', 'vmcontext'])

      await guest.writeFile('/var/lib/vmcontext/manifest.json', '{}\n', 0o600)
      await guest.expect(['sh', '-c', 'echo STEPS_OFF=disks >>/etc/vmcontext.conf'])
      assertQuiet(await install(guest, packages.deb['0.1.1']!))
      await assertEnabled(guest)
      await assertNoRun(guest)
      assert.match(await guest.readFile('/etc/vmcontext.conf'), /^STEPS_OFF=disks$/m)
      assert.equal(await guest.readFile('/var/lib/vmcontext/manifest.json'), '{}\n')

      assertQuiet(await guest.expect(['sh', '-c', 'dpkg --remove vmcontext 2>&1']))
      assert.match(await guest.readFile('/etc/vmcontext.conf'), /^STEPS_OFF=disks$/m)
      await guest.writeFile('/var/log/vmcontext/init.sh.log', '', 0o600)
      await guest.writeFile('/var/log/vmcontext.log', '', 0o600)
      assertQuiet(await guest.expect(['sh', '-c', 'dpkg --purge vmcontext 2>&1']))
      await guest.expect(['rm', '/usr/sbin/policy-rc.d'])
      assert.deepEqual(await listFiles(guest), before)
      assert.equal(await listNetwork(guest), network)
      assert.equal((await guest.run(['cat', '/run/asked'])).stdout, '')
    })
  }

  test('leaves disabled what an administrator has disabled', async () => {
    await using guest = await start(debian12WithSystemd)
    await install(guest, packages.deb['0.1.0']!)
    await guest.expect(['systemctl', '--root=/', 'disable', 'vmcontext-final.service'])
    await guest.expect(['update-rc.d', 'vmcontext-final.sh', 'disable'])
    await install(guest, packages.deb['0.1.1']!)
    const {stdout} = await guest.run([
      'systemctl',
      '--root=/',
      'is-enabled',
      'vmcontext-final',
      'vmcontext-local',
    ])
    assert.equal(stdout, 'disabled\nenabled\n')
    assert.equal((await guest.run(['sh', '-c', 'ls /etc/rc2.d/S*vmcontext-final.sh'])).stdout, '')
  })

  test('asks nothing where an init script of 2.2 and settings of the owner were before', async () => {
    await using guest = await start(debian12)
    await guest.writeFile('/etc/init.d/vmcontext.sh', '#!/bin/bash\necho 2.2\n', 0o755)
    await guest.expect(['ln', '/etc/init.d/vmcontext.sh', '/etc/rc2.d/S01vmcontext.sh'])
    await guest.writeFile('/etc/vmcontext.conf', 'MAC_PREFIX=52:54\n')
    const said = await install(guest, packages.deb['0.1.0']!)
    assert.match(
      said,
      /^vmcontext: the \/etc\/init\.d\/vmcontext\.sh that was there before is kept as \/var\/backups/m,
    )
    assert.equal(await guest.readFile('/var/backups/vmcontext.sh'), '#!/bin/bash\necho 2.2\n')
    assert.equal(await guest.readFile('/etc/vmcontext.conf'), 'MAC_PREFIX=52:54\n')
    await assertInsserv(guest)
    await install(guest, packages.deb['0.1.1']!)
    assert.equal(await guest.readFile('/etc/vmcontext.conf'), 'MAC_PREFIX=52:54\n')
    await guest.expect(['dpkg', '--purge', 'vmcontext'])
    const left = await guest.expect(['sh', '-c', 'find /etc /var/backups -name "*vmcontext*"'])
    assert.equal(left, '/var/backups/vmcontext.sh\n')
  })

  test("runs Debian's OpenRC scripts before the network and last", async () => {
    await using guest = await start(withOpenrc)
    // What this root lacks of a booting one, and a network that tells its turn.
    const stubs = ['mountkernfs', 'mountdevsubfs', 'urandom', 'procps', 'hwclock.sh', 'networking']
    for (const name of stubs) await guest.writeFile(`/etc/init.d/${name}`, renderStub(name), 0o755)
    for (const name of stubs) await guest.expect(['update-rc.d', name, 'defaults'])
    await install(guest, packages.deb['0.1.0']!)
    await guest.writeFile('/usr/sbin/vmcontext', '#!/bin/sh\necho "service: vmcontext $*"\n', 0o755)
    const said = await guest.expect(['sh', '-c', '{ openrc sysinit; openrc boot; openrc default; } 2>&1'])
    assert.deepEqual(said.match(/(?<=service: )(vmcontext|networking).*/g), [
      'vmcontext boot --stage local --no-verify',
      'networking',
      'vmcontext boot --stage final --no-verify',
    ])
    assert.doesNotMatch(said, /real and virtual|loop/)
  })

  test('pulls nothing in', async () => {
    await using guest = await start(debian12)
    await bring(guest, packages.deb['0.1.0']!, '/run/package.deb')
    await guest.expect(['mkdir', '-p', '/var/lib/apt/lists/partial', '/var/cache/apt/archives/partial'])
    const said = await guest.expect(['apt-get', 'install', '--simulate', '/run/package.deb'])
    assert.deepEqual(said.match(/(?<=^Inst )\S+/gm), ['vmcontext'])
  })

  test('is refused beside one-context', async () => {
    await using guest = await start(debian12)
    await guest.writeFile(
      '/run/one/DEBIAN/control',
      'Package: one-context\nVersion: 7.2.1\nArchitecture: all\nMaintainer: x <x@x.invalid>\nDescription: x\n',
    )
    await guest.expect(['dpkg-deb', '--build', '/run/one', '/run/one.deb'])
    await guest.expect(['dpkg', '--install', '/run/one.deb'])
    await bring(guest, packages.deb['0.1.0']!, '/run/package.deb')
    const {exitCode, stderr} = await guest.run(['dpkg', '--install', '/run/package.deb'])
    assert.equal(exitCode, 1)
    assert.match(stderr, /vmcontext conflicts with one-context/)
    assert.match(await guest.expect(['dpkg', '--status', 'one-context']), /^Status: install ok installed$/m)
  })

  test('configures a guest as it boots, and an upgrade afterwards leaves that alone', async () => {
    const real = await makePackage('deb', directory, {version: '0.1.2', executable: agent})
    const card = {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}
    await using guest = await start(debian12, {nics: [card]})
    await guest.writeFile('/context/context.sh', 'HOSTNAME="MAINHOST"\nIP_PUBLIC="192.168.0.5"\n')
    await install(guest, real)
    assert.match(await guest.expect(['vmcontext', '--version']), /^vmcontext /)
    await assertNoRun(guest)
    await guest.expect(['sh', '/etc/init.d/vmcontext.sh', 'start'], {environment: {runlevel: 'S'}})
    await guest.expect(['ifup', '-a'])
    await guest.expect(['sh', '/etc/init.d/vmcontext-final.sh', 'start'], {environment: {runlevel: '2'}})
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])

    const network = await listNetwork(guest)
    const state = await guest.listing('/var/lib/vmcontext', '/run/vmcontext', '/var/log/vmcontext.log')
    // The same agent under a higher number, so that it is the package alone that could change something.
    await install(guest, await makePackage('deb', directory, {version: '0.1.3'}))
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])
    assert.equal(await listNetwork(guest), network)
    assert.equal(await guest.listing('/var/lib/vmcontext', '/run/vmcontext', '/var/log/vmcontext.log'), state)
  })
})

/** dpkg tells what it does in lines that begin so; systemd's helper names its links. */
function assertQuiet(said: string): void {
  const usual =
    /^(Selecting previously|\(Reading database|Preparing to unpack|Unpacking|Setting up|Removing|Purging configuration|Created symlink)/
  assert.deepEqual(
    said.split('\n').filter(line => line !== '' && !usual.test(line)),
    [],
  )
}

function renderStub(name: string): string {
  const service = name.replace(/\.sh$/, '')
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          ${service}
# Required-Start:
# Required-Stop:
# Default-Start:     S
# Default-Stop:
# Short-Description: ${service}
### END INIT INFO
echo "service: ${service}"
`
}

describe('the .rpm', skip(whyNoGuest('namespace'), whyWithout('rpm')), () => {
  /**
   * rpm on this machine works in the guest's root and runs its scriptlets there. Not by /proc/PID/root: sqlite follows
   * that as a link, and writes this machine's data base. Debian's glibc is not in that data base, hence --nodeps.
   */
  const rpm = async (guest: Guest, ...words: string[]) => {
    const script =
      'mount -t proc proc "$0/proc" && exec rpm --root "$0" --define "_dbpath /var/lib/rpm" "$@" 2>&1'
    const {stdout, exitCode} = await guest.runOnTree(
      root => ['unshare', '--mount', 'sh', '-c', script, root, ...words],
      {environment: {PATH: process.env.PATH ?? ''}},
    )
    // Debian's rpm warns of its use on a Debian.
    return {said: stdout.replaceAll(/^rpm: (RPM should not|However).*\n/gm, ''), exitCode}
  }

  /** What any Red Hat or SUSE has, and these roots have not. */
  const systemDirectories = [
    'share/licenses',
    'share/doc',
    'share/man/man5',
    'share/man/man8',
    'lib/systemd/system-preset',
  ].map(name => `/usr/${name}`)

  test('comes, is upgraded and goes: systemd with the presets of Red Hat', async () => {
    await using guest = await start(debian12WithSystemd)
    await guest.writeFile('/usr/lib/systemd/system-preset/99-default-disable.preset', 'disable *\n')
    await guest.expect(['mkdir', '-p', ...systemDirectories])
    const before = await listFiles(guest)
    const network = await listNetwork(guest)

    assert.deepEqual(await rpm(guest, '--install', '--nodeps', packages.rpm['0.1.0']!), {
      said: '',
      exitCode: 0,
    })
    await assertUnits(guest)
    await assertNoRun(guest)
    assert.deepEqual(await rpm(guest, '--verify', '--nodeps', 'vmcontext'), {said: '', exitCode: 0})

    await guest.writeFile('/var/lib/vmcontext/manifest.json', '{}\n', 0o600)
    await guest.expect(['sh', '-c', 'echo STEPS_OFF=disks >>/etc/vmcontext.conf'])
    await guest.expect(['systemctl', '--root=/', 'disable', 'vmcontext-guestinfo.timer'])
    assert.deepEqual(await rpm(guest, '--upgrade', '--nodeps', packages.rpm['0.1.1']!), {
      said: '',
      exitCode: 0,
    })
    assert.equal((await rpm(guest, '--query', 'vmcontext')).said, 'vmcontext-0.1.1-1.x86_64\n')
    const {stdout} = await guest.run(['systemctl', '--root=/', 'is-enabled', ...units])
    assert.equal(stdout, `${'enabled\n'.repeat(units.length - 1)}disabled\n`)
    assert.match(await guest.readFile('/etc/vmcontext.conf'), /^STEPS_OFF=disks$/m)
    const changed = await rpm(guest, '--verify', '--nodeps', 'vmcontext')
    assert.match(changed.said, /^S\.5\.\.\.\.\S\.? +c \/etc\/vmcontext\.conf\n$/)

    await rpm(guest, '--erase', '--nodeps', 'vmcontext')
    const left = (await listFiles(guest)).filter(path => !before.includes(path))
    assert.deepEqual(left, [
      '/etc/vmcontext.conf.rpmsave',
      '/var/lib/vmcontext',
      '/var/lib/vmcontext/manifest.json',
    ])
    assert.deepEqual(
      before.filter(path => path.includes('vmcontext')),
      [],
    )
    assert.equal(await listNetwork(guest), network)
    await assertNoRun(guest)
  })

  test('is linked by chkconfig where there is no systemd', async () => {
    await using guest = await start(debian12)
    await guest.writeFile('/usr/sbin/chkconfig', '#!/bin/sh\necho "$*" >>/tmp/told\n', 0o755)
    await guest.expect(['mkdir', '-p', ...systemDirectories])
    const before = await listFiles(guest)
    assert.deepEqual(await rpm(guest, '--install', '--nodeps', packages.rpm['0.1.0']!), {
      said: '',
      exitCode: 0,
    })
    assert.equal(await guest.readFile('/tmp/told'), '--add vmcontext-final.sh\n--add vmcontext.sh\n')
    assert.match(await guest.readFile('/etc/init.d/vmcontext.sh'), /^# chkconfig: 2345 9 90$/m)
    await guest.expect(['sh', '-c', 'echo exit >/etc/init.d/vmcontext.sh'])
    assert.deepEqual(await rpm(guest, '--upgrade', '--nodeps', packages.rpm['0.1.1']!), {
      said: '',
      exitCode: 0,
    })
    assert.match(await guest.readFile('/etc/init.d/vmcontext.sh'), /^# chkconfig: 2345 9 90$/m)
    assert.deepEqual(await rpm(guest, '--erase', '--nodeps', 'vmcontext'), {said: '', exitCode: 0})
    assert.match(await guest.readFile('/tmp/told'), /\n--del vmcontext-final\.sh\n--del vmcontext\.sh\n$/)
    assert.deepEqual(
      (await listFiles(guest)).filter(path => !before.includes(path)),
      [],
    )
  })
})
