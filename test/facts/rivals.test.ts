// What else configures a guest.

import assert from 'node:assert/strict'
import {linkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {findRivals} from '../../src/facts/rivals.ts'
import {openSystem} from '../../src/system/system.ts'
import {plant, putFile} from '../image/install/tree.ts'

test('the hard link of the manual starts the script of 2.2 when another one has its place', t => {
  const root = plant(t, {'etc/rc2.d/S20ssh': '', 'etc/init.d/vmcontext.sh': '#!/bin/sh\nmac2ip() { :; }\n'})
  linkSync(join(root, 'etc/init.d/vmcontext.sh'), join(root, 'etc/rc2.d/S01vmcontext.sh'))
  putFile(root, 'etc/init.d/new', '#!/bin/sh\n# ours\n')
  const system = openSystem(root)
  system.files.rename('/etc/init.d/new', '/etc/init.d/vmcontext.sh')
  const [problem, ...others] = findRivals(system, new Set())
  assert.match(problem!.message, /^\/etc\/rc2\.d\/S01vmcontext\.sh is the script of OpenNebula 2\.2/)
  assert.deepEqual(others, [])
})
