import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readBootId, readStartTime} from '../src/system/clock.ts'
import {openFiles} from '../src/system/files.ts'
import {makeKey} from './keys.ts'
import {runVmcontext} from './run-vmcontext.ts'
import {makeDirectory} from './temporary.ts'
import {compareTrees, readTree} from './tree.ts'

const context =
  'HOSTNAME="web.example.org"\nONEGATE_TOKEN="t0ken-of-the-cloud"\nPASSWORD_HINT="hunter2"\nNOTE="see hunter2"\n'

/** A small Debian with a context beside it. */
function makeGuest(t: TestContext, files: Record<string, string> = {}) {
  const directory = makeDirectory(t, {
    'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
    'root/etc/hosts': '127.0.0.1\tlocalhost\n',
    'root/proc/sys/kernel/random/boot_id': 'first-boot\n',
    'disc/context.sh': context,
    links: 'eth0 02:00:c0:a8:00:05\n',
    ...files,
  })
  const root = join(directory, 'root')
  const options = ['--root', root, '--context', join(directory, 'disc'), '--links', join(directory, 'links')]
  return {directory, root, run: (...args: string[]) => runVmcontext(...args, ...options)}
}

test('the report tells each step and file, and may be read by everybody', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  const path = join(root, 'run/vmcontext/report.json')
  const report = JSON.parse(readFileSync(path, 'utf8'))
  assert.equal(statSync(path).mode & 0o777, 0o644)
  assert.deepEqual([report.version, report.bootId, report.runs.length], [1, 'first-boot', 1])
  const [{outcome, steps}] = report.runs
  assert.equal(outcome, 'done')
  const hostname = steps.find(({name}: {name: string}) => name === 'hostname')
  assert.equal(hostname.outcome, 'changed')
  assert.match(hostname.deeds[0].after, /^[0-9a-f]{64}$/)
})

test('the log tells each deed with its time, and is for root alone', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  const path = join(root, 'var/log/vmcontext.log')
  assert.match(
    readFileSync(path, 'utf8'),
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}hostname: created \/etc\/hostname \(\d+ ms\)$/m,
  )
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('no value of a secret is in any record', async t => {
  const {root, run} = makeGuest(t, {
    'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'root/etc/shadow': 'root:*:19000:0:99999:7:::\n',
    'disc/context.sh': `${context}PASSWORD="hunter2"\n`,
  })
  const {output, errors} = await run('boot')
  const plan = await run('plan', '--json', '--force')
  const records = [
    'run/vmcontext/report.json',
    'run/vmcontext/boot.json',
    'var/log/vmcontext.log',
    'var/lib/vmcontext/manifest.json',
  ]
  const texts = [output, errors, plan.output, ...records.map(path => readFileSync(join(root, path), 'utf8'))]
  for (const text of texts) assert.doesNotMatch(text, /t0ken|hunter2/)
})

test('within a boot a step is not repeated, unless it is asked for something else or forced', async t => {
  const {directory, root, run} = makeGuest(t)
  await run('boot')
  writeFileSync(join(root, 'etc/hostname'), 'by-hand\n')
  assert.match((await run('boot')).output, /done in this boot already: .*hostname/)
  assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'by-hand\n')
  assert.match((await run('boot', '--force')).output, /hostname +wrote \/etc\/hostname/)
  writeFileSync(join(directory, 'disc/context.sh'), "HOSTNAME='mail'\n")
  assert.match((await run('boot')).output, /hostname +wrote \/etc\/hostname/)
})

const ofToday = (address: string, more = '') => `ETH0_IP='${address}'\n${more}`

test('a step that failed is done anew, even if it is asked for what was done before', async t => {
  const {directory, root, run} = makeGuest(t, {'disc/context.sh': ofToday('192.168.0.5')})
  const interfaces = () => readFileSync(join(root, 'etc/network/interfaces'), 'utf8')
  await run('boot')
  writeFileSync(join(directory, 'disc/context.sh'), ofToday('192.168.0.6', "ETH1_IP='nonsense'\n"))
  await run('boot')
  assert.match(interfaces(), /address 192\.168\.0\.6/)
  writeFileSync(join(directory, 'disc/context.sh'), ofToday('192.168.0.5'))
  await run('boot')
  assert.match(interfaces(), /address 192\.168\.0\.5/)
})

test('another dialect is another thing to ask for', async t => {
  const {directory, root, run} = makeGuest(t, {'disc/context.sh': ofToday('192.168.0.5')})
  await run('boot')
  const forced = ofToday('192.168.0.5', "NETCFG_TYPE='networkd'\n")
  writeFileSync(join(directory, 'disc/context.sh'), forced)
  await run('boot')
  assert.ok(existsSync(join(root, 'etc/systemd/network/05-vmcontext-eth0.network')))
})

test('in the next boot it is repeated, and what was changed by hand is set right', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  writeFileSync(join(root, 'etc/hostname'), 'by-hand\n')
  writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), 'second-boot\n')
  assert.match((await run('boot')).output, /hostname +wrote \/etc\/hostname/)
})

test('a boot that changes nothing leaves the records alone that outlive it', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  await run('boot', '--force')
  const identify = () =>
    ['manifest.json', 'history.json'].map(
      name => statSync(join(root, 'var/lib/vmcontext', name), {bigint: true}).mtimeNs,
    )
  const before = identify()
  assert.match((await run('boot', '--force')).output, /hostname +unchanged/)
  assert.deepEqual(identify(), before)
})

for (const [what, options] of [
  ['is gone', []],
  ['cannot be read', ['--context', '/nowhere/at/all']],
] as const) {
  test(`where the context ${what}, nothing is changed that it once wrote`, async t => {
    const links = 'eth0 02:00:c0:a8:00:05\neth1 02:00:0a:00:00:05\n'
    for (const network of [
      'ip_public="10.9.8.7"',
      'netmask="255.255.0.0"\ngateway="192.168.9.8"\ndns="9.9.9.8"',
    ]) {
      const context = `${network}\nhostname="web"\n`
      const {root, directory, run} = makeGuest(t, {'disc/context.sh': context, links})
      await run('boot')
      const before = readTree(root)
      assert.match(before.get('etc/network/interfaces')?.text ?? '', /(address|gateway) [\d.]+\.9\.8/)
      await runVmcontext('boot', '--force', '--root', root, '--links', join(directory, 'links'), ...options)
      assert.equal(compareTrees(before, readTree(root)), '')
    }
  })
}

test('a NIC that a context described is not given the address in its MAC where that cannot be read', async t => {
  const {root, directory, run} = makeGuest(t, {'disc/context.sh': 'ETH0_IP="10.1.1.1"\n'})
  await run('boot')
  const before = readFileSync(join(root, 'etc/network/interfaces'), 'utf8')
  assert.match(before, /address 10\.1\.1\.1/)
  for (const unreadable of ['HOSTNAME="web"\nETH0_IP="$(date)"\n', 'HOSTNAME="web"\nETH0_IP="10.1']) {
    writeFileSync(join(directory, 'disc/context.sh'), unreadable)
    await run('boot', '--force')
    assert.equal(readFileSync(join(root, 'etc/network/interfaces'), 'utf8'), before)
  }
})

test('on another root an MTU is nothing that is left to do', async t => {
  const {run} = makeGuest(t, {'disc/context.sh': "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_MTU='1400'\n"})
  await run('boot')
  assert.match((await run('plan', '--check', '--force')).output, /Nothing to do\./)
})

test('what a context of 2.2 no longer says is taken back', async t => {
  const {root, directory, run} = makeGuest(t, {'disc/context.sh': 'dns="9.9.9.9"\nnetmask="16"\n'})
  await run('boot')
  writeFileSync(join(directory, 'disc/context.sh'), 'hostname="web"\n')
  await run('boot')
  assert.ok(!existsSync(join(root, 'etc/resolv.conf')))
  assert.match(readFileSync(join(root, 'etc/network/interfaces'), 'utf8'), /netmask 255\.255\.255\.0/)
})

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const keysPath = 'root/.ssh/authorized_keys'
const passwd = 'root:x:0:0:root:/root:/bin/sh\njoe:x:1000:1000::/home/joe:/bin/sh\n'

test('a key that a later context no longer names is revoked, and those of others stay', async t => {
  const {directory, root, run} = makeGuest(t, {
    'root/etc/passwd': passwd,
    [`root/${keysPath}`]: `${bob}\n`,
    'disc/context.sh': `SSH_PUBLIC_KEY="${alice}"\n`,
  })
  await run('boot')
  assert.equal(readFileSync(join(root, keysPath), 'utf8'), `${bob}\n${alice}\n`)
  writeFileSync(join(directory, 'disc/context.sh'), 'HOSTNAME="web"\n')
  assert.match((await run('boot')).output, /revoked 1 key of root/)
  assert.equal(readFileSync(join(root, keysPath), 'utf8'), `${bob}\n`)
})

const unclear: [what: string, context: string][] = [
  ['a key variable that would have to be run', 'SSH_PUBLIC_KEY="$(cat key)"\n'],
  ['a key file that is missing', 'USER_PUBKEY="missing.pub"\n'],
  ['a key that is damaged', 'SSH_PUBLIC_KEY="ssh-ed25519 AAAA"\n'],
  ['a USERNAME that would have to be run', `USERNAME="$(whoami)"\nSSH_PUBLIC_KEY="${bob}"\n`],
  ['a USERNAME that is none', `USERNAME="a:b"\nSSH_PUBLIC_KEY="${bob}"\n`],
  ['a quote above that never closes', `FOO="\nSSH_PUBLIC_KEY='${bob}'\n`],
  ['a quote that never closes above USERNAME', `SSH_PUBLIC_KEY='${bob}'\nFOO="\nUSERNAME=joe\n`],
  ['a context that cannot be read', 'A=\0\n'],
]

for (const [what, context] of unclear) {
  test(`${what} locks nobody out and lets nobody in as root`, async t => {
    const {directory, root, run} = makeGuest(t, {
      'root/etc/passwd': passwd,
      'root/root/.profile': '',
      'disc/context.sh': `SSH_PUBLIC_KEY="${alice}"\n`,
    })
    await run('boot')
    writeFileSync(join(directory, 'disc/context.sh'), context)
    assert.equal((await run('boot')).exitCode, 1)
    assert.equal(readFileSync(join(root, keysPath), 'utf8'), `${alice}\n`)
  })
}

const odd: [what: string, files: Record<string, string>, directory: string | undefined, exitCode: number][] =
  [
    ['an rc.local that is a directory', {}, 'etc/rc.local', 0],
    ['an os-release that is a directory', {'root/usr/lib/os-release': 'ID=debian\n'}, undefined, 0],
    ['settings that are a directory', {}, 'etc/vmcontext.conf', 0],
    ['a manifest that is a directory', {}, 'var/lib/vmcontext/manifest.json', 0],
    [
      'a manifest with nothing in it',
      {'root/var/lib/vmcontext/manifest.json': '{"version":1,"keys":null}'},
      undefined,
      0,
    ],
    ['a manifest of no version', {'root/var/lib/vmcontext/manifest.json': '{"version":"x"}'}, undefined, 0],
  ]

for (const [what, files, path, exitCode] of odd) {
  test(`${what} costs itself, not the boot`, async t => {
    const {root, run} = makeGuest(t, files)
    if (path !== undefined) mkdirSync(join(root, path), {recursive: true})
    const result = await run('boot')
    assert.equal(result.exitCode, exitCode, result.output + result.errors)
    assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'web\n')
  })
}

test('a pipe in the place of a file is not waited for', async t => {
  const {root, run} = makeGuest(t)
  execFileSync('mkfifo', [join(root, 'etc/rc.local')])
  assert.match((await run('boot')).output, /could not read \/etc\/rc\.local: it is no regular file/)
})

test('an empty path does not mean the current directory', async () => {
  for (const option of ['--root', '--context', '--links']) {
    const {exitCode, errors} = await runVmcontext('plan', option, '')
    assert.deepEqual([exitCode, errors], [2, `vmcontext: ${option}: the path is empty\n`])
  }
})

test('a link to the running system is no image of one', async t => {
  const {directory} = makeGuest(t)
  symlinkSync('/', join(directory, 'link'))
  const {exitCode, errors} = await runVmcontext('plan', '--root', join(directory, 'link'))
  assert.equal(exitCode, 2)
  assert.match(errors, /is the running system/)
})

test('a step that is switched off is not done by another one', async t => {
  const {root, run} = makeGuest(t, {
    'root/etc/os-release': 'ID=centos\nID_LIKE=rhel\nVERSION_ID="6"\n',
    'root/etc/sysconfig/network-scripts/ifup': '',
    'root/etc/sysconfig/network': 'NETWORKING=no\n',
  })
  await run('boot', '--set', 'STEPS_OFF=network')
  assert.equal(
    readFileSync(join(root, 'etc/sysconfig/network'), 'utf8'),
    'NETWORKING=no\nHOSTNAME=web.example.org\n',
  )
  assert.match(
    readFileSync(join(root, 'etc/hosts'), 'utf8'),
    /^127\.0\.0\.1\tlocalhost web\.example\.org web$/m,
  )
})

test('directories are open to everybody where they should be', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  const modes = ['var', 'var/lib', 'var/lib/vmcontext', 'run/vmcontext'].map(
    path => statSync(join(root, path)).mode & 0o777,
  )
  assert.deepEqual(modes, [0o755, 0o755, 0o700, 0o755])
})

test('a plan changes nothing at all and tells what boot then does', async t => {
  const {directory, root, run} = makeGuest(t)
  const before = readTree(root)
  const {exitCode, output} = await run('plan')
  assert.equal(exitCode, 0)
  assert.equal(compareTrees(before, readTree(root)), '')
  assert.ok(!existsSync(join(root, 'run')), 'not even a directory in /run')
  assert.match(output, /change \/etc\/network\/interfaces\n[\s\S]*\+ {4}address 192\.168\.0\.5/)
  assert.match(output, /3 things to do\.\n$/)
  assert.ok(existsSync(directory))
})

test('plan --check exits with 1 while there is something to do', async t => {
  const {run} = makeGuest(t)
  assert.equal((await run('plan', '--check')).exitCode, 1)
  await run('boot')
  assert.equal((await run('plan', '--check')).exitCode, 0)
  assert.match((await run('plan', '--check', '--force')).output, /Nothing to do\.\n$/)
})

test('plan --json is JSON with every action', async t => {
  const {run} = makeGuest(t)
  const plan = JSON.parse((await run('plan', '--json')).output)
  assert.deepEqual(
    plan.network.nics.map(({device}: {device: string}) => device),
    ['eth0'],
  )
  assert.deepEqual(
    plan.steps[1].actions.map(({kind, path}: {kind: string; path: string}) => `${kind} ${path}`),
    ['write /etc/hostname', 'write /etc/hosts'],
  )
})

test('a second agent stands back and names the first', async t => {
  const child = spawn('sleep', ['60'])
  t.after(() => child.kill())
  await once(child, 'spawn')
  const machine = openFiles('/')
  const lock = {pid: child.pid, startTime: readStartTime(machine, child.pid!), bootId: readBootId(machine)}
  const {run, root} = makeGuest(t, {'root/run/vmcontext/lock': JSON.stringify(lock)})
  const {exitCode, errors} = await run('boot')
  assert.equal(exitCode, 3)
  assert.match(
    errors,
    new RegExp(`^vmcontext: another vmcontext is at work on this guest \\(process ${child.pid}\\)\\n$`),
  )
  assert.ok(!existsSync(join(root, 'etc/hostname')))
})

test('a manifest of a newer agent is not guessed at', async t => {
  const {run, root} = makeGuest(t, {'root/var/lib/vmcontext/manifest.json': '{"version": 2}'})
  const {exitCode, errors} = await run('boot')
  assert.equal(exitCode, 3)
  assert.match(errors, /is of version 2, this program knows 1/)
  assert.ok(!existsSync(join(root, 'etc/hostname')))
})

test('a damaged manifest is set aside, and the boot goes on', async t => {
  const {run, root} = makeGuest(t, {'root/var/lib/vmcontext/manifest.json': '{"version": 1, "fil'})
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 0)
  assert.match(output, /done with warnings.*manifest\.json: this is damaged/)
  assert.equal(
    readFileSync(join(root, 'var/lib/vmcontext/manifest.json.damaged'), 'utf8'),
    '{"version": 1, "fil',
  )
})

test('records that cannot be kept are a warning, and what needs no copy is done', async t => {
  const {run, root} = makeGuest(t, {'root/var/lib/vmcontext': 'a file in the way'})
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 1)
  assert.match(output, /records could not be kept/)
  assert.equal(
    readFileSync(join(root, 'etc/hostname'), 'utf8'),
    'web\n',
    'it is new: there is nothing to keep',
  )
  assert.equal(
    readFileSync(join(root, 'etc/hosts'), 'utf8'),
    '127.0.0.1\tlocalhost\n',
    'it cannot be given back',
  )
})

test('what is done and could not be recorded is done again once it can be', async t => {
  const {root, run} = makeGuest(t, {'root/var/lib/vmcontext': 'in the way'})
  execFileSync('rm', [join(root, 'etc/hosts')])
  assert.match((await run('boot')).output, /created \/etc\/hosts/)
  execFileSync('rm', [join(root, 'var/lib/vmcontext')])
  assert.match((await run('boot')).output, /hostname +unchanged/)
  const {hosts} = JSON.parse(readFileSync(join(root, 'var/lib/vmcontext/manifest.json'), 'utf8'))
  assert.equal(hosts.length, 1)
  assert.match((await run('boot')).output, /done in this boot already: .*hostname/)
})

test('a megabyte of assignments is read', async t => {
  const {run} = makeGuest(t, {'disc/context.sh': `${'A=1\n'.repeat(250_000)}HOSTNAME=web\n`})
  assert.match((await run('boot')).output, /2 variables/)
})

test('more than a megabyte is refused', async t => {
  const {run, root} = makeGuest(t, {'disc/context.sh': 'A=1\n'.repeat(300_000)})
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 1)
  assert.match(output, /failure: context\.sh: the file is larger than 1 MiB/)
  assert.ok(!existsSync(join(root, 'etc/hostname')))
})

test('a root that is none is wrong usage', async () => {
  const {exitCode, errors} = await runVmcontext('boot', '--root', '/nowhere/at/all')
  assert.deepEqual([exitCode, errors], [2, 'vmcontext: --root: /nowhere/at/all is no directory\n'])
})

test('a list of links that is not there is wrong usage', async t => {
  const {directory} = makeGuest(t)
  mkdirSync(join(directory, 'empty'))
  const {exitCode, errors} = await runVmcontext(
    'plan',
    '--root',
    join(directory, 'empty'),
    '--links',
    '/nowhere',
  )
  assert.deepEqual([exitCode, errors], [2, 'vmcontext: --links: there is no file /nowhere\n'])
})

const rocky = {
  'root/etc/os-release': 'ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n',
  'root/usr/sbin/NetworkManager': '',
  'root/etc/systemd/system/multi-user.target.wants/NetworkManager.service': '',
  'disc/context.sh': "HOSTNAME='web.example.org'\nETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.5'\n",
}
const stepsOf = (root: string) => {
  const {runs} = JSON.parse(readFileSync(join(root, 'run/vmcontext/report.json'), 'utf8'))
  return (runs as {steps: {name: string; outcome: string}[]}[]).map(({steps}) =>
    steps.filter(({outcome}) => outcome === 'changed').map(({name}) => name),
  )
}

test('a single step is done with all that the others know, and stands beside the boot in the report', async t => {
  const {root, run} = makeGuest(t, rocky)
  const hosts = () => readFileSync(join(root, 'etc/hosts'), 'utf8')
  await run('boot', '--only', 'hostname')
  assert.match(hosts(), /^192\.168\.0\.5\tweb\.example\.org web$/m)
  assert.deepEqual(stepsOf(root), [['hostname']])
  await run('boot')
  assert.deepEqual(stepsOf(root), [['hostname'], ['network']])
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1\tlocalhost\n')
  await run('boot', '--only', 'hostname')
  assert.match(hosts(), /^192\.168\.0\.5\tweb\.example\.org web$/m)
  assert.deepEqual(stepsOf(root), [['network'], ['hostname']])
})

test('a single step leaves alone what the others own', async t => {
  const {directory, root, run} = makeGuest(t, rocky)
  await run('boot')
  const manifest = () => JSON.parse(readFileSync(join(root, 'var/lib/vmcontext/manifest.json'), 'utf8'))
  const state = () => JSON.parse(readFileSync(join(root, 'run/vmcontext/boot.json'), 'utf8')).steps
  const [before, done] = [manifest(), state()]
  writeFileSync(
    join(directory, 'disc/context.sh'),
    "HOSTNAME='mail'\nETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='10.1.1.1'\n",
  )
  await run('boot', '--only', 'keys')
  assert.deepEqual(manifest(), before)
  assert.deepEqual(state(), done)
  assert.match((await run('boot')).output, /network +wrote[\s\S]*hostname +wrote/)
})

test('a single step that is switched off stays undone', async t => {
  const {root, run} = makeGuest(t)
  const {output} = await run('boot', '--only', 'hostname', '--set', 'STEPS_OFF=hostname')
  assert.match(output, /hostname +switched off/)
  assert.ok(!existsSync(join(root, 'etc/hostname')))
})

test('a single step that nothing asks for says so', async t => {
  const {run} = makeGuest(t)
  assert.match((await run('boot', '--only', 'time-zone')).output, /nothing asked for: time-zone/)
})

test('the last line of a boot has the addresses, whichever stage configured them', async t => {
  const {run} = makeGuest(t)
  const lastLine = async (...options: string[]) =>
    (await run('boot', ...options)).output.trimEnd().split('\n').at(-1)
  assert.doesNotMatch((await lastLine('--stage', 'final')) ?? '', /192\.168\.0\.5/)
  await run('boot', '--stage', 'local')
  assert.match((await lastLine('--stage', 'final')) ?? '', /^vmcontext: done.*eth0 192\.168\.0\.5\/24/)
})

/** A link that leads to itself: what is there cannot be looked at, as on a disk that is damaged. */
function damage(root: string, path: string): void {
  rmSync(join(root, path), {recursive: true, force: true})
  mkdirSync(dirname(join(root, path)), {recursive: true})
  symlinkSync(basename(path), join(root, path))
}

test('a file that cannot be read is not taken for absent, and costs its step alone', async t => {
  const {root, run} = makeGuest(t)
  damage(root, 'etc/hosts')
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 1)
  assert.match(
    output,
    /failure: could not look at \/etc\/hosts: .* circle; nothing is done that goes by it \(see dmesg/,
  )
  assert.ok(lstatSync(join(root, 'etc/hosts')).isSymbolicLink())
  assert.match(readFileSync(join(root, 'etc/network/interfaces'), 'utf8'), /192\.168\.0\.5/)
  rmSync(join(root, 'etc/hosts'))
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1\tlocalhost\n')
  assert.equal((await run('boot')).exitCode, 0, 'the next run makes up for it')
  assert.match(readFileSync(join(root, 'etc/hosts'), 'utf8'), /localhost\n.*web\.example\.org/)
})

test('settings that cannot be read cost themselves', async t => {
  const {root, run} = makeGuest(t)
  damage(root, 'etc/vmcontext.conf.d')
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 0)
  assert.match(output, /warning: \/etc\/vmcontext\.conf\.d: could not .* circle; its settings do not hold/)
  assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'web\n')
})

test('where no lock and no report can be written the boot goes on and says so', async t => {
  const {root, run} = makeGuest(t, {'root/run/vmcontext': 'a file in the way\n'})
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 0)
  assert.match(
    output,
    /warning: could not .*; another run would not be seen \(see that \/run can be written\)/,
  )
  assert.match(output, /warning: there is no report of this run: could not /)
  assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'web\n')
})

test('a key file that cannot be read is not said to be missing from the disc', async t => {
  const text = 'HOSTNAME="web"\nROOT_PUBKEY="id_rsa.pub"\n'
  const {directory, root, run} = makeGuest(t, {'disc/context.sh': text})
  damage(join(directory, 'disc'), 'id_rsa.pub')
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 1)
  assert.match(
    output,
    /failure: id_rsa\.pub:2: ROOT_PUBKEY: could not look at .*\/id_rsa\.pub: .*; its keys are missing/,
  )
  assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'web\n')
})
