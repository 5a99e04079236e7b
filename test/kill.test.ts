// Killed between any two deeds, a run leaves every file whole, and the next run ends where an undisturbed one does.
// A deed is a system call that changes something (campaign/crash/changes.py). The context asks for all that is done on
// a root that does not run; a live guest is in test/campaign/crash.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import {describeChange, followChanges} from './campaign/crash/follow.ts'
import {choosePoints} from './campaign/crash/points.ts'
import {bootCommand, layOutGuest, readLeft, runToEnd} from './campaign/faults/root-guest.ts'
import {findHalfWritten} from './campaign/faults/verdict.ts'
import {rounds, tried} from './campaign/rounds.ts'
import {chooseSeed, Random} from './random.ts'
import {makeDirectory} from './temporary.ts'
import {requireBinary, requireFollower, requireRoot} from './tools.ts'
import {readTree} from './tree.ts'

const seed = chooseSeed()

test(`a run that is killed at any change is completed by the next one (VMCONTEXT_SEED=${seed})`, {
  timeout: rounds(120_000, 3_600_000),
}, async t => {
  if (!requireRoot(t) || !requireFollower(t)) return
  const binary = requireBinary(t)
  if (binary === undefined) return
  const makeGuest = () => layOutGuest(join(makeDirectory(t), 'guest'))
  const undisturbed = makeGuest()
  const {changes, exitCode, output} = await followChanges(bootCommand(binary, undisturbed))
  assert.equal(exitCode, 0, output)
  for (const step of ['network', 'account', 'keys', 'password', 'sudo', 'time-zone', 'console'])
    assert.match(output, new RegExp(`^ +${step} +(?!unchanged)`, 'm'), step)
  const [before, expected] = [readTree(join(makeGuest(), 'root')), readLeft(undisturbed)]
  const points = choosePoints(changes, rounds(24, Infinity), new Random(seed))
  for (const count of points) {
    const guest = makeGuest()
    const killed = await followChanges(bootCommand(binary, guest), {at: {count, death: 'process'}})
    const point = `after a kill before ${describeChange(killed.changes.at(-1)!)}`
    const tree = readTree(join(guest, 'root'))
    assert.deepEqual(findHalfWritten(tree, before, expected.tree, {mayLieAbout: true}), [], point)
    const {status, stdout} = runToEnd(bootCommand(binary, guest))
    assert.equal(status, 0, `${point}:\n${stdout}`)
    assert.deepEqual(readLeft(guest), expected, point)
  }
  tried(t, points.length, 'moments at which a boot of another root is killed')
  assert.ok(points.length >= 20, `only ${points.length} points were tried`)
})
