// Links on the way to a mount point: whose they could be.

import assert from 'node:assert/strict'
import {chmodSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {isLedAstray} from '../../../src/facts/storage/shares.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const cases: [point: string, isAstray: boolean][] = [
  ['/srv/plain', false],
  ['/srv/missing/below', false],
  ['/open/plain', false],
  ['/srv/to-open', false],
  ['/open/to-srv', true],
  ['/open/to-srv/below', true],
  // A link of root's to one of somebody else's.
  ['/srv/to-link', true],
  ['/srv/circle', true],
]

for (const [point, isAstray] of cases) {
  test(`${point} ${isAstray ? 'may lead astray' : 'is what root made it'}`, t => {
    const root = makeDirectory(t, {'srv/plain/.keep': '', 'open/plain/.keep': ''})
    chmodSync(join(root, 'srv'), 0o755)
    const links = {
      'srv/to-open': '/open/plain',
      'open/to-srv': '../srv/plain',
      'srv/to-link': '/open/to-srv',
      'srv/circle': 'circle',
    }
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path))
    chmodSync(join(root, 'open'), 0o777)
    assert.equal(isLedAstray(openSystem(root), point), isAstray)
  })
}
