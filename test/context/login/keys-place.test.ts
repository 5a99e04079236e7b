import assert from 'node:assert/strict'
import {test} from 'node:test'
import {chooseKeysPlace, refuseKeysFiles} from '../../../src/context/login/keys-place.ts'

const joe = {name: 'joe', uid: 1000, home: '/home/joe'}

const cases: [paths: string, place: string | undefined, owner?: Partial<typeof joe>][] = [
  ['.ssh/authorized_keys .ssh/authorized_keys2', '.ssh/authorized_keys'],
  ['%h/.ssh/keys', '.ssh/keys'],
  ['/home/%u/.ssh/keys', '.ssh/keys'],
  ['/home/%u/.ssh/keys', '/home/joe/.ssh/keys', {home: '/srv/joe'}],
  ['/etc/ssh/keys/%u', '/etc/ssh/keys/joe'],
  ['/etc/ssh/keys/%U', '/etc/ssh/keys/1000'],
  ['/etc/ssh/keys/%u .config/keys', '.config/keys'],
  ['/etc/ssh/shared /etc/ssh/keys/%u', '/etc/ssh/keys/joe'],
  ['./.ssh//keys', '.ssh/keys'],
  ['%h/.ssh/keys', '.ssh/keys', {home: '/home/joe/'}],
  ['/keys/%u', '/keys/joe', {home: '/'}],
  ['keys-100%%', 'keys-100%'],
  ['none', undefined],
  ['None', undefined],
  ['/etc/ssh/shared', undefined],
  ['/home/joe/.ssh/authorized_keys', undefined],
  ['/etc/ssh/100%%u', undefined],
  ['../keys', undefined],
  ['%h/../keys', undefined],
  ['/etc/ssh/%x/%u', undefined],
]

for (const [paths, place, owner = {}] of cases) {
  test(`${paths} is ${place ?? 'refused'}`, () => {
    const files = {paths: paths.split(' '), isForOne: false}
    assert.equal(chooseKeysPlace(files, {...joe, ...owner}), place)
    assert.equal(refuseKeysFiles(files) === undefined, place !== undefined)
  })
}

test('below Match User joe a path need not name the user', () =>
  assert.equal(chooseKeysPlace({paths: ['/etc/ssh/admin'], isForOne: true}, joe), '/etc/ssh/admin'))
