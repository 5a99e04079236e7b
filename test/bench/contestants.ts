// Who is measured: a program in a guest, and what is done before each run.

import type {Disc} from '../guests/context-disc.ts'
import {discForEach, discOfManual, discOfToday, discWithoutScript} from './contexts.ts'
import {nodePath} from './guests.ts'

/** A guest that several contestants share. */
export type GuestRecipe = {
  nics: number
  disc(publicKey: string): Disc
  /** What it writes goes to a disk of this machine, not to memory. */
  isOnDisk?: true
}

export type Contestant = {
  name: string
  argv: readonly string[]
  guest: GuestRecipe
  /**
   * What is between two runs: nothing, a guest that has forgotten the last one, or the guest's next boot. `cold`: a new
   * guest whose disk has not been read yet.
   */
  before: 'nothing' | 'forget' | 'next boot' | 'cold'
}

const forEach = [2, 16].map(nics => ({nics, disc: discForEach}))
const ofManual = [2, 16].map(nics => ({nics, disc: discOfManual}))
const onDisk: GuestRecipe = {nics: 2, disc: discForEach, isOnDisk: true}
const withoutScript: GuestRecipe = {nics: 2, disc: discWithoutScript}
/** Any will do where no disc is read. */
const any = forEach[0]!

export const bareNode = contestant('bare Node, start and end', [nodePath, '-e', '0'], any, 'nothing')

export const version = contestant('vmcontext --version', ['vmcontext', '--version'], any, 'nothing')

function contestant(
  name: string,
  argv: readonly string[],
  guest: GuestRecipe,
  before: Contestant['before'],
): Contestant {
  return {name, argv, guest, before}
}

/** A boot done by vmcontext, by the scripts of 2.2, and what both have to start. */
export type Match = {nics: number; boot: Contestant; shell: Contestant; children: Contestant}

export const matchesForEach = forEach.map(guest => matchIn(guest, 'same outcome', 'shell-way'))
export const matchesOfManual = ofManual.map(guest => matchIn(guest, "manual's disc", 'shell-way-of-manual'))
export const matchOnDisk = matchIn(onDisk, 'on a disk', 'shell-way')

function matchIn(guest: GuestRecipe, disc: string, script: string): Match {
  const what = `${disc}, ${guest.nics} NICs`
  const contestant = {guest, before: 'forget'} as const
  return {
    nics: guest.nics,
    boot: {...contestant, name: `vmcontext boot, ${what}`, argv: ['vmcontext', 'boot']},
    shell: {...contestant, name: `shell way of 2.2, ${what}`, argv: ['bash', `/root/${script}`]},
    children: {...contestant, name: `children alone, ${what}`, argv: ['sh', '/root/children']},
  }
}

export const secondBoot = contestant(
  'vmcontext boot, the next boot, unchanged',
  ['vmcontext', 'boot'],
  withoutScript,
  'next boot',
)

export const mountAndUnmount = contestant(
  'mount and umount alone',
  ['sh', '/root/children-unchanged'],
  withoutScript,
  'nothing',
)

export const bootsByNics = [2, 16, 64, 256].map(nics => ({
  name: `vmcontext boot, today's context, ${nics} NICs`,
  argv: ['vmcontext', 'boot'],
  guest: {nics, disc: (key: string) => discOfToday(key, nics)},
  before: 'forget' as const,
}))

/** Contexts besides that of the disc lie in this directory of their guest, by name. */
export const extraContexts = '/root/contexts'

const keyCounts = [1, 10, 100, 1000]
const sizes = {'1 KiB': 1024, '10 KiB': 10_240, '100 KiB': 102_400, '1 MiB': 1024 * 1024}

/** What goes into extraContexts, by file name. */
export const extras = {
  keys: keyCounts.map(count => [`keys-${count}`, count] as const),
  sizes: Object.values(sizes).map(bytes => [`bytes-${bytes}`, bytes] as const),
  oneValue: [`value-${sizes['1 MiB']}`, sizes['1 MiB']] as const,
}

const bootOf = (name: string, what: string): Contestant => ({
  name: `vmcontext boot, ${what}`,
  argv: ['vmcontext', 'boot', '--context', `${extraContexts}/${name}/context.sh`],
  guest: any,
  before: 'forget',
})

export const bootsByKeys = keyCounts.map(count =>
  bootOf(`keys-${count}`, `${count} key${count > 1 ? 's' : ''}`),
)
export const bootsBySize = Object.entries(sizes).map(([name, bytes]) =>
  bootOf(`bytes-${bytes}`, `context of ${name}`),
)
export const bootOfOneValue = bootOf(extras.oneValue[0], 'context of 1 MiB in one value')

/** On a disk that has not been read since the guest started. */
function cold(contestant: Contestant): Contestant {
  return {...contestant, name: `cold: ${contestant.name}`, before: 'cold'}
}

const [match] = matchesForEach
export const coldNode = cold(bareNode)
export const coldVersion = cold(version)
export const coldBoot = cold(match!.boot)
export const coldShell = cold(match!.shell)
export const coldChildren = cold(match!.children)
