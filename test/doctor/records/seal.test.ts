// A machine whose image was made of another one, and not sealed.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {prepareExam} from '../../../src/doctor/examine.ts'
import {sealCheck} from '../../../src/doctor/records/seal.ts'
import {weighProblem} from '../../../src/problem.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeGuest, skipWithoutRoot} from '../broken-guest.ts'

const uuid = (digit: string) => `${digit.repeat(8)}-1111-2222-3333-444444444444`
const own = '0123456789abcdef0123456789abcdef'

test('what was done once was done for another machine', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put('sys/class/dmi/id/product_uuid', `${uuid('b')}\n`)
  const tree = openSystem(guest.root)
  const request = {stages: [], overrides: [], waitsForNics: false, force: false}
  const exam = await prepareExam(tree, request, true)
  await exam.release()
  const look = async (mark: string) => {
    exam.prepared.manifest.once['start-script'] = mark
    const {problems} = await sealCheck.examine({...exam, system: {...tree, live: true}})
    return problems.map(problem => `${weighProblem(problem)}: ${problem.message}`)
  }
  assert.deepEqual(await look(`uuid=${uuid('b')} machine-id=${own} text=1`), [])
  const [sameId, records] = await look(`uuid=${uuid('a')} machine-id=${own} text=1`)
  assert.match(sameId!, /^failure: this machine has the machine-id of another one/)
  assert.match(records!, /^warning: the records are of another machine/)
  const another = await look(`uuid=${uuid('a')} machine-id=${'f'.repeat(32)} text=1`)
  assert.equal(another.length, 1)
  assert.match(another[0]!, /^warning: the records are of another machine/)
})

test('host keys that others may read, and an id of D-Bus that is another', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  await guest.boot()
  guest.put('etc/ssh/ssh_host_ed25519_key', 'a host key\n')
  guest.put('var/lib/dbus/machine-id', `${'f'.repeat(32)}\n`)
  const tree = openSystem(guest.root)
  const exam = await prepareExam(tree, {stages: [], overrides: [], waitsForNics: false, force: false}, true)
  await exam.release()
  const {problems} = await sealCheck.examine({...exam, system: {...tree, live: true}})
  assert.deepEqual(
    problems.map(({file}) => file),
    ['/var/lib/dbus/machine-id', '/etc/ssh/ssh_host_ed25519_key'],
  )
  assert.equal(problems[1]!.cure, 'chmod 0600 /etc/ssh/ssh_host_ed25519_key, then start sshd anew')
})
