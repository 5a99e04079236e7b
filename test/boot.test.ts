import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readBootId, readStartTime} from '../src/system/clock.ts'
import {openFiles} from '../src/system/files.ts'
import {runVmcontext} from './run-vmcontext.ts'
import {makeDirectory} from './temporary.ts'
import {compareTrees, readTree} from './tree.ts'

const context =
  'HOSTNAME="web.example.org"\nONEGATE_TOKEN="t0ken-of-the-cloud"\nPASSWORD="hunter2"\nNOTE="see t0ken"\n'

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
  const {root, run} = makeGuest(t)
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
  assert.match((await run('boot')).output, /hostname {2}done in this boot already/)
  assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'by-hand\n')
  assert.match((await run('boot', '--force')).output, /hostname {2}wrote \/etc\/hostname/)
  writeFileSync(join(directory, 'disc/context.sh'), "HOSTNAME='mail'\n")
  assert.match((await run('boot')).output, /hostname {2}wrote \/etc\/hostname/)
})

test('in the next boot it is repeated, and what was changed by hand is set right', async t => {
  const {root, run} = makeGuest(t)
  await run('boot')
  writeFileSync(join(root, 'etc/hostname'), 'by-hand\n')
  writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), 'second-boot\n')
  assert.match((await run('boot')).output, /hostname {2}wrote \/etc\/hostname/)
})

for (const [what, options] of [
  ['is gone', []],
  ['cannot be read', ['--context', '/nowhere/at/all']],
] as const) {
  test(`where the context ${what}, nothing is changed that it once wrote`, async t => {
    const links = 'eth0 02:00:c0:a8:00:05\neth1 02:00:0a:00:00:05\n'
    const {root, directory, run} = makeGuest(t, {
      'disc/context.sh': 'ip_public="10.9.8.7"\nhostname="web"\n',
      links,
    })
    await run('boot')
    const before = readTree(root)
    assert.match(before.get('etc/network/interfaces')?.text ?? '', /address 10\.9\.8\.7/)
    await runVmcontext('boot', '--force', '--root', root, '--links', join(directory, 'links'), ...options)
    assert.equal(compareTrees(before, readTree(root)), '')
  })
}

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

test('a megabyte of assignments is read', async t => {
  const {run} = makeGuest(t, {'disc/context.sh': `${'A=1\n'.repeat(250_000)}HOSTNAME=web\n`})
  assert.match((await run('boot')).output, /2 variables/)
})

test('more than a megabyte is refused, and the rest of the boot goes on', async t => {
  const {run, root} = makeGuest(t, {'disc/context.sh': 'A=1\n'.repeat(300_000)})
  const {exitCode, output} = await run('boot')
  assert.equal(exitCode, 1)
  assert.match(output, /network {3}wrote/)
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
