// NETCFG_TYPE: which of several ways to write the network is taken.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {chooseDialect, listDialects} from '../../../src/facts/network/dialect-in-charge.ts'
import {type ManagerName, nobody} from '../../../src/facts/network/network-managers.ts'
import {parseOsRelease} from '../../../src/facts/operating-system.ts'

const debian = parseOsRelease('ID=debian\nVERSION_ID=12\n')
const suse = parseOsRelease('ID=opensuse-leap\nID_LIKE=suse\nVERSION_ID=15.6\n')

const cases: [
  what: string,
  os: typeof debian,
  here: ManagerName[],
  forced: string | undefined,
  expected: string,
][] = [
  ['who is in charge', debian, ['ifupdown'], undefined, 'interfaces'],
  ['the one that is named', debian, ['ifupdown', 'netplan'], 'netplan', 'netplan'],
  ['by another name', debian, ['ifupdown', 'networkmanager'], 'NetworkManager', 'nm'],
  ['of a list the first that is here', debian, ['ifupdown'], 'netplan nm interfaces', 'interfaces'],
  ['if none is, the first', debian, ['ifupdown'], 'netplan,nm', 'netplan'],
  ['names that nobody knows are passed over', debian, ['ifupdown', 'netplan'], 'bsd netplan', 'netplan'],
  ['and if there is no other, who is in charge', debian, ['ifupdown'], 'bsd', 'interfaces'],
  ['scripts are those of the family', suse, ['suse'], 'scripts', 'suse'],
  ['none', debian, ['ifupdown'], 'none', 'nobody'],
]

for (const [what, os, here, forced, expected] of cases) {
  test(`${what}: ${forced ?? 'nothing'} with ${here.join(' and ')}`, () => {
    const states = {...nobody, ...Object.fromEntries(here.map(name => [name, 'enabled' as const]))}
    const {dialect, isLeftAlone} = chooseDialect(here[0], os, forced, listDialects(states, os))
    assert.equal(isLeftAlone ? 'nobody' : dialect?.name, expected)
  })
}
