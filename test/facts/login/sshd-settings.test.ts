// Which AuthorizedKeysFile holds. The answers are those of `sshd -T -C user=joe,…` (test/guests/ssh.test.ts asks it).

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readSshd} from '../../../src/facts/login/sshd.ts'
import {readSshdConfig} from '../../../src/facts/login/sshd-config.ts'
import {findSetting, isForOne} from '../../../src/facts/login/sshd-settings.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {keysFileCases} from './sshd-cases.ts'

const main = 'etc/ssh/sshd_config'

for (const {what, files, paths, isDoubtful = false} of keysFileCases) {
  test(what, t => {
    const settings = readSshdConfig(openSystem(makeDirectory(t, files)))
    const user = {name: 'joe', groups: ['joe', 'wheel']}
    const {setting, rivals} = findSetting(settings, 'authorizedkeysfile', user)
    assert.deepEqual(setting?.words ?? ['.ssh/authorized_keys', '.ssh/authorized_keys2'], paths)
    assert.equal(rivals.length > 0, isDoubtful)
  })
}

test('files that include each other end', t => {
  const root = makeDirectory(t, {[main]: 'Include sshd_config\nAuthorizedKeysFile keys\n'})
  const settings = readSshdConfig(openSystem(root))
  assert.deepEqual(settings[0]?.words, ['keys'])
})

test('files that each include all the others end, too', t => {
  const files = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map(name => [`etc/ssh/all/${name}`, 'Include all/*\nAuthorizedKeysFile keys\n']),
  )
  const settings = readSshdConfig(openSystem(makeDirectory(t, {...files, [main]: 'Include all/*\n'})))
  assert.ok(settings.length < 1000 && settings[0]?.words[0] === 'keys')
})

test('a setting is known by its file and line', t => {
  const files = {[main]: '\nInclude a\n', 'etc/ssh/a': '# x\n\nAuthorizedKeysFile keys\n'}
  const [setting] = readSshdConfig(openSystem(makeDirectory(t, files)))
  assert.deepEqual([setting?.file, setting?.line], ['/etc/ssh/a', 3])
})

test('the groups of an account that is yet to be made are not known', t => {
  const root = makeDirectory(t, {[main]: 'Match Group wheel\nAuthorizedKeysFile keys\n'})
  const {setting, rivals} = findSetting(readSshdConfig(openSystem(root)), 'authorizedkeysfile', {name: 'joe'})
  assert.deepEqual([setting, rivals.length], [undefined, 1])
})

for (const [words, expected] of [
  [['User', 'joe'], true],
  [['User', 'joe,ann'], false],
  [['User', 'j*'], false],
  [['Group', 'joe'], false],
] as const) {
  test(`Match ${words.join(' ')} is ${expected ? '' : 'not '}for joe alone`, () => {
    const setting = {keyword: '', words: [], conditions: [words], file: '', line: 1}
    assert.equal(isForOne(setting, 'joe'), expected)
  })
}

const hostKeys: [what: string, config: string | undefined, paths: string[]][] = [
  [
    'without HostKey those that sshd looks for',
    '',
    ['rsa', 'ecdsa', 'ed25519'].map(type => `/etc/ssh/ssh_host_${type}_key`),
  ],
  ['every HostKey counts, not the first', 'HostKey /a\nhostkey=/b\n', ['/a', '/b']],
  [
    'a path that is not absolute is none we know',
    'HostKey none\n',
    ['rsa', 'ecdsa', 'ed25519'].map(type => `/etc/ssh/ssh_host_${type}_key`),
  ],
]

for (const [what, config, paths] of hostKeys) {
  test(`host keys: ${what}`, t => {
    const root = makeDirectory(t, {'usr/sbin/sshd': '', [main]: config ?? '', b: 'key', a: ''})
    const {server, hostKeys} = readSshd(openSystem(root), false)
    assert.equal(server, 'openssh')
    assert.deepEqual(
      hostKeys,
      paths.map(path => ({path, isThere: path === '/b'})),
    )
  })
}

test('where no server is installed nothing is read', t => {
  const root = makeDirectory(t, {[main]: 'HostKey /a\n'})
  assert.deepEqual(readSshd(openSystem(root), false).settings, [])
})
