import assert from 'node:assert/strict'
import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {unlockAccount, writeAccount} from '../../src/apply/account-files.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

const root = {
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
    groupLine: 'joe:x:1000:\n',
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
    groupLine: 'joe:x:1002:\n',
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
    what: 'has its password in passwd where there is no shadow',
    files: {'etc/passwd': root['etc/passwd'], 'etc/group': root['etc/group']},
    passwd: 'joe:*:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:x:1000:\n',
  },
  {
    what: 'does not stick to a last line without an end',
    files: {...root, 'etc/passwd': root['etc/passwd'].trimEnd()},
    passwd: 'joe:x:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:x:1000:\n',
    shadow,
  },
  {
    what: 'is completed where a run was killed half-way',
    files: {...root, 'etc/shadow': `${root['etc/shadow']}joe:*:1:0:99999:7:::\n`},
    passwd: 'joe:x:1000:1000::/home/joe:/bin/sh\n',
    groupLine: 'joe:x:1000:\n',
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
  const directory = makeDirectory(t, {'etc/shadow': lines})
  unlockAccount(openSystem(directory), 'joe')
  return readFileSync(join(directory, 'etc/shadow'), 'utf8')
}
