import assert from 'node:assert/strict'
import {chownSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readAccount} from '../../../src/facts/login/accounts.ts'
import {askNameService} from '../../../src/facts/login/name-service.ts'
import type {CommandResult} from '../../../src/system/commands.ts'
import {openSystem, type System} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\n'
const found = 'joe:*:70001:70001::/home/joe:/bin/sh\n'
const sssd = {'etc/sssd/sssd.conf': '[sssd]\n'}
const isUp = {'var/run/sssd.pid': '1\n'}

type Case = {
  what: string
  /** The passwd line of nsswitch.conf. */
  sources?: string
  files?: Record<string, string>
  /** What getent says; undefined: it is not asked. */
  output?: string
  ended?: CommandResult['ended']
  finds?: boolean
  /** The sources that are in doubt. */
  doubts?: string[]
}

const cases: Case[] = [
  {what: 'without nsswitch.conf nobody is asked'},
  {what: 'files alone are not asked', sources: 'files systemd'},
  {what: 'compat is of files', sources: 'compat'},
  {what: 'sss of a Red Hat without a domain is not asked', sources: 'sss files'},
  {what: 'a comment names no source', sources: 'files # ldap'},
  {what: 'sss knows the account', sources: 'files sss', files: sssd, output: found, finds: true},
  {what: 'sss does not run yet', sources: 'files sss', files: sssd, output: '', doubts: ['sss']},
  {what: 'sss runs and does not know it', sources: 'files sss', files: {...sssd, ...isUp}, output: ''},
  {
    what: 'a domain writes names its own way',
    sources: 'winbind',
    output: found.replace('joe', 'JOE'),
    finds: true,
  },
  {what: 'an action is no source', sources: 'files [NOTFOUND=return] extrausers', output: ''},
  {what: 'one that hangs', sources: 'files ldap', output: '', ended: 'timed out', doubts: ['ldap']},
  {
    what: 'one that runs and hangs',
    sources: 'sss',
    files: {...sssd, ...isUp},
    output: '',
    ended: 'timed out',
    doubts: ['sss'],
  },
  {what: 'no getent', sources: 'altfiles', output: '', ended: 'not started', doubts: ['altfiles']},
]

for (const {what, sources, files = {}, output, ended = 'exited', finds = false, doubts} of cases) {
  test(what, async t => {
    const nsswitch = sources === undefined ? {} : {'etc/nsswitch.conf': `group: ldap\npasswd:   ${sources}\n`}
    const {system, asked} = makeSystem(t, {...files, ...nsswitch}, {ended, output: output ?? ''})
    const answer = await askNameService(system, ['root', 'joe'])
    assert.deepEqual(asked, output === undefined ? [] : [['getent', 'passwd', 'joe']])
    const account = {
      name: 'joe',
      uid: 70001,
      gid: 70001,
      home: '/home/joe',
      shell: '/bin/sh',
      isElsewhere: true,
    }
    assert.deepEqual(answer.accounts, finds ? [account] : [])
    assert.deepEqual(readAccount(system, 'joe'), finds ? account : undefined)
    const unasked = doubts && [{name: 'joe', sources: doubts, homeOwner: undefined}]
    assert.deepEqual(answer.unasked, unasked ?? [])
  })
}

test('a home of nobody here tells of an account elsewhere', async t => {
  if (!requireRoot(t)) return
  const files = {...sssd, 'etc/nsswitch.conf': 'passwd: sss\n', 'home/joe/file': '', 'home/ann/file': ''}
  const {system} = makeSystem(t, files, {ended: 'exited', output: ''})
  chownSync(join(system.files.root, 'home/joe'), 70001, 70001)
  const {unasked} = await askNameService(system, ['joe', 'ann'])
  assert.deepEqual(
    unasked.map(({name, homeOwner}) => [name, homeOwner]),
    [
      ['joe', 70001],
      ['ann', undefined],
    ],
  )
})

/** A running guest in a directory, whose getent answers as told. */
function makeSystem(
  t: TestContext,
  files: Record<string, string>,
  answer: Pick<CommandResult, 'ended' | 'output'>,
): {system: System; asked: (readonly string[])[]} {
  const asked: (readonly string[])[] = []
  const directory = makeDirectory(t, {'etc/passwd': passwd, ...files})
  const run: System['run'] = async ({argv}) => {
    asked.push(argv)
    return {...answer, exitCode: answer.output === '' ? 2 : 0}
  }
  return {system: {...openSystem(directory), live: true, run}, asked}
}
