// Name servers and search domains: a NIC's own come first, then those that are for all (contract §3).

import type {Network, Nic} from './model.ts'

export type Names = {dns: readonly string[]; searchDomains: readonly string[]}

/**
 * Makes the network of NICs in the order of the context. What is for all is given to the first of them: name servers
 * have to stand at some NIC in every dialect. `sources` says of which NICs the names count, if of more than these.
 */
export function withNames(nics: readonly Nic[], all: Names, sources: readonly Names[] = nics): Network {
  const [first, ...others] = nics
  const heads = first === undefined ? [] : [{...first, ...mergeNames(first, all)}]
  return {
    nics: [...heads, ...others],
    dns: distinct([...sources.flatMap(each => each.dns), ...all.dns]),
    searchDomains: distinct([...sources.flatMap(each => each.searchDomains), ...all.searchDomains]),
  }
}

function mergeNames(nic: Nic, all: Names): Names {
  return {
    dns: distinct([...nic.dns, ...all.dns]),
    searchDomains: distinct([...nic.searchDomains, ...all.searchDomains]),
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}
