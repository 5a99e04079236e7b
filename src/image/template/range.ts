// A row of addresses that a virtual network has to give, one by one.

import type {Vector} from './template.ts'

/** What a NIC gets with an address, by the name of the attribute: IP, MAC, IP6_GLOBAL, AR_ID, … */
export type Lease = ReadonlyMap<string, string>

/** The attributes by which a NIC may ask for one address. */
export const wishes = ['IP', 'IP6', 'MAC'] as const
export type Wish = {attribute: (typeof wishes)[number]; value: string}

export type Range = {
  /** What the template says of it: that counts before what it says of the network. */
  values?: Vector['values'] | undefined
  size: number
  leaseAt(index: number): Lease
  /** The number of an address in the range; undefined if it has none such. */
  indexOf(wish: Wish): number | undefined
  /** Which addresses are given already. */
  taken: Set<number>
}

/** Takes the address that is wished for, or the first that is free; undefined if there is none. */
export function takeLease(ranges: readonly Range[], wish?: Wish): {lease: Lease; range: Range} | undefined {
  for (const range of ranges) {
    const index = wish === undefined ? findFree(range) : range.indexOf(wish)
    if (index === undefined || index < 0 || index >= range.size || range.taken.has(index)) continue
    range.taken.add(index)
    return {lease: range.leaseAt(index), range}
  }
  return undefined
}

function findFree({size, taken}: Range): number | undefined {
  for (let index = 0; index <= taken.size && index < size; index += 1) if (!taken.has(index)) return index
  return undefined
}
