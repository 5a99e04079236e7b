// The measuring: in each round every contestant once, in an order of its own, so that what the machine does besides
// meets all of them alike. Nothing is left out afterwards.

import type {Guest} from '../guests/guest.ts'
import {makeKeyPair} from '../guests/manual-context.ts'
import {Random} from '../random.ts'
import {type ColdDisk, makeColdDisk, measureCold} from './cold.ts'
import {type Contestant, extraContexts, extras, type GuestRecipe, matchesForEach} from './contestants.ts'
import {contextOfBytes, contextOfOneValue, contextWithKeys} from './contexts.ts'
import {shuffle} from './figures.ts'
import {forget, provideNodeLayer, startBenchGuest} from './guests.ts'
import {measure, type Taken} from './measure.ts'
import {assertSameOutcome} from './outcome.ts'

/** What each contestant took, by its name, in the order of the rounds. */
export type Results = ReadonlyMap<string, readonly Taken[]>

type Field = {publicKey: string; guests: ReadonlyMap<GuestRecipe, Guest>; disk: ColdDisk | undefined}

/** Measures contestants that often. `tell` is told where it is. */
export async function runRounds(
  contestants: readonly Contestant[],
  {rounds, seed, tell}: {rounds: number; seed: number; tell(progress: string): void},
): Promise<Results> {
  const results = new Map(contestants.map(({name}) => [name, [] as Taken[]]))
  if (contestants.length === 0) return results
  await using stack = new AsyncDisposableStack()
  const field = await setUp(contestants, stack, tell)
  const random = new Random(seed)
  for (let round = 1; round <= rounds; round += 1) {
    tell(`round ${round} of ${rounds}`)
    for (const contestant of shuffle(contestants, limit => random.below(limit))) {
      results.get(contestant.name)!.push(await runOnce(contestant, field))
    }
  }
  return results
}

async function setUp(
  contestants: readonly Contestant[],
  stack: AsyncDisposableStack,
  tell: (progress: string) => void,
): Promise<Field> {
  const {publicKey} = stack.use(await makeKeyPair())
  const isWarm = (contestant: Contestant) => contestant.before !== 'cold'
  tell('guests start')
  const node = stack.use(await provideNodeLayer())
  const guests = new Map<GuestRecipe, Guest>()
  for (const recipe of new Set(contestants.filter(isWarm).map(({guest}) => guest))) {
    const {nics, disc, isOnDisk} = recipe
    const place = {layers: [node.path], isOnDisk}
    guests.set(recipe, stack.use(await startBenchGuest(nics, disc(publicKey), place)))
  }
  for (const match of matchesForEach.filter(({boot, shell}) =>
    [boot, shell].every(each => contestants.includes(each)),
  ))
    await assertSameOutcome(guests.get(match.boot.guest)!, match)
  for (const contestant of contestants.filter(isWarm))
    await rehearse(contestant, guests.get(contestant.guest)!)
  if (contestants.every(isWarm)) return {publicKey, guests, disk: undefined}
  tell('a disk is made')
  return {publicKey, guests, disk: stack.use(await makeColdDisk())}
}

/** Once before it counts: reads from disk what the rounds shall find in memory, and does a first boot's work. */
async function rehearse({argv, before}: Contestant, guest: Guest): Promise<void> {
  if (argv.includes('--context')) await writeExtraContexts(guest)
  await measure(guest, argv, before === 'forget' ? forget : undefined)
}

async function writeExtraContexts(guest: Guest): Promise<void> {
  const write = (name: string, text: string) => guest.writeFile(`${extraContexts}/${name}/context.sh`, text)
  for (const [name, count] of extras.keys) await write(name, contextWithKeys(count))
  for (const [name, bytes] of extras.sizes) await write(name, contextOfBytes(bytes))
  await write(extras.oneValue[0], contextOfOneValue(extras.oneValue[1]))
}

async function runOnce({argv, before, guest: recipe}: Contestant, field: Field): Promise<Taken> {
  if (before === 'cold') {
    const {nics, disc} = recipe
    return measureCold(field.disk!, {nics, disc: disc(field.publicKey), argv})
  }
  const guest = field.guests.get(recipe)!
  if (before === 'next boot') await guest.reboot()
  return measure(guest, argv, before === 'forget' ? forget : undefined)
}
