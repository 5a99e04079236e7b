// SELinux labels, as restorecon of today and that of CentOS 7 tell them. No kernel of a test has SELinux.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {prepareExam} from '../../../src/doctor/examine.ts'
import {labelsCheck, parseLabels} from '../../../src/doctor/login/labels.ts'
import {weighProblem} from '../../../src/problem.ts'
import type {Command} from '../../../src/system/commands.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeGuest, skipWithoutRoot} from '../broken-guest.ts'

const now = 'unconfined_u:object_r:user_home_t:s0'
const wanted = 'unconfined_u:object_r:ssh_home_t:s0'
const path = '/home/ada/.ssh/authorized_keys'
const today = `Would relabel ${path} from ${now} to ${wanted}\n`

test('a label that is wrong, as each restorecon tells it', () => {
  for (const line of [today, `restorecon reset ${path} context ${now}->${wanted}\n`])
    assert.deepEqual(parseLabels(line), [{path, now, wanted}], line)
  assert.deepEqual(parseLabels('Warning no default label for /tmp/x\n'), [])
})

test('restorecon is asked, and changes nothing', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put('sbin/restorecon', '')
  const tree = openSystem(guest.root)
  const request = {stages: [], overrides: [], waitsForNics: false, force: false}
  const exam = await prepareExam(tree, request, true)
  await exam.release()
  const commands: Command[] = []
  const run = async (command: Command) => {
    commands.push(command)
    return {ended: 'exited', exitCode: 0, output: today} as const
  }
  for (const [enforce, weight] of [
    ['1', 'failure'],
    ['0', 'warning'],
  ] as const) {
    guest.put('sys/fs/selinux/enforce', enforce)
    const system = {...tree, live: true, run}
    const {problems} = await labelsCheck.examine({...exam, system})
    assert.deepEqual(problems.map(weighProblem), [weight])
    assert.match(problems[0]!.message, /its label is .*user_home_t.* and should be .*ssh_home_t/)
    assert.equal(problems[0]!.cure, `restorecon -Fv ${path}`)
  }
  const [, ...options] = commands[0]!.argv
  assert.deepEqual(options.slice(0, 3), ['-n', '-v', '--'])
  assert.ok(
    ['/home/ada', '/home/ada/.ssh', path].every(each => options.includes(each)),
    options.join(' '),
  )
})

test('an image that sets its labels at its next boot', skipWithoutRoot, async t => {
  const guest = await makeGuest(t, {files: {'etc/selinux/config': 'SELINUX=enforcing\n', '.autorelabel': ''}})
  const {text} = await guest.examine('--only', 'labels')
  assert.match(text, /SELinux is set to enforcing/)
  assert.match(text, /\/\.autorelabel: the next boot sets the labels of all files anew/)
})
