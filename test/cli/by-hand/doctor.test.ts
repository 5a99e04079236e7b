// What `vmcontext doctor` prints, and its exit codes.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createFormatter} from '../../../src/cli/by-hand/doctor/format.ts'
import {createWaiting} from '../../../src/cli/by-hand/doctor/waiting.ts'
import {suggestName} from '../../../src/cli/suggest.ts'
import type {Finding} from '../../../src/doctor/check.ts'
import {checks} from '../../../src/doctor/checks.ts'
import {makeGuest} from '../../doctor/broken-guest.ts'
import {runVmcontext} from '../../run-vmcontext.ts'

const plain = createFormatter(
  text => text.replaceAll('hunter22', '***'),
  (_, text) => text,
)
const toned = createFormatter(
  text => text,
  (tone, text) => `<${tone}>${text}</>`,
)

const round = (
  [
    ['disc', {facts: ['/dev/sr0: iso9660 labelled "CONTEXT"'], problems: []}],
    ['clock', {facts: [], problems: [], skipped: 'only where the guest is running'}],
    [
      'rivals',
      {
        facts: [],
        problems: [{code: 'rival', message: 'cloud-init configures this guest too', cure: 'remove it'}],
      },
    ],
    [
      'keys',
      {
        facts: ['ada: 1 key in /home/ada/.ssh/authorized_keys, 1 of the context', 'root: none'],
        problems: [
          {code: 'found-note', message: 'a note'},
          {
            code: 'found-wrong',
            file: '/home/ada',
            line: 7,
            message: 'everybody may write to it, so that sshd looks at no key that is in it, whatever it is',
            cure: 'chmod go-w /home/ada',
          },
        ],
      },
    ],
  ] satisfies [string, Finding][]
).map(([id, finding]) => ({check: {...checks.find(check => check.id === id)!}, finding}))

const expected = `\
  ok       disc             /dev/sr0: iso9660 labelled "CONTEXT"
  skipped  clock            only where the guest is running
  warning  rivals           others that do the same work
           cloud-init configures this guest too
             cure: remove it
  WRONG    keys             ada: 1 key in /home/ada/.ssh/authorized_keys, 1 of
                            the context
                            root: none
           note: a note
           /home/ada:7: everybody may write to it, so that sshd looks at no key
           that is in it, whatever it is
             cure: chmod go-w /home/ada
1 thing is wrong, 1 warning; begin with: keys: /home/ada:7: everybody may write
to it, so that sshd looks at no key that is in it, whatever it is
`

test('a round as a person reads it', () => {
  const text = round.map(each => plain.formatCheck(each)).join('') + plain.formatEnd(round)
  assert.equal(text, expected)
  assert.ok(text.split('\n').every(line => line.length <= 80))
})

test('colours take no columns, and the words are the same', () => {
  const text = round.map(each => toned.formatCheck(each)).join('') + toned.formatEnd(round)
  assert.equal(text.replaceAll(/<[a-z]+>|<\/>/g, ''), expected)
  assert.match(text, /<wrong>WRONG {4}<\/>/)
})

test('the last line', () => {
  const warned = round.filter(({check}) => check.id !== 'keys')
  assert.equal(
    plain.formatEnd(warned),
    'Nothing is wrong, but there is 1 warning; begin with: rivals: cloud-init\nconfigures this guest too\n',
  )
  assert.equal(plain.formatEnd(round.slice(0, 1)), 'Nothing is wrong.\n')
  const asUser = [{...round[0]!, finding: {facts: [], problems: [], skipped: 'only as root'}}]
  assert.equal(plain.formatEnd(asUser), 'Nothing is wrong.\nAs root there is more to see: disc.\n')
})

test('no text from a context steers a terminal, makes a line of its own, or tells a secret', () => {
  const finding: Finding = {
    facts: ['a\x1b[2J\nWRONG  b \x9b31m'],
    problems: [
      {code: 'found-note', file: 'x\r\n', message: 'hunter22 \x1b]0;title\x07', cure: 'hunter\n22 hunter22'},
    ],
  }
  const text = plain.formatCheck({...round[0]!, finding})
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f]/)
  assert.doesNotMatch(text, /hunter22/)
  assert.equal(text.split('\n').length, 4)
})

test('what takes long is told on a terminal, and wiped away', () => {
  const slow = {...round[0]!.check, isSlow: true}
  const said: string[] = []
  const terminal = {
    environment: {},
    isTerminal: () => true,
    printError: (text: string) => void said.push(text),
  }
  const waiting = createWaiting(terminal as never)
  waiting.begin(round[0]!.check)
  waiting.end()
  assert.deepEqual(said, [])
  waiting.begin(slow)
  waiting.end()
  assert.match(said[0]!, /disc: looking at the context disc/)
  assert.equal(said[1], '\r\x1b[K')
  createWaiting({...terminal, isTerminal: () => false} as never).begin(slow)
  assert.equal(said.length, 2)
})

test('every check has a name of its own and a title', () => {
  const ids = checks.map(({id}) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const {id, title} of checks) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(id.length <= 16 && title.length <= 52, id)
  }
  assert.equal(ids.at(-1), 'plan')
})

test('--list prints the checks and looks at nothing', async () => {
  const {exitCode, output} = await runVmcontext('doctor', '--list')
  assert.equal(exitCode, 0)
  assert.deepEqual(
    output
      .trimEnd()
      .split('\n')
      .map(line => line.split(' ')[0]),
    checks.map(({id}) => id),
  )
})

test('--only with a name that is none is wrong usage, and names the nearest', async () => {
  const {exitCode, output, errors} = await runVmcontext('doctor', '--only', 'disk')
  assert.equal(exitCode, 2)
  assert.equal(output, '')
  assert.match(errors, /there is no check "disk"; did you mean disc\?\nThe checks are machine, /)
})

for (const [typed, name] of [
  ['dics', 'disc'],
  ['gateway', 'gateways'],
  ['DNS', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(typed)} may mean ${name}`, () => {
    assert.equal(suggestName(typed, ['disc', 'gateways', 'name-servers', 'records']), name)
  })
}

test('exit codes: 1 where something is wrong, with --strict on a warning too', async t => {
  const guest = await makeGuest(t)
  await guest.insertDisc({label: 'CONTEXTS'})
  assert.equal((await guest.examine('--only', 'disc')).exitCode, 0)
  assert.equal((await guest.examine('--only', 'disc', '--strict')).exitCode, 1)
  assert.equal((await guest.examine('--only', 'disc', '--only', 'context')).report.checks.length, 2)
  await guest.insertDisc({text: 'A=$(id)\n'})
  assert.equal((await guest.examine('--only', 'context')).exitCode, 1)
})

test('JSON for programs: the version first, secrets masked, names of checks kept', async t => {
  const guest = await makeGuest(t)
  // A secret that happens to be the name of a check.
  await guest.insertDisc({
    variables: {PASSWORD: 'switch', SET_HOSTNAME: 'hunter22', CRYPTED_PASSWORD: 'hunter22'},
  })
  const {output} = await guest.run('doctor', '--json')
  assert.match(output, /^\{\n {2}"version": 1,/)
  assert.doesNotMatch(output, /hunter22/)
  const report = JSON.parse(output)
  assert.deepEqual(
    report.checks.map(({id}: {id: string}) => id),
    checks.map(({id}) => id),
  )
})

test('a problem of the plan is told by one check, and by the last one if no other does', async t => {
  const guest = await makeGuest(t)
  await guest.insertDisc({
    variables: {TIMEZONE: 'Mars/Phobos', ETH0_IP: '1.2.3', USERNAME: 'a:b', GROW_FS: '/nowhere'},
  })
  const {report} = await guest.examine()
  const told = report.checks.flatMap(({problems}) =>
    problems.map(({message, key, line}) => `${line} ${key} ${message}`),
  )
  assert.equal(new Set(told).size, told.length)
  const planned = JSON.parse((await guest.run('plan', '--json')).output)
  type Told = {message: string; code: string; key?: string; line?: number}
  const own: Told[] = planned.steps.flatMap((step: {problems: Told[]}) => step.problems)
  assert.ok(own.length >= 3)
  for (const {message, key, line} of own) assert.ok(told.includes(`${line} ${key} ${message}`), message)
})
