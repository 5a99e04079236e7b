import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {
  completeAccount,
  completeHome,
  enterHash,
  writeAccount,
} from '../../../src/apply/login/account-files.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'

const root = {
  'etc/login.defs': 'USERGROUPS_ENAB yes\nPASS_MAX_DAYS\t99999\nPASS_MIN_DAYS\t0\nPASS_WARN_AGE\t7\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  'etc/group': 'root:x:0:\n',
  'etc/shadow': 'root:*:19000:0:99999:7:::\n',
}
const today = Math.floor(Date.now() / 86_400_000)
const shadow = `joe:*:${today}:0:99999:7:::\n`

type Case = {
  what: string
  files: Record<string, string>
  group?: string
  passwd: string
  groupLine?: string
  shadow?: string
}

const cases: Case[] = [
  {
    what: 'gets a group of its own',
    files: root,
    passwd: 'joe:x:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:!:1000:\n',
    shadow,
  },
  {
    what: 'gets a number that neither an account nor a group has',
    files: {
      ...root,
      'etc/passwd': `${root['etc/passwd']}ann:x:1000:100::/home/ann:/bin/sh\n`,
      'etc/group': `${root['etc/group']}staff:x:1001:ann\n`,
    },
    passwd: 'joe:x:1002:1002::/home/joe:/bin/sh\n',
    groupLine: 'joe:!:1002:\n',
    shadow,
  },
  {
    what: 'joins a group of its name',
    files: {...root, 'etc/group': `${root['etc/group']}joe:x:77:\n`},
    group: 'joe',
    passwd: 'joe:x:1000:77::/home/joe:/bin/sh\n',
    shadow,
  },
  {
    what: 'has the number of the group that a killed run made for it',
    files: {...root, 'etc/group': `${root['etc/group']}staff:x:1000:\njoe:!:1001:\n`},
    group: 'joe',
    passwd: 'joe:x:1001:1001::/home/joe:/bin/sh\n',
    shadow,
  },
  {
    what: 'has its password in passwd where there is no shadow',
    files: {'etc/passwd': root['etc/passwd'], 'etc/group': root['etc/group']},
    passwd: 'joe:*:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:!:1000:\n',
  },
  {
    what: 'does not stick to a last line without an end',
    files: {...root, 'etc/passwd': root['etc/passwd'].trimEnd()},
    passwd: 'joe:x:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:!:1000:\n',
    shadow,
  },
  {
    what: 'is completed where a run was killed half-way',
    files: {...root, 'etc/shadow': `${root['etc/shadow']}joe:*:1:0:99999:7:::\n`},
    passwd: 'joe:x:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:!:1000:\n',
    shadow,
  },
]

for (const {what, files, group, passwd, groupLine = '', shadow = ''} of cases) {
  test(`an account ${what}`, t => {
    if (!requireRoot(t)) return
    const directory = makeDirectory(t, files)
    writeAccount(openSystem(directory), {kind: 'create-account', name: 'joe', shell: '/bin/sh', group})
    const added = (path: string) => readAdded(directory, path, files[path])
    assert.deepEqual([added('etc/passwd'), added('etc/group')], [passwd, groupLine])
    if ('etc/shadow' in files) {
      const lines = readFileSync(join(directory, 'etc/shadow'), 'utf8')
      assert.equal(lines, root['etc/shadow'] + shadow)
    }
    const [, , uid, gid] = passwd.split(':').map(Number)
    const home = statSync(join(directory, 'home/joe'))
    assert.deepEqual([home.uid, home.gid, home.mode & 0o7777], [uid, gid, 0o755])
  })
}

/** What stands behind the text that was there before. */
function readAdded(directory: string, path: string, before = ''): string {
  const text = readFileSync(join(directory, path), 'utf8')
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`
  assert.ok(text.startsWith(start))
  return text.slice(start.length)
}

test('a locked account is opened, and no other', t => {
  const lines = 'ann:!:1::::::\njoe:!:1::::::\njoey:!:1::::::\n'
  const directory = unlocked(t, lines)
  assert.equal(directory, 'ann:!:1::::::\njoe:*:1::::::\njoey:!:1::::::\n')
})

test('an account that has a password keeps it', t => {
  const lines = 'joe:!$6$abc:1::::::\n'
  assert.equal(unlocked(t, lines), lines)
})

function unlocked(t: TestContext, lines: string): string {
  const directory = makeDirectory(t, {'etc/shadow': lines, 'home/joe/.profile': ''})
  completeAccount(openSystem(directory), {...joe, uid: 0, gid: 0})
  return readFileSync(join(directory, 'etc/shadow'), 'utf8')
}

const joe = {name: 'joe', uid: 1000, gid: 1000, home: '/home/joe', shell: '/bin/sh'}
const line = 'joe:x:1000:1000::/home/joe:/bin/sh\n'

for (const [what, files] of [
  ['everything but passwd', {}],
  ['a home', {'etc/group': 'root:x:0:\njoe:!:1000:\n', 'etc/shadow': `${root['etc/shadow']}${shadow}`}],
  ['shadow', {'etc/group': 'root:x:0:\njoe:!:1000:\n'}],
] as const) {
  test(`an account whose maker was killed gets ${what}, once`, t => {
    if (!requireRoot(t)) return
    const passwd = root['etc/passwd'] + line
    const directory = makeDirectory(t, {
      ...root,
      'etc/skel/.profile': 'umask 022\n',
      ...files,
      'etc/passwd': passwd,
    })
    const system = openSystem(directory)
    assert.ok(completeAccount(system, joe, {isTrial: true}))
    assert.deepEqual(readdirSync(directory).sort(), ['etc'])
    assert.ok(completeAccount(system, joe))
    assert.ok(!completeAccount(system, joe))
    const text = (name: string) => readFileSync(join(directory, 'etc', name), 'utf8')
    assert.deepEqual(
      [text('passwd'), text('group'), text('shadow')],
      [passwd, 'root:x:0:\njoe:!:1000:\n', `${root['etc/shadow']}${shadow}`],
    )
    const home = statSync(join(directory, 'home/joe'))
    assert.deepEqual([home.uid, home.gid], [1000, 1000])
    assert.equal(statSync(join(directory, 'home/joe/.profile')).uid, 1000)
  })
}

test('a group of a guest with gshadow has its entry there', t => {
  if (!requireRoot(t)) return
  const directory = makeDirectory(t, {...root, 'etc/gshadow': 'root:*::\n'})
  writeAccount(openSystem(directory), {kind: 'create-account', name: 'joe', shell: '/bin/sh'})
  const read = (name: string) => readFileSync(join(directory, 'etc', name), 'utf8')
  assert.deepEqual([read('group'), read('gshadow')], ['root:x:0:\njoe:x:1000:\n', 'root:*::\njoe:!::\n'])
})

test("a home gets what /etc/skel has, as its owner's, and one of somebody else is left alone", t => {
  if (!requireRoot(t)) return
  const directory = makeDirectory(t, {
    ...root,
    'etc/skel/.profile': 'umask 022\n',
    'etc/skel/bin/tool': '#!/bin/sh\n',
    'home/ann/own': '',
  })
  chmodSync(join(directory, 'etc/skel/bin/tool'), 0o755)
  symlinkSync('bin', join(directory, 'etc/skel/link'))
  chownSync(join(directory, 'home/ann'), 70001, 70001)
  const system = openSystem(directory)
  for (const name of ['joe', 'ann']) writeAccount(system, {kind: 'create-account', name, shell: '/bin/sh'})
  assert.deepEqual(readdirSync(join(directory, 'home/joe')), ['.profile', 'bin', 'link'])
  assert.equal(readlinkSync(join(directory, 'home/joe/link')), 'bin')
  for (const path of ['', '.profile', 'bin', 'bin/tool', 'link'])
    assert.equal(lstatSync(join(directory, 'home/joe', path)).uid, 1000, path)
  assert.equal(statSync(join(directory, 'home/joe/bin/tool')).mode & 0o777, 0o755)
  assert.deepEqual(readdirSync(join(directory, 'home/ann')), ['own'])
  assert.equal(statSync(join(directory, 'home/ann')).uid, 70001)
})

const hash = '$1$saltsalt$9xy1btjgzLYfb7hivXtC//'
type HashCase = [
  what: string,
  passwd: string,
  shadow: string | undefined,
  newPasswd: string,
  newShadow?: string,
]

const hashCases: HashCase[] = [
  [
    'goes into shadow, and nothing else changes',
    'joe:x:1:1::/:/bin/sh',
    'joey:*:1:0:99999:7:::\njoe:*:1:0:99999:7::30000:\n',
    'joe:x:1:1::/:/bin/sh',
    `joey:*:1:0:99999:7:::\njoe:${hash}:${today}:0:99999:7::30000:\n`,
  ],
  [
    'gets its line in shadow where that is missing',
    'joe:x:1:1::/:/bin/sh',
    'ann:*:1:0:99999:7:::\n',
    'joe:x:1:1::/:/bin/sh',
    `ann:*:1:0:99999:7:::\njoe:${hash}:${today}::::::\n`,
  ],
  [
    'goes into passwd where there is no shadow',
    'joe:*:1:1::/:/bin/sh',
    undefined,
    `joe:${hash}:1:1::/:/bin/sh`,
  ],
  [
    'goes into passwd where the account has its own there',
    'joe:*:1:1::/:/bin/sh',
    'ann:*:1:0:99999:7:::\n',
    `joe:${hash}:1:1::/:/bin/sh`,
    'ann:*:1:0:99999:7:::\n',
  ],
]

for (const [what, passwd, shadow, newPasswd, newShadow] of hashCases) {
  test(`a hash ${what}`, t => {
    const files = {'etc/passwd': passwd, ...(shadow === undefined ? {} : {'etc/shadow': shadow})}
    const directory = makeDirectory(t, files)
    enterHash(openSystem(directory), 'joe', hash)
    assert.equal(readFileSync(join(directory, 'etc/passwd'), 'utf8'), newPasswd)
    if (newShadow !== undefined) assert.equal(readFileSync(join(directory, 'etc/shadow'), 'utf8'), newShadow)
  })
}

test('a group that useradd made and did not enter into gshadow is entered', t => {
  const files = {'etc/passwd': line, 'etc/group': 'joe:x:1000:\n', 'etc/gshadow': 'root:*::\n'}
  const directory = makeDirectory(t, {...files, 'home/joe/.profile': ''})
  const system = openSystem(directory)
  completeAccount(system, {...joe, uid: 0, gid: 0})
  assert.equal(readFileSync(join(directory, 'etc/gshadow'), 'utf8'), 'root:*::\njoe:!::\n')
})

test('a home gets what useradd did not come to copy, and nothing of its user is touched', t => {
  const skeleton = {
    'etc/skel/.profile': 'umask 022\n',
    'etc/skel/.bashrc': 'PS1=x\n',
    'etc/skel/.exrc': 'set\n',
  }
  const files = {'home/joe/.bashrc': 'PS1', 'home/joe/.exrc': 'mine'}
  const directory = makeDirectory(t, {...skeleton, ...files})
  const {uid, gid} = statSync(join(directory, 'home/joe'))
  const system = openSystem(directory)
  const account = {...joe, uid, gid}
  assert.ok(completeHome(system, account, {isTrial: true}))
  assert.ok(completeHome(system, account))
  assert.ok(!completeHome(system, account))
  const text = (name: string) => readFileSync(join(directory, 'home/joe', name), 'utf8')
  assert.deepEqual(['.bashrc', '.exrc', '.profile'].map(text), ['PS1=x\n', 'mine', 'umask 022\n'])
})

test('a home that useradd gave away and did not open yet is opened, and what in it is still root’s replaced', t => {
  if (!requireRoot(t)) return
  const directory = makeDirectory(t, {
    'etc/login.defs': 'HOME_MODE 0750\n',
    'etc/skel/.profile': 'umask 022\n',
    'home/joe/.profile': '',
  })
  for (const path of ['', 'etc', 'etc/skel', 'home']) chmodSync(join(directory, path), 0o755)
  const at = (name: string) => join(directory, 'home/joe', name)
  chownSync(at(''), joe.uid, joe.gid)
  chmodSync(at(''), 0)
  chmodSync(at('.profile'), 0o600)
  const system = openSystem(directory)
  assert.ok(completeHome(system, joe, {isTrial: true}))
  assert.ok(completeHome(system, joe))
  assert.ok(!completeHome(system, joe))
  assert.equal(statSync(at('')).mode & 0o7777, 0o750)
  assert.equal(readFileSync(at('.profile'), 'utf8'), 'umask 022\n')
  assert.equal(statSync(at('.profile')).uid, joe.uid)
})

test('a home that useradd made and did not give away yet is opened, filled and given away', t => {
  if (!requireRoot(t)) return
  const directory = makeDirectory(t, {
    ...root,
    'etc/passwd': line,
    'etc/login.defs': 'HOME_MODE 0750\n',
    'etc/skel/.profile': 'umask 022\n',
    'home/joe/.profile': '',
  })
  const home = join(directory, 'home/joe')
  chmodSync(home, 0)
  completeAccount(openSystem(directory), joe)
  const {mode, uid} = statSync(home)
  assert.deepEqual([mode & 0o7777, uid], [0o750, joe.uid])
  assert.equal(readFileSync(join(home, '.profile'), 'utf8'), 'umask 022\n')
})

test('a link that a user has put in its home is not written through', t => {
  const directory = makeDirectory(t, {'etc/skel/.profile': 'umask 022\n', 'home/joe/x': '', secret: ''})
  symlinkSync('../../secret', join(directory, 'home/joe/.profile'))
  const {uid, gid} = statSync(join(directory, 'home/joe'))
  assert.ok(!completeHome(openSystem(directory), {...joe, uid, gid}))
  assert.equal(readFileSync(join(directory, 'secret'), 'utf8'), '')
})
