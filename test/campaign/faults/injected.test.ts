// Every system call that a boot makes for files may fail, once or from then on: strace answers it with an error in the
// kernel's place. On a root directory, where a boot takes a moment, so that all of them can be tried.
//
// A fault has a name such as `openat:error=EIO:when=93+`; VMCONTEXT_FAULT repeats it alone.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {isDeepStrictEqual} from 'node:util'
import {chooseSeed, Random} from '../../random.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireBinary, requireRoot, requireTool} from '../../tools.ts'
import {readTree} from '../../tree.ts'
import {isCampaign, rounds, tried} from '../rounds.ts'
import {describeFault, type Fault, listFaults, listPoints, runWithFault} from './points.ts'
import {bootCommand, layOutGuest, readLeft, runToEnd} from './root-guest.ts'
import {findDisgrace, findHalfWritten, findUndone, judgeSteps, readLastRun} from './verdict.ts'

const seed = chooseSeed()
const chosen = process.env.VMCONTEXT_FAULT

test(`a boot survives an error of any of its calls (seed ${seed})`, {timeout: 12 * 3_600_000}, t => {
  if (!requireRoot(t) || !requireTool(t, 'strace')) return
  const binary = requireBinary(t)
  if (binary === undefined) return
  const trial = openTrial(t, binary)
  const all = listFaults(trial.points)
  assert.ok(trial.points.length > 1000, `only ${trial.points.length} points were found`)
  const faults = choose(all)
  const complaints = faults.flatMap(fault =>
    trial.judge(fault).map(complaint => `${describeFault(fault)}: ${complaint}`),
  )
  tried(t, trial.met(), `of ${all.length} errors at ${trial.points.length} system calls of a boot`)
  assert.deepEqual(complaints, [])
  // A run is not the same twice to the last call, but nearly.
  assert.ok(trial.met() > faults.length * 0.9, `only ${trial.met()} of ${faults.length} faults met a call`)
})

/** In a campaign all of them, in an order of chance, so that whoever ends it early has seen something of each kind. */
function choose(all: readonly Fault[]): Fault[] {
  if (chosen !== undefined) return all.filter(fault => describeFault(fault) === chosen)
  const random = new Random(seed)
  const rest = [...all]
  const count = Math.min(rounds(60, Number(process.env.VMCONTEXT_FAULTS ?? all.length)), all.length)
  return Array.from({length: count}, () => rest.splice(random.below(rest.length), 1)[0]!)
}

function openTrial(t: TestContext, binary: string) {
  const directory = makeDirectory(t)
  const guest = join(directory, 'guest')
  const trace = join(directory, 'trace')
  const root = join(guest, 'root')
  const command = bootCommand(binary, guest)
  const before = readTree(join(layOutGuest(guest), 'root'))
  const undisturbed = runToEnd(command)
  assert.equal(undisturbed.status, 0, undisturbed.stdout)
  const expected = readLeft(guest)
  layOutGuest(guest)
  const points = listPoints(command, guest, trace)
  let met = 0

  const judge = (fault: Fault): string[] => {
    layOutGuest(guest)
    const {ended, hit} = runWithFault(fault, command, trace)
    if (hit === undefined) return []
    met += 1
    if (isCampaign && met % 500 === 0) t.diagnostic(`${met} so far`)
    const {tree} = readLeft(guest)
    const run = readLastRun(root)
    const isTold = run !== undefined || ended.stdout.includes('there is no report of this run')
    const found = [
      ...findDisgrace(ended),
      ...findHalfWritten(tree, before, expected.tree, {mayLieAbout: fault.call === 'unlink' || fault.stays}),
      ...judgeSteps(findUndone(tree, expected.tree), run, ended, {isLasting: fault.stays}),
      ...(isTold || ended.status === 3 ? [] : ['there is no report, and nobody says so']),
      ...judgeNext(ended.stdout.includes('records could not be kept')),
    ]
    return found.map(complaint => `${complaint}\n    ${hit}`)
  }

  /** What a run could not enter in its records is done and not ours: that was told. */
  const judgeNext = (isUnrecorded: boolean): string[] => {
    const next = runToEnd(command)
    const left = readLeft(guest)
    const isSame = isDeepStrictEqual(isUnrecorded ? left.tree : left, isUnrecorded ? expected.tree : expected)
    return [
      ...(next.status === 0 ? [] : [`the next run exits with ${next.status}: ${next.stdout}${next.stderr}`]),
      ...(isSame
        ? []
        : [`the next run ends elsewhere: ${findUndone(left.tree, expected.tree)} or the records`]),
    ]
  }

  return {points, judge, met: () => met}
}
