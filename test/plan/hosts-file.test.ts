import assert from 'node:assert/strict'
import {test} from 'node:test'
import {editHosts, type HostsEntry} from '../../src/plan/hosts-file.ts'

const web: HostsEntry = {address: '127.0.1.1', names: ['web.example.org', 'web']}
const behindLocalhost: HostsEntry = {address: '127.0.0.1', names: ['web'], after: ['localhost']}
const line = '127.0.1.1\tweb.example.org web'

const cases: [what: string, before: string, entry: HostsEntry, after: string][] = [
  [
    'a line comes behind localhost',
    '127.0.0.1 localhost\n::1 ip6\n',
    web,
    `127.0.0.1 localhost\n${line}\n::1 ip6\n`,
  ],
  ['an empty file gets the line', '', web, `${line}\n`],
  ['names of the address stay behind ours', '127.0.1.1 debian old # x\n', web, `${line} debian old # x\n`],
  [
    'a line that has our names already stays',
    '127.0.1.1  web.example.org   web #ok\n',
    web,
    '127.0.1.1  web.example.org   web #ok\n',
  ],
  ['a comment with the address is none', '#127.0.1.1 x\n', web, `${line}\n#127.0.1.1 x\n`],
  [
    'localhost stays the first name',
    '127.0.0.1\tlocalhost box\n',
    behindLocalhost,
    '127.0.0.1\tlocalhost web box\n',
  ],
  [
    'localhost is kept even if it was not first',
    '127.0.0.1 box localhost\n',
    behindLocalhost,
    '127.0.0.1\tlocalhost web box\n',
  ],
]

for (const [what, before, entry, after] of cases) {
  test(what, () => {
    const {text, hosts} = editHosts(before, entry)
    assert.equal(text, after)
    assert.equal(editHosts(text, entry, [hosts]).text, after, 'a second edit changes nothing')
  })
}

test('another name replaces ours, and what stood there before is not lost', () => {
  const first = editHosts('127.0.0.1 localhost\n127.0.1.1 debian\n', web)
  const second = editHosts(first.text, {address: '127.0.1.1', names: ['mail']}, [first.hosts])
  assert.equal(second.text, '127.0.0.1 localhost\n127.0.1.1\tmail debian\n')
})

test('a line that was ours alone goes when the address is another', () => {
  const first = editHosts('127.0.0.1 localhost\n', {address: '10.0.0.5', names: ['web']})
  const second = editHosts(first.text, {address: '10.0.0.6', names: ['web']}, [first.hosts])
  assert.equal(second.text, '127.0.0.1 localhost\n10.0.0.6\tweb\n')
})

test('a run that was killed before it wrote leaves no name behind', () => {
  const first = editHosts('127.0.1.1 debian\n', web)
  const mail = {address: '127.0.1.1', names: ['mail']}
  const planned = editHosts(first.text, mail, [first.hosts])
  const again = editHosts(first.text, mail, [planned.hosts, first.hosts])
  assert.equal(again.text, '127.0.1.1\tmail debian\n')
})
