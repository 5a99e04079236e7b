// The two address families as ifupdown calls them.

import type {Nic} from '../model.ts'
import type {Block} from './interfaces-file.ts'

export type Family = 'inet' | 'inet6'

export const families: readonly Family[] = ['inet', 'inet6']

/** The families in which a NIC is ours to define. */
export function describedFamilies({ipv4, ipv6}: Pick<Nic, 'ipv4' | 'ipv6'>): Family[] {
  return [...(ipv4 === undefined ? [] : ['inet' as const]), ...(ipv6 === undefined ? [] : ['inet6' as const])]
}

/**
 * Tells which family an `iface` stanza is of. One without (ifupdown2, ifupdown-ng) counts as IPv4; one that inherits
 * takes the family of its template. Undefined: no such stanza, or another family.
 */
export function familyOf({keyword, words}: Block, blocks: readonly Block[]): Family | undefined {
  const [, family = 'inet', template] = words
  if (keyword !== 'iface') return undefined
  if (family !== 'inherits') return families.find(each => each === family)
  const parent = blocks.find(block => block.keyword === 'iface' && block.words[0] === template)
  return parent?.words[1] === 'inet6' ? 'inet6' : 'inet'
}
