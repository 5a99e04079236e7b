// `vmcontext seal` as somebody types it.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {describeProgram} from '../../../src/cli/command-line.ts'
import {renderBash} from '../../../src/cli/completions.ts'
import {start} from '../../../src/cli/start.ts'
import {takeImageLock} from '../../../src/image/lock.ts'
import {openSystem} from '../../../src/system/system.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {listChanges, readWholeTree} from './whole-tree.ts'

const files = {
  'etc/os-release': 'ID=debian\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/hostname': 'web-17\n',
  'etc/ssh/ssh_host_rsa_key': 'key\n',
  'etc/sudoers.d/me': 'me ALL=(ALL) NOPASSWD:ALL\n',
  'etc/network/interfaces': 'iface eth0 inet static\n  address 10.0.0.5\n',
  'etc/netplan/01-own.yaml': 'network: {}\n',
  'usr/sbin/sshd': '',
  'root/.bash_history': 'ls\n',
  ...Object.fromEntries(Array.from({length: 30}, (_, index) => [`var/log/app-${index}.log`, 'line\n'])),
}

const makeTree = (t: TestContext) => makeDirectory(t, files)

/** Runs it with somebody at the terminal, who gives this answer. */
async function runWith(answer: string, ...args: string[]) {
  const said = {output: '', errors: '', asked: ''}
  const exitCode = await start(
    {
      args,
      environment: {},
      isTerminal: () => true,
      columns: () => 80,
      print: text => {
        said.output += text
      },
      printError: text => {
        said.errors += text
      },
      ask: question => {
        said.asked += question
        return answer
      },
      onStop() {},
    },
    '0.0.0',
  )
  return {exitCode, ...said}
}

test('nothing is done unless somebody says so', async t => {
  const root = makeTree(t)
  const before = readWholeTree(root)
  const nobody = await runVmcontext('seal', '--root', root)
  assert.equal(nobody.exitCode, 2)
  assert.match(nobody.errors, /nobody is there to be asked: --yes, or --dry-run/)
  const no = await runWith('', 'seal', '--root', root)
  assert.deepEqual([no.exitCode, no.asked], [1, `Seal ${root}? [y/N] `])
  assert.match(no.output, /Nothing was done\.\n$/)
  const dry = await runVmcontext('seal', '--root', root, '--dry-run')
  assert.equal(dry.exitCode, 0)
  await runVmcontext('seal', '--root', root, '--check')
  assert.deepEqual(listChanges(before, readWholeTree(root)), [])
  assert.equal((await runWith('y', 'seal', '--root', root)).exitCode, 0)
  assert.notDeepEqual(listChanges(before, readWholeTree(root)), [])
})

test('each file is listed with reason and size; of many alike the first before one is asked, all in a dry run', async t => {
  const root = makeTree(t)
  const {output} = await runVmcontext('seal', '--root', root)
  assert.match(
    output,
    /^ {2}clones with one key can be taken for each other\n {4}\/etc\/ssh\/ssh_host_rsa_key +4 B$/m,
  )
  assert.match(output, /^ {4}and 22 more, 110 B \(--dry-run lists them all\)$/m)
  assert.match(output, /^32 files, 157 B, in 3 operations$/m)
  assert.deepEqual(
    output.split('\n').filter(line => line.length > 80),
    [],
  )
  const dry = await runVmcontext('seal', '--root', root, '--dry-run')
  assert.equal(dry.output.match(/app-\d+\.log/g)?.length, 30)
})

test('as JSON the plan is data, with every file', async t => {
  const root = makeTree(t)
  const {output} = await runVmcontext('seal', '--root', root, '--dry-run', '--json')
  const {operations} = JSON.parse(output)
  assert.deepEqual(
    operations.map(({operation, found}: {operation: string; found: unknown[]}) => [operation, found.length]),
    [
      ['ssh-host-keys', 1],
      ['logs', 30],
      ['histories', 1],
    ],
  )
  assert.deepEqual(operations[2].found[0], {
    path: '/root/.bash_history',
    reason: 'what was typed here',
    files: 1,
    bytes: 3,
    deed: 'remove',
  })
})

test('operations are chosen by name, and left out with a minus', async t => {
  const count = async (list: string) => {
    const {output} = await runVmcontext(
      'seal',
      '--root',
      makeTree(t),
      '--dry-run',
      '--json',
      '--operations',
      list,
    )
    return JSON.parse(output).operations.map(({operation}: {operation: string}) => operation)
  }
  assert.deepEqual(await count('logs'), ['logs'])
  assert.deepEqual(await count('logs, histories'), ['logs', 'histories'])
  assert.deepEqual(await count('-logs'), ['ssh-host-keys', 'histories'])
  assert.deepEqual(await count('default,-logs,-histories'), ['ssh-host-keys'])
  const unknown = await runVmcontext('seal', '--root', makeTree(t), '--yes', '--operations', 'logs,machineid')
  assert.equal(unknown.exitCode, 2)
  assert.match(unknown.errors, /there is no operation machineid; there are: context, cloud-init, /)
  assert.equal((await runVmcontext('seal', '--root', makeTree(t), '--yes', '--operations', '')).exitCode, 2)
})

test('the operations are listed in 80 columns', async () => {
  const {output, exitCode} = await runVmcontext('seal', '--operations', 'help')
  assert.equal(exitCode, 0)
  assert.match(output, /^ {2}\* machine-id +the id of the machine/m)
  assert.match(output, /^ {4}authorized-keys +/m)
  assert.deepEqual(
    output.split('\n').filter(line => line.length > 80),
    [],
  )
})

test('the check says what is not clean, why, and the cure; what cannot be sealed it tells', async t => {
  const root = makeTree(t)
  const {output, exitCode} = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(exitCode, 1)
  const cure = `cure: vmcontext seal --root ${root} --operations ssh-host-keys`
  assert.match(output, new RegExp(`^identity +/etc/ssh/ssh_host_rsa_key: clones .*\n +${cure}$`, 'm'))
  assert.match(output, /^ +and 25 more alike \(--json lists them all\)$/m)
  assert.match(output, /^note +\/etc\/hostname: every clone is called web-17 here/m)
  assert.match(output, /^note +\/etc\/sudoers\.d\/me: somebody may do everything without a password/m)
  assert.match(output, /^note +\/etc\/network\/interfaces: it names a MAC or an address/m)
  assert.match(output, /^note +\/usr\/sbin\/vmcontext: the agent is not installed here/m)
  assert.match(output, /^NOT fit to be cloned: 1 × identity, 31 × trace, 4 × note$/m)
  const traces = await runVmcontext('seal', '--check', '--root', root, '--operations', 'logs')
  assert.equal(traces.exitCode, 0)
  const json = JSON.parse((await runVmcontext('seal', '--check', '--json', '--root', root)).output)
  assert.deepEqual(
    [json.fit, json.found.length, json.found[0].path],
    [false, 36, '/etc/ssh/ssh_host_rsa_key'],
  )
  await runVmcontext('seal', '--root', root, '--yes')
  const sealed = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(sealed.exitCode, 0, sealed.output)
  assert.match(sealed.output, /^note +\/etc\/ssh: sshd has no host keys, and nothing here makes them/m)
  assert.match(sealed.output, /^fit to be cloned; 5 × note$/m)
})

test('a root that is none, and zeros on a disk of others, are refused', async t => {
  const empty = makeDirectory(t)
  const none = await runVmcontext('seal', '--root', empty, '--yes')
  assert.equal(none.exitCode, 2)
  assert.match(none.errors, /there is no \/etc in it/)
  assert.equal((await runVmcontext('seal', '--root', join(empty, 'no'), '--check')).exitCode, 2)
  const zero = await runVmcontext('seal', '--root', makeTree(t), '--yes', '--zero')
  assert.equal(zero.exitCode, 2)
  assert.match(zero.errors, /is no file system of its own/)
})

test('shells complete the operations', () => {
  assert.match(
    renderBash(describeProgram()),
    /'\/seal --operations'\)\n.*_list 'help default all context .* logs /,
  )
})

test('a running boot, or another seal, is not disturbed', async t => {
  const root = makeTree(t)
  const release = takeImageLock(openSystem(root))
  t.after(release)
  const {exitCode, errors} = await runVmcontext('seal', '--root', root, '--yes')
  assert.equal(exitCode, 3)
  assert.match(errors, /another vmcontext is at work/)
  assert.equal((await runVmcontext('seal', '--root', root, '--dry-run')).exitCode, 0)
})

test('swap and long paths are told, in 80 columns where they fit', async t => {
  const long = `var/lib/dhcp/dhclient-${'x'.repeat(30)}.leases`
  const fstab = 'UUID=1-2 none swap sw 0 0\n# /dev/sdz none swap sw 0 0\n'
  const root = makeDirectory(t, {...files, 'etc/fstab': fstab, [long]: 'lease\n'})
  const check = await runVmcontext('seal', '--check', '--root', root)
  assert.match(check.output, /^note +UUID=1-2: it holds what was in memory$/m)
  assert.doesNotMatch(check.output, /sdz/)
  const plan = await runVmcontext('seal', '--dry-run', '--root', root)
  assert.match(plan.output, new RegExp(`^    /${long} 6 B$`, 'm'))
})

test('where nobody would make host keys that is said when they go', async t => {
  const {output} = await runVmcontext('seal', '--root', makeTree(t), '--yes')
  assert.match(
    output,
    /^- sshd has no host keys, and nothing here makes them at boot.*: vmcontext install --root /m,
  )
})
