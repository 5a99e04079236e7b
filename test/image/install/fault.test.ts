// A fault at each deed in turn: every time the tree is byte for byte what it was before.

import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {test} from 'node:test'
import {findAgentProgram} from '../../../src/image/install/agent-program.ts'
import {readInitSystem} from '../../../src/image/install/init-system.ts'
import {payload} from '../../../src/image/install/payload.ts'
import {planInstall} from '../../../src/image/install/plan.ts'
import {performDeeds} from '../../../src/image/perform.ts'
import {SystemError} from '../../../src/system/errors.ts'
import type {Files} from '../../../src/system/files.ts'
import {openSystem, type System} from '../../../src/system/system.ts'
import {libraries, listTree, makeAgent, plant, runInstall} from './tree.ts'

// Every change is made durable, which takes its time on a disk.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm'

const sysv = {
  ...libraries,
  'etc/hostname': 'image\n',
  'sbin/init': '',
  'sbin/insserv': '',
  'etc/insserv.conf': '$local_fs +mountall\n',
  'etc/init.d/mountall.sh': '### BEGIN INIT INFO\n# Provides: mountall\n### END INIT INFO\n',
  'etc/init.d/networking': '### BEGIN INIT INFO\n# Provides: networking\n### END INIT INFO\n',
  'etc/init.d/vmcontext.sh': 'the one of 2.2\n',
  'etc/init.d/.depend.boot': 'TARGETS = mountall.sh networking\nINTERACTIVE =\nnetworking: mountall.sh\n',
  'etc/init.d/.depend.start': 'TARGETS = ssh\nINTERACTIVE =\n',
  'etc/rcS.d/S01mountall.sh': '->../init.d/mountall.sh',
  'etc/rcS.d/S02networking': '->../init.d/networking',
  'etc/rc3.d/S01ssh': '->../init.d/ssh',
  'etc/mdev.conf': 'null root:root 666\n',
}

/** A system whose n-th change fails before it is made, or right behind it. */
function failAt(system: System, at: number, when: 'before' | 'behind'): System {
  let count = 0
  const hasFailed = () => count > at
  const wrap = <A extends unknown[]>(change: (...args: A) => void) => {
    return (...args: A) => {
      // What is taken back is not to fail as well.
      const fails = !hasFailed() && count === at
      count += 1
      if (fails && when === 'before') throw new SystemError('go on', new Error('a fault'))
      change(...args)
      if (fails) throw new SystemError('go on', new Error('a fault'))
    }
  }
  const {write, link, remove, makeDirectory} = system.files
  const changes = {
    write: wrap(write),
    link: wrap(link),
    remove: wrap(remove),
    makeDirectory: wrap(makeDirectory),
  }
  return {...system, files: {...system.files, ...changes} as Files}
}

for (const when of ['before', 'behind'] as const) {
  for (const state of ['first', 'upgrade'] as const) {
    test(`a fault ${when} each change, ${state}`, async t => {
      const root = plant(t, sysv)
      if (state === 'upgrade') await runInstall(root, [], {agent: makeAgent(t)})
      const before = listTree(root)
      const system = openSystem(root)
      const program = findAgentProgram(undefined, makeAgent(t, 'later'))
      const request = {agent: 'vmcontext 2.0.0', payload, program, takesOver: false}
      const plan = planInstall(system, readInitSystem(system), request)
      let at = 0
      for (; ; at += 1) {
        const {problems} = await performDeeds(failAt(system, at, when), plan.deeds, {mode: 'all'})
        if (problems.length === 0) break
        assert.match(problems[0]!.message, /a fault/)
        assert.equal(problems.length, 1, JSON.stringify(problems))
        assert.equal(listTree(root), before, `fault ${at}`)
      }
      assert.ok(at >= (state === 'first' ? 20 : 2), `${at} faults`)
      assert.notEqual(listTree(root), before)
      assert.doesNotMatch(listTree(root), /vmcontext-(old|new)/)
    })
  }
}
