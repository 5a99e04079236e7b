// Root works in a home while its owner swaps what is in it for links to what is not his, as fast as he can. Whatever
// comes of the work, nothing that is not his changes, nothing comes to be his, and nothing is waited for.

import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {describe, type TestContext, test} from 'node:test'
import type {Result} from '../../../src/apply/workshop.ts'
import {codeOf, SystemError} from '../../../src/system/errors.ts'
import {chooseSeed, Random} from '../../random.ts'
import {requireRoot, requireTool} from '../../tools.ts'
import {isCampaign, rounds, tried} from '../rounds.ts'
import {type Arena, joe, type Kind, makeArena} from './arena.ts'
import {type Swap, startAttacker} from './attacker.ts'
import {mutants, type Work, works} from './works.ts'

const seed = chooseSeed()

/** Most of all what every boot does. */
const counts: Record<string, [inTest: number, inCampaign: number]> = {
  'installing and revoking keys': [250, 5000],
  'removing a tree in a home': [10, 500],
}
const otherCounts: [number, number] = [40, 2000]

/** What became of the rounds. `caught`: a swap came between two calls of one piece of work. */
type Tally = {rounds: number; done: number; refused: number; caught: number; swaps: number}

for (const kind of ['live', 'tree'] as const) {
  describe(`a race in a home, ${kind === 'live' ? 'of the running guest' : 'on another root'}`, () => {
    const chosen = kind === 'live' || isCampaign ? works : pickKeys(works)
    for (const [name, work] of Object.entries(chosen)) {
      test(`${name} (VMCONTEXT_SEED=${seed})`, async t => {
        if (!canRace(t)) return
        const tally = await race(t, kind, work, rounds(...(counts[name] ?? otherCounts)))
        assert.equal(tally.damage, '')
        assert.ok(tally.swaps > tally.rounds, 'the attacker is quicker')
        const {done, refused, caught} = tally
        tried(t, tally.rounds, `races of ${name} (${kind}): ${describeTally({done, refused, caught})}`)
      })
    }
  })
}

describe('the same attacker brings down', () => {
  for (const [name, mutant] of Object.entries(mutants)) {
    test(`${name} (VMCONTEXT_SEED=${seed})`, async t => {
      if (!canRace(t)) return
      const {damage, rounds: count} = await race(t, 'live', mutant, 500)
      assert.notEqual(damage, '')
      t.diagnostic(`after ${count} rounds: ${damage.split('\n')[0]!.slice(0, 200)}`)
    })
  }
})

/** On another root the same is done by the same functions; paths alone are resolved by another one. */
function pickKeys(all: typeof works): typeof works {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.includes('keys')))
}

function canRace(t: TestContext): boolean {
  return requireRoot(t) && requireTool(t, 'perl') && requireTool(t, 'setpriv')
}

/** Does the work so many times, or until it does damage. */
async function race(
  t: TestContext,
  kind: Kind,
  work: Work,
  count: number,
): Promise<Tally & {damage: string}> {
  const arena = makeArena(t, kind)
  const random = new Random(seed)
  const tally = {rounds: 0, done: 0, refused: 0, caught: 0, swaps: 0}
  const stopWatch = watch(t, count)
  try {
    while (tally.rounds < count) {
      const damage = await raceOnce(
        arena,
        work,
        random,
        Math.min(work.atOnce ?? 20, count - tally.rounds),
        tally,
      )
      if (damage !== '') return {...tally, damage}
    }
    return {...tally, damage: ''}
  } finally {
    stopWatch()
  }
}

/** Some rounds with some of the swaps: with all of them at once, none would meet its moment often. */
async function raceOnce(
  arena: Arena,
  work: Work,
  random: Random,
  count: number,
  tally: Tally,
): Promise<string> {
  arena.lay()
  const chosen = Array.from({length: 3}, () => random.pick(work.swaps))
  const attacker = await startAttacker(
    joe,
    chosen.map(swap => below(arena, swap)),
  )
  let damage = ''
  for (let round = 0; round < count && damage === ''; round += 1) {
    tally.rounds += 1
    await perform(arena, work, random, tally)
    damage = arena.findDamage()
  }
  await attacker.pause()
  damage += arena.findLoot()
  tally.swaps += await attacker.stop()
  return damage === '' ? '' : `${damage}by ${chosen.map(swap => swap.join(' ')).join(', ')}`
}

/**
 * What looked well a moment ago is a link, no directory, gone, or a pipe: the agent looks before it opens, and says so in
 * other words where it finds it then.
 */
const betweenCalls = new Set(['ELOOP', 'ENOTDIR', 'ENOENT', 'EEXIST', 'ENXIO', 'EISDIR', 'ERR_FS_EISDIR'])

/** Anything but a refusal of the machine's is a defect. */
async function perform(arena: Arena, work: Work, random: Random, tally: Tally): Promise<void> {
  try {
    const result = (await work.perform(arena, random)) as Result | undefined
    if (result?.status === 'failed') tally.refused += 1
    else tally.done += 1
  } catch (error) {
    if (!(error instanceof SystemError) && codeOf(error) === '') throw error
    if (betweenCalls.has(codeOf(error))) tally.caught += 1
    else tally.refused += 1
  }
}

function below(arena: Arena, [kind, one, other]: Swap): Swap {
  return kind === 'link' ? [kind, one, arena.at(other)] : [kind, arena.at(one), arena.at(other)]
}

/** All the work is synchronous: somebody else has to see that it hangs. */
function watch(t: TestContext, count: number): () => void {
  const seconds = 60 + count / 5
  const script = 'sleep "$1"; echo "$2: no end of it" >&2; kill -KILL "$3"'
  const child = spawn('sh', ['-c', script, 'sh', `${seconds}`, t.name, `${process.pid}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  })
  child.unref()
  return () => {
    process.kill(-child.pid!, 'SIGKILL')
  }
}

function describeTally(tally: Record<string, number>): string {
  return Object.entries(tally)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')
}
