// Cards that get no address, or one that does not go with the rest.

import {parseAnyAddress} from '../../../context/network/ip-address.ts'
import {sameNetwork} from '../../../context/network/ipv4.ts'
import {decodeMac, defaultMacPrefix} from '../../../context/network/mac-address.ts'
import type {NicRequest} from '../../../context/network/nics.ts'
import type {Place} from '../../../problem.ts'
import {doubtful, type Lint, type LintedDisc, note, placeIn, wrong} from './lint.ts'

/** A card that is described, and left as it is for want of an address. */
export const findWithoutAddress: Lint = disc => {
  const {context, known} = disc
  const isTold = ({label}: NicRequest) => known.some(({key}) => key?.startsWith(`${label}_`))
  const cards = context.nics.filter(
    nic => !nic.isSkipped && !nic.isUnclear && !isTold(nic) && !isAnyDevice(nic),
  )
  const found = cards
    .filter(({ipv4, ipv6}) => ipv4 === undefined && ipv6 === undefined)
    .map(nic => {
      const message = `${nic.label} gets no address, and is left as it is`
      const cure = `give ${nic.label}_IP or ${nic.label}_METHOD, which may be dhcp, or skip if it shall have none`
      return doubtful({...placeOfNic(disc, nic, 'MAC'), message, cure})
    })
  const variable = disc.disc.variables.get('NETWORK')
  if (variable === undefined || context.nics.length > 0 || context.freezesNetwork) return found
  const message =
    'this says that the cards are described, and no ETHx_ describes one: the network is left as it is'
  return [...found, ...(context.describesNics ? [doubtful({...placeIn(disc, variable), message})] : [])]
}

/** The front end gives every device that is passed through its address on the bus, also a GPU. A card has a MAC too. */
function isAnyDevice({pciAddress, mac}: NicRequest): boolean {
  return pciAddress !== undefined && mac === undefined
}

/** OpenNebula makes the MAC of a card from its address; where they differ, a guest of 2.2 takes the other one. */
export const findMacMismatch: Lint = disc =>
  disc.context.nics.flatMap(nic => {
    const inMac = nic.mac === undefined ? undefined : decodeMac(nic.mac, defaultMacPrefix)
    const own = nic.ipv4?.method === 'static' ? nic.ipv4.addresses.map(({address}) => address) : []
    if (inMac === undefined || own.length === 0 || own.includes(inMac)) return []
    const message = `the MAC of ${nic.label} stands for ${inMac}, and its address is ${own[0]}`
    const finding = {...placeOfNic(disc, nic, 'IP'), message, cure: 'make one follow from the other'}
    return [disc.context.isOldKind ? doubtful(finding) : note(finding)]
  })

/** A gateway that no subnet of its card holds: it is taken for a neighbour all the same. */
export const findFarGateway: Lint = disc => {
  const cards = disc.context.nics.flatMap(nic =>
    [nic.ipv4, nic.ipv6].flatMap((family, index) => {
      if (family?.gateway?.onLink !== true) return []
      const message = `${family.gateway.address} lies outside the subnets of ${nic.label}, and is taken for a neighbour`
      return [note({...placeOfNic(disc, nic, index === 0 ? 'GATEWAY' : 'IP6_GATEWAY'), message})]
    }),
  )
  return [...cards, ...checkFirstNic(disc)]
}

function checkFirstNic(disc: LintedDisc) {
  const {address, gateway, prefix = 24} = disc.context.firstNic
  const variable = disc.disc.variables.get('GATEWAY')
  if (address === undefined || gateway === undefined || variable === undefined) return []
  if (sameNetwork(address, gateway, prefix)) return []
  const message = `${gateway} lies outside the subnet of ${address}/${prefix}, and is taken for a neighbour`
  return [note({...placeIn(disc, variable), message})]
}

/** Two cards with one address, or one MAC: which is which cannot be told. */
export const findTwins: Lint = disc => {
  const seen = new Map<string, NicRequest>()
  return disc.context.nics.flatMap(nic => {
    const values = [
      ...(nic.mac === undefined ? [] : [['MAC', nic.mac] as const]),
      ...[nic.ipv4, nic.ipv6].flatMap(family =>
        (family?.addresses ?? []).map(each => ['IP', each.address] as const),
      ),
    ]
    return values.flatMap(([kind, value]) => {
      const other = seen.get(value) ?? nic
      seen.set(value, other)
      if (other === nic) return []
      const message = `${value} is the ${kind === 'MAC' ? 'MAC' : 'address'} of ${other.label} already`
      return [wrong({...placeOfNic(disc, nic, kind), message, cure: 'give each card its own'})]
    })
  })
}

/** A name server that no guest can reach: one of this very machine's own network. */
export const findStrangeNameServers: Lint = disc =>
  ['DNS', ...disc.context.nics.map(({label}) => `${label}_DNS`)].flatMap(name => {
    const variable = disc.disc.variables.get(name)
    const words = variable?.value.split(/[\s,]+/) ?? []
    const own = words.filter(word => parseAnyAddress(word)?.startsWith('127.'))
    if (variable === undefined || own.length === 0) return []
    const message = `${own[0]} is the guest itself: it needs a name server of its own`
    return [note({...placeIn(disc, variable), message})]
  })

/** The variable that a finding is about, else the first of the card. */
function placeOfNic(disc: LintedDisc, {label}: NicRequest, name: string): Place {
  const variables = [...disc.disc.variables.values()]
  const variable =
    disc.disc.variables.get(`${label}_${name}`) ?? variables.find(each => each.name.startsWith(`${label}_`))
  return variable === undefined ? {file: disc.disc.file, key: label} : placeIn(disc, variable)
}
