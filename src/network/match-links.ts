// Which link the context means by each NIC (contract §4, which NICs).

import {decodeMac} from '../context/network/mac-address.ts'
import type {NicRequest} from '../context/network/nics.ts'
import {type Link, selectNics} from '../facts/network/links.ts'
import type {Problem} from '../problem.ts'

export type Match = {request: NicRequest; link: Link}

/**
 * Finds the link of each NIC, in the order of the requests. One that no link fits is named. `former` are the MACs of
 * those that were there earlier in this boot.
 */
export function matchLinks(
  requests: readonly NicRequest[],
  links: readonly Link[],
  {file, former = noMacs}: {file: string; former?: ReadonlySet<string> | undefined},
  problems: Problem[],
): Match[] {
  const matches = new Map<NicRequest, Link>()
  const free = new Set(links)
  const take = (request: NicRequest, link: Link | undefined) => {
    if (link === undefined) return
    matches.set(request, link)
    free.delete(link)
  }
  const nics = selectNics(links)
  for (const request of requests) if (isLocated(request)) take(request, locate(request, nics, free))
  const unnamed = requests.filter(request => !isLocated(request) && !request.isUnclear)
  for (const request of unnamed) take(request, findByAddress(request, nics, free))
  for (const request of unnamed.filter(request => !matches.has(request))) {
    take(request, findByName(request, nics, free))
  }
  const left = unnamed.filter(request => !matches.has(request))
  takeInOrder(
    left,
    nics.filter(nic => free.has(nic)),
    take,
    file,
    problems,
  )
  problems.push(
    ...requests.filter(request => !matches.has(request)).flatMap(each => describeMissing(each, file, former)),
  )
  return requests.flatMap(request => {
    const link = matches.get(request)
    return link === undefined ? [] : [{request, link}]
  })
}

const noMacs: ReadonlySet<string> = new Set()

/** It says itself where it is. */
function isLocated({mac, pciAddress}: NicRequest): boolean {
  return mac !== undefined || pciAddress !== undefined
}

function locate(
  {mac, pciAddress}: NicRequest,
  nics: readonly Link[],
  free: ReadonlySet<Link>,
): Link | undefined {
  const isMeant = (link: Link) =>
    pciAddress === undefined ? link.mac === mac : link.pciAddress === pciAddress
  return nics.find(link => isMeant(link) && free.has(link))
}

/** OpenNebula 4.2 wrote no MAC; the one it gave the NIC carries the address all the same. */
function findByAddress({ipv4}: NicRequest, nics: readonly Link[], free: ReadonlySet<Link>): Link | undefined {
  const address = ipv4?.addresses[0]?.address
  return nics.find(link => free.has(link) && address !== undefined && decodeMac(link.mac, 'any') === address)
}

function findByName({index}: NicRequest, nics: readonly Link[], free: ReadonlySet<Link>): Link | undefined {
  return nics.find(link => free.has(link) && link.name === `eth${index}`)
}

/** As many NICs as requests are left: then their order decides. Any other number would be a guess. */
function takeInOrder(
  requests: readonly NicRequest[],
  nics: readonly Link[],
  take: (request: NicRequest, link: Link | undefined) => void,
  file: string,
  problems: Problem[],
): void {
  if (requests.length === 0 || requests.length !== nics.length) return
  const pairs = requests.map((request, index) => {
    take(request, nics[index])
    return `${request.label} for ${nics[index]!.name}`
  })
  const message = `the NICs have no MAC in this context and are taken in the order of their names: ${pairs.join(', ')}`
  problems.push({code: 'choice-made', file, message})
}

/** A device that is passed through and is no NIC, such as a GPU, has nothing to be configured. */
function describeMissing(request: NicRequest, file: string, former: ReadonlySet<string>): Problem[] {
  const {label, mac, pciAddress, ipv4, ipv6} = request
  const isAskedFor = ipv4 !== undefined || ipv6 !== undefined
  if (request.isUnclear || request.isSkipped || !isAskedFor) return []
  const what =
    pciAddress !== undefined
      ? `at ${pciAddress} on the PCI bus`
      : mac !== undefined
        ? `with the MAC ${mac}`
        : 'that it could mean'
  // Taken out of a running guest; the context that no longer describes it comes a moment later.
  if (mac !== undefined && former.has(mac)) {
    return [{code: 'nic-gone', file, key: label, message: `the NIC ${what} is gone`}]
  }
  const message = `there is no NIC ${what}, so what the context says of it is not done`
  return [{code: 'nic-skipped', file, key: label, message, cure: 'see `ip link` for what is there'}]
}
