// The parts of the benchmark: who is in them, what is compared, and the aims that were set for it.

import {
  bareNode,
  bootOfOneValue,
  bootsByKeys,
  bootsByNics,
  bootsBySize,
  type Contestant,
  coldBoot,
  coldChildren,
  coldNode,
  coldShell,
  coldVersion,
  type Match,
  matchesForEach,
  matchesOfManual,
  matchOnDisk,
  mountAndUnmount,
  secondBoot,
  version,
} from './contestants.ts'
import type {Taken} from './measure.ts'

export type Figure = keyof Taken

/** A comparison of sums. Without an aim it is only shown. */
export type Ratio = {
  name: string
  over: readonly Contestant[]
  under: readonly Contestant[]
  /** Default: the time. */
  figure?: Figure
  /** At most this. */
  aim?: number
}

export type Part = {
  /** What `--only` calls it. */
  word: string
  title: string
  contestants: readonly Contestant[]
  ratios: readonly Ratio[]
}

/** Boot against shell, by the number of NICs. */
const aimsAgainstShell: Readonly<Record<number, number>> = {2: 0.8, 16: 0.2}

function compare({nics, boot, shell, children}: Match, hasAims: boolean): Ratio[] {
  const aim = hasAims ? aimsAgainstShell[nics] : undefined
  const ofChildren = hasAims && nics === 2 ? {aim: 1.4} : {}
  return [
    {
      name: `boot / shell way, ${nics} NICs`,
      over: [boot],
      under: [shell],
      ...(aim === undefined ? {} : {aim}),
    },
    {
      name: `boot / (bare Node + children), ${nics} NICs`,
      over: [boot],
      under: [bareNode, children],
      ...ofChildren,
    },
  ]
}

const ofMatch = ({boot, shell, children}: Match) => [children, boot, shell]
const [twoNics, ...moreNics] = bootsByNics
const [oneKey, ...moreKeys] = bootsByKeys
const [smallContext, ...largerContexts] = bootsBySize

export const parts: readonly Part[] = [
  {
    word: 'start',
    title: 'Start-up',
    contestants: [bareNode, version],
    ratios: [{name: 'start-up / bare Node', over: [version], under: [bareNode]}],
  },
  {
    word: 'boot',
    title: 'First boot, the same outcome, each with the init.sh it needs',
    contestants: [bareNode, ...matchesForEach.flatMap(ofMatch)],
    ratios: matchesForEach.flatMap(match => compare(match, true)),
  },
  {
    word: 'manual',
    title: "First boot, the manual's disc as it is: its init.sh makes the account a second time",
    contestants: [bareNode, ...matchesOfManual.flatMap(ofMatch)],
    ratios: matchesOfManual.flatMap(match => compare(match, true)),
  },
  {
    word: 'disk',
    title: 'First boot, the same outcome, on a disk: what is to survive a power cut has to wait for it',
    contestants: [bareNode, ...ofMatch(matchOnDisk)],
    ratios: compare(matchOnDisk, false),
  },
  {
    word: 'again',
    title: 'The next boot, nothing changed',
    contestants: [bareNode, mountAndUnmount, secondBoot],
    ratios: [
      {
        name: 'boot / (bare Node + mount + umount)',
        over: [secondBoot],
        under: [bareNode, mountAndUnmount],
        aim: 1.6,
      },
    ],
  },
  {
    word: 'nics',
    title: 'Many NICs',
    contestants: bootsByNics,
    ratios: moreNics.map(({guest: {nics}}, index) => ({
      name: `${nics} NICs / 2 NICs`,
      over: [moreNics[index]!],
      under: [twoNics!],
      ...(nics === 64 ? {aim: 1.3} : {}),
    })),
  },
  {
    word: 'keys',
    title: 'Many keys',
    contestants: bootsByKeys,
    ratios: moreKeys.map((many, index) => ({
      name: `${10 ** (index + 1)} keys / 1 key`,
      over: [many],
      under: [oneKey!],
    })),
  },
  {
    word: 'size',
    title: 'Large contexts',
    contestants: [...bootsBySize, bootOfOneValue],
    ratios: [
      {name: '1 MiB / 1 KiB', over: [largerContexts.at(-1)!], under: [smallContext!]},
      {name: '1 MiB in one value / 1 KiB', over: [bootOfOneValue], under: [smallContext!]},
    ],
  },
  {
    word: 'cold',
    title: 'Nothing of the disk read yet but what starts a guest',
    contestants: [coldNode, coldVersion, coldChildren, coldBoot, coldShell],
    ratios: [
      {name: 'start-up / bare Node', over: [coldVersion], under: [coldNode]},
      {name: 'read: start-up / bare Node', over: [coldVersion], under: [coldNode], figure: 'readKiB'},
      {name: 'boot / (bare Node + children)', over: [coldBoot], under: [coldNode, coldChildren]},
      {
        name: 'read: boot / (bare Node + children)',
        over: [coldBoot],
        under: [coldNode, coldChildren],
        figure: 'readKiB',
      },
      {name: 'boot / shell way', over: [coldBoot], under: [coldShell]},
    ],
  },
  {
    word: 'memory',
    title: 'Peak memory',
    contestants: [
      bareNode,
      version,
      matchesForEach[0]!.boot,
      secondBoot,
      bootsByNics.at(-1)!,
      bootsBySize.at(-1)!,
    ],
    ratios: [
      {
        name: 'boot / bare Node',
        over: [matchesForEach[0]!.boot],
        under: [bareNode],
        figure: 'peakKiB',
        aim: 1.5,
      },
      {name: 'the next boot / bare Node', over: [secondBoot], under: [bareNode], figure: 'peakKiB'},
      {name: '256 NICs / bare Node', over: [bootsByNics.at(-1)!], under: [bareNode], figure: 'peakKiB'},
      {
        name: 'context of 1 MiB / bare Node',
        over: [bootsBySize.at(-1)!],
        under: [bareNode],
        figure: 'peakKiB',
      },
    ],
  },
]
