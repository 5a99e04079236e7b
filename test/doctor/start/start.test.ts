// What the doctor says of the start of the agent, of switches and of rivals, beyond the broken guests.

import assert from 'node:assert/strict'
import {chmodSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {libraries, makeAgent, plant, putFile, runInstall, type TreeFiles} from '../../image/install/tree.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {type Examined, makeGuest} from '../broken-guest.ts'

const header = (lines: string) => `#!/bin/sh\n### BEGIN INIT INFO\n${lines}### END INIT INFO\n`
const networking = header(
  '# Provides: networking\n# Required-Start: mountkernfs $local_fs\n# Default-Start: S\n',
)

/** Debian with sysvinit, as insserv has left it. */
const insserv: TreeFiles = {
  ...libraries,
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'sbin/init': '',
  'sbin/insserv': '',
  'etc/init.d/networking': networking,
  'etc/init.d/ssh': header('# Provides: sshd\n# Default-Start: 2 3 4 5\n'),
  'etc/init.d/mountall.sh': header('# Provides: mountall\n# Default-Start: S\n'),
  'etc/insserv.conf': '$local_fs mountall\n',
  'etc/rcS.d/S01mountall.sh': '->../init.d/mountall.sh',
  'etc/rcS.d/S02networking': '->../init.d/networking',
  'etc/rc2.d/S01ssh': '->../init.d/ssh',
  'etc/rc3.d/S01ssh': '->../init.d/ssh',
  'etc/init.d/.depend.boot': 'TARGETS = mountall.sh networking\nINTERACTIVE =\nnetworking: mountall.sh\n',
  'etc/init.d/.depend.start': 'TARGETS = ssh\nINTERACTIVE =\n',
}

const cases: readonly [name: string, harm: (root: string) => void, outcome: string, says: RegExp][] = [
  ['all is well', () => {}, 'ok', /before networking/],
  [
    'a dead link',
    root => putFile(root, 'etc/init.d/.depend.boot', String(insserv['etc/init.d/.depend.boot'])),
    'warning',
    /\/etc\/rcS\.d\/S\d\dvmcontext\.sh is a dead link: \/etc\/init\.d\/\.depend\.boot does not name it/,
  ],
  [
    'a header that says nothing of the network',
    root =>
      putFile(root, 'etc/init.d/vmcontext.sh', header('# Provides: vmcontext\n# Default-Start: S 2 3 4 5\n')),
    'warning',
    /vmcontext\.sh X-Start-Before does not name the network/,
  ],
  [
    'a script without a header',
    root => putFile(root, 'etc/init.d/vmcontext.sh', '#!/bin/sh\n'),
    'warning',
    /there is no LSB header/,
  ],
  [
    'no link in the runlevel that is booted',
    root => rmSync(join(root, 'etc/rc2.d'), {recursive: true}),
    'wrong',
    /no link in runlevel 2/,
  ],
  [
    'a script that may not be executed',
    root => chmodSync(join(root, 'etc/init.d/vmcontext.sh'), 0o644),
    'wrong',
    /vmcontext\.sh is not executable/,
  ],
  [
    'a program that is gone',
    root => rmSync(join(root, 'usr/sbin/vmcontext')),
    'wrong',
    /\/usr\/sbin\/vmcontext is missing/,
  ],
]

for (const [name, harm, outcome, says] of cases) {
  test(`SysV init: ${name}`, async t => {
    const root = plant(t, insserv)
    const agent = makeAgent(t)
    const installed = await runInstall(root, [], {agent})
    assert.equal(installed.exitCode, 0, installed.output + installed.errors)
    harm(root)
    const check = await examineStart(root)
    assert.equal(check.outcome, outcome, JSON.stringify(check, null, 2))
    const told = check.problems.map(({file = '', message}) => `${file} ${message}`)
    assert.match([...told, ...check.facts].join('\n'), says)
    for (const problem of check.problems) assert.ok(problem.cure)
    // What it says of the cure is enough.
    const again = await runInstall(root, [], {agent})
    assert.equal(again.exitCode, 0, again.output + again.errors)
    assert.equal((await examineStart(root)).outcome, 'ok')
  })
}

test('where the agent is not installed that is said once, with the command', async t => {
  const root = plant(t, insserv)
  const {problems} = await examineStart(root)
  assert.equal(problems.length, 1)
  assert.match(problems[0]!.message, /not installed on this guest, which boots with SysV init/)
  assert.equal(problems[0]!.cure, `vmcontext install --root ${root}`)
})

test('steps that are switched off, and settings that mean nothing, are told with their lines', async t => {
  const guest = await makeGuest(t, {
    files: {'etc/vmcontext.conf': '# mine\nSTEPS_OFF="sudo swap netwrk"\nMAC_PREFX=any\n'},
  })
  const {report} = await guest.examine('--only', 'switch')
  const [check] = report.checks
  assert.equal(check?.outcome, 'warning')
  assert.deepEqual(
    check.problems.map(({line, key, weight}) => [line, key, weight]),
    [
      [2, 'STEPS_OFF', 'note'],
      [3, 'MAC_PREFX', 'warning'],
      [2, 'STEPS_OFF', 'warning'],
    ],
  )
})

test('vmcontext=off on the kernel command line', async t => {
  const guest = await makeGuest(t, {files: {'proc/cmdline': 'quiet vmcontext=off\n'}})
  const {report, exitCode} = await guest.examine()
  assert.equal(exitCode, 1)
  assert.equal(report.beginWith, 'switch')
  const {problems} = report.checks.find(({id}) => id === 'switch')!
  assert.match(problems[0]!.cure ?? '', /take vmcontext=off out of the kernel command line/)
  // Everything else is looked at all the same.
  assert.equal(report.wrong, 1)
})

async function examineStart(root: string): Promise<Examined> {
  const {output, errors} = await runVmcontext('doctor', '--root', root, '--json', '--only', 'start')
  assert.equal(errors, '')
  return JSON.parse(output).checks[0]
}
