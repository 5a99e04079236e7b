// Of several profiles for a card NetworkManager takes the one with the highest autoconnect-priority.

import type {LinkName} from '../model.ts'
import {isBoundTo, isForAny, type Rival} from './rivals.ts'

/** A profile that names no priority has 0. */
const leastPriority = 120
/** nm-settings(5), connection.autoconnect-priority. */
export const highestPriority = 999

export type Rivals = {rivals: readonly Rival[]; lasting: readonly Rival[]}

/** A priority above that of every profile that stays and could be taken for a NIC. */
export function choosePriority(nic: LinkName, all: Rivals): number {
  const highest = findCompetitors([nic], all).reduce((highest, rival) => Math.max(highest, rival.priority), 0)
  return Math.min(highestPriority, Math.max(leastPriority, highest + 1))
}

/** Profiles for any card, and of those that are not ours to take away also what is bound to one of some NICs. */
export function findCompetitors(nics: readonly LinkName[], {rivals, lasting}: Rivals): Rival[] {
  const bound = lasting.filter(rival => nics.some(nic => isBoundTo(rival, nic)))
  return [...rivals.filter(isForAny), ...lasting.filter(isForAny), ...bound]
}
