// What all dialects have in common.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {dialects} from '../../src/network/dialects.ts'
import {apply, define, guest, nic} from './samples.ts'

const nics = [
  nic('eth0 192.168.0.5/24 10.7.7.7/16 via 192.168.0.1'),
  nic('eth1 10.0.0.5/8'),
  nic('ens3 172.16.0.5/32 via 100.64.0.1 onlink metric 101'),
]

for (const dialect of dialects) {
  describe(dialect.title, () => {
    test('a second run changes nothing', () => {
      const rendering = dialect.render(define(...nics), guest(apply(dialect, nics, {})))
      assert.deepEqual(rendering, {files: [], problems: [], changed: [], restored: []})
    })
    test('it asks for every file that it writes', () => {
      const patterns = dialect
        .sources(new Map())
        .map(pattern => new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`))
      for (const path of Object.keys(apply(dialect, nics, {}))) {
        assert.ok(
          patterns.some(pattern => pattern.test(path)),
          path,
        )
      }
    })
    test('a NIC is rendered alone as among others', () => {
      const before = apply(dialect, nics, {})
      for (const one of nics) assert.deepEqual(dialect.render(define(one), guest(before)).files, [])
    })
  })
}
