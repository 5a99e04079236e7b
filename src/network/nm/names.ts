// Name servers stand with a family of a NIC: those of a family that the NIC has not go to a NIC that has it.

import {isIpv6} from '../../context/network/ip-address.ts'
import type {Problem} from '../../problem.ts'
import type {Network, Nic} from '../model.ts'

/** Gives every NIC the name servers and domains that its profile can hold; what no profile can hold is a problem. */
export function placeNames({nics}: Network): {nics: Nic[]; problems: Problem[]} {
  const dns = place(
    nics,
    nic => nic.dns,
    (nic, server) => (isIpv6(server) ? hasIpv6(nic) : nic.ipv4 !== undefined),
  )
  const domains = place(
    nics,
    nic => nic.searchDomains,
    nic => nic.ipv4 !== undefined || hasIpv6(nic),
  )
  return {
    nics: nics.map(nic => ({...nic, dns: dns.placed.get(nic)!, searchDomains: domains.placed.get(nic)!})),
    problems: [...dns.homeless, ...domains.homeless].map(name => ({
      code: 'value-ignored',
      message: `${name} for the resolver is left out: no NIC of the context has the family that it would stand with`,
    })),
  }
}

function hasIpv6({ipv6}: Nic): boolean {
  return ipv6?.method !== 'disable'
}

type Placement = {placed: Map<Nic, readonly string[]>; homeless: string[]}

function place(
  nics: readonly Nic[],
  namesOf: (nic: Nic) => readonly string[],
  fits: (nic: Nic, name: string) => boolean,
): Placement {
  const placed = new Map(nics.map(nic => [nic, namesOf(nic).filter(name => fits(nic, name))]))
  const homeless: string[] = []
  for (const nic of nics) {
    for (const name of namesOf(nic).filter(name => !fits(nic, name))) {
      const host = nics.find(other => fits(other, name))
      if (host === undefined) homeless.push(name)
      else placed.set(host, [...new Set([...placed.get(host)!, name])])
    }
  }
  return {placed, homeless: [...new Set(homeless)]}
}
