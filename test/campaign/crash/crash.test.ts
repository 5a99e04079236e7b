// Cut short at any moment, by a kill or a power cut, a boot leaves every file whole, and the next boot ends where an
// undisturbed one does. A live boot of a guest that is asked for all there is, on an ext4 of its own. A moment is what
// lies between two calls that change something, of the agent or of whatever it starts (changes.py).

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Guest} from '../../guests/guest.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {chooseSeed, Random} from '../../random.ts'
import {requireFollower} from '../../tools.ts'
import {isCampaign, rounds, tried} from '../rounds.ts'
import {
  compareDisks,
  completeUserData,
  type DiskContent,
  gatherWholes,
  judgeText,
  readDisk,
  type Wholes,
} from './disk.ts'
import {type Change, type Death, describeChange, type FollowOptions, followChanges} from './follow.ts'
import {choosePoints} from './points.ts'
import {type Disks, insideOf, makeDisks, startRichGuest} from './rich-guest.ts'

const seed = chooseSeed()
/** One moment alone, as a failure names it: `cut 231`. */
const only = process.env.VMCONTEXT_POINT?.split(' ')

/** What an undisturbed boot does and leaves. */
type Undisturbed = {changes: readonly Change[]; disk: DiskContent; state: string; wholes: Wholes}

const boot = (guest: Guest, options?: FollowOptions) =>
  followChanges([...insideOf(guest), 'vmcontext', 'boot'], options)

/** What a boot changes besides the disk. */
async function readState(guest: Guest): Promise<string> {
  const script = `cat /proc/sys/kernel/hostname
    ip -oneline address show | grep -v ' fe80:' | sed 's/^[0-9]*: //; s/  *valid_lft.*//; s/ tentative//' | sort
    ip route; ip -6 route | grep -v fe80
    grep -c ' /mnt ' /proc/mounts
    ls -A /run/vmcontext | grep -v '^lock[.]'`
  return guest.expect(['sh', '-c', script])
}

async function withGuest<T>(image: string, work: (guest: Guest) => Promise<T>): Promise<T> {
  await using guest = await startRichGuest(image)
  return await work(guest)
}

async function bootUndisturbed(disks: Disks): Promise<Undisturbed> {
  const image = await disks.copy()
  const result = await withGuest(image, async guest => {
    const before = readDisk(guest)
    const {changes, exitCode, output} = await boot(guest)
    assert.equal(exitCode, 0, output)
    const [disk, state] = [readDisk(guest), await readState(guest)]
    const wholes = gatherWholes([...listTexts(before), ...listTexts(disk), ...listPublished(changes)])
    return {changes, disk, state, wholes}
  })
  await disks.drop(image)
  return result
}

const listTexts = (disk: DiskContent) => Array.from(disk, ([path, {text}]) => [path, text] as const)

/** What was put in a place, ready, by giving it the name. */
function listPublished(changes: readonly Change[]): (readonly [string, string])[] {
  return changes.flatMap(({paths, text}) => (typeof text === 'string' ? [[paths[1]!, text] as const] : []))
}

/** Boots, has something die at a change, looks, boots again and looks again. */
async function tryPoint(disks: Disks, expected: Undisturbed, death: Death, count: number): Promise<void> {
  const image = await disks.copy()
  try {
    let point = `${death} ${count}`
    const isOver = await withGuest(image, async guest => {
      const {change, said} = await cutShort(guest, death, count)
      point += `, ${change && describeChange(change)}`
      if (death !== 'process' || needsReboot.test(said)) return false
      await assertRecovers(guest, expected, point)
      return true
    })
    if (!isOver) await withGuest(image, guest => assertRecovers(guest, expected, point))
  } finally {
    await disks.drop(image)
  }
}

/**
 * ifupdown takes a shell of its own that was killed for one that succeeded, or stops and leaves the addresses that are
 * set so far, over which it then stumbles. The agent tells, and the next boot of the machine begins anew.
 */
const needsReboot = /ifup exited with 1|does not have \S+ after/

/** Boots up to a change; none if there were not that many. `said`: what the boot printed. */
async function cutShort(guest: Guest, death: Death, count: number): Promise<{change?: Change; said: string}> {
  const {changes, isStopped, output} = await boot(guest, {at: {count, death, guest: guest.pid}})
  const change = isStopped ? changes.at(-1) : undefined
  return {...(change && {change}), said: output}
}

async function assertRecovers(guest: Guest, expected: Undisturbed, point: string): Promise<void> {
  const where = `at VMCONTEXT_POINT='${point.replace(/,.*/, '')}' (${point.replace(/^[^,]*, /, '')})`
  const found = readDisk(guest)
  const halves = listTexts(found).flatMap(([path, text]) => judgeText(expected.wholes, path, text) ?? [])
  assert.equal(halves.join('\n'), '', where)
  const {exitCode, stdout, stderr} = await guest.run(['vmcontext', 'boot'])
  assert.equal(exitCode, 0, `the boot ${where}\n${stdout}${stderr}`)
  const isGivenUp = /this (was begun|failed when it was done) on this machine/.test(stdout)
  const left = isGivenUp ? completeUserData(readDisk(guest), expected.disk) : readDisk(guest)
  const difference = compareDisks(expected.disk, left)
  assert.ok(difference === '', `the disk after the boot ${where}\n${difference}\n${stdout}`)
  assert.equal(await readState(guest), expected.state, `after the boot ${where}\n${stdout}`)
}

/** What gives or takes a name: what comes behind it may rely on it. */
const names = /^(rename|link|unlink|symlink|mkdir|rmdir)/

const forms: [
  death: Death,
  name: string,
  limit: number,
  matters: (changes: readonly Change[]) => Change[],
][] = [
  ['process', 'whoever makes a change dies', rounds(10, Infinity), changes => [...changes]],
  ['power', 'the guest dies', rounds(8, Infinity), changes => [...changes]],
  [
    'cut',
    'the power fails',
    rounds(10, Infinity),
    changes => changes.filter(({n}) => isCampaign || names.test(changes[n - 2]?.call ?? '')),
  ],
]

describe(`a live boot that is cut short (VMCONTEXT_SEED=${seed})`, {
  ...skipWithoutGuest('namespace'),
  concurrency: 1,
}, () => {
  test('nobody who looks at every moment meets half a file', async t => {
    if (!requireFollower(t)) return
    await using disks = await makeDisks()
    const {disk, wholes} = await bootUndisturbed(disks)
    const image = await disks.copy()
    await withGuest(image, async guest => {
      const paths = [...wholes].filter(([path, texts]) => texts.size > 1 || !readDisk(guest).has(path))
      const watch = paths.map(([path]) => path).filter(path => disk.get(path)?.text !== '')
      const {seen, exitCode, changes} = await boot(guest, {watch})
      assert.equal(exitCode, 0)
      const texts = [...seen].flatMap(([path, list]) =>
        list.flatMap(text => (text === null ? [] : [[path, text] as const])),
      )
      const halves = texts.flatMap(([path, text]) => judgeText(wholes, path, text) ?? [])
      assert.equal(halves.join('\n'), '')
      assert.ok(
        watch.length > 20 && texts.length > watch.length,
        `${texts.length} texts at ${watch.length} places`,
      )
      tried(t, changes.length, `moments of a boot with ${watch.length} files read at each`)
    })
  })

  for (const [death, name, limit, matters] of forms) {
    if (only !== undefined && only[0] !== death) continue
    test(name, {timeout: rounds(300_000, 4 * 3_600_000)}, async t => {
      if (!requireFollower(t)) return
      await using disks = await makeDisks()
      const expected = await bootUndisturbed(disks)
      const points = choosePoints(matters(expected.changes), limit, new Random(seed))
      const wanted = only === undefined ? points : only[0] === death ? [Number(only[1])] : []
      const failures: string[] = []
      for (const [index, count] of wanted.entries()) {
        if (isCampaign && index % 50 === 0) console.error(`${death}: ${index} of ${wanted.length} moments`)
        try {
          await tryPoint(disks, expected, death, count)
        } catch (error) {
          failures.push((error as Error).message)
          // A campaign takes its time: who waits for it sees what it finds at once.
          if (isCampaign) console.error(failures.at(-1))
          if (failures.length >= rounds(3, 100)) break
        }
      }
      tried(t, wanted.length, `moments at which ${name} in a live boot`)
      assert.equal(failures.length, 0, `${failures.length} of ${wanted.length}:\n${failures.join('\n\n')}`)
    })
  }
})
