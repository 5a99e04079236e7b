// Random networks, as complete as the model allows. Same seed, same network.

import {isWithin, networkAddress} from '../../src/context/network/ip-address.ts'
import type {Address, Ipv4, Ipv6, Network, NextHop, Nic, Route} from '../../src/network/model.ts'
import {seededRandom} from './random-interfaces.ts'

/** One to four NICs of a context, each with a family at least. */
export function randomNetwork(seed: number): Network {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(...choices: readonly T[]): T => choices[below(choices.length)]!
  const some = <T>(most: number, make: () => T): T[] => Array.from({length: below(most + 1)}, make)
  const maybe = <T>(make: () => T): T | undefined => pick<() => T | undefined>(make, () => undefined)()

  const address4 = (): Address => {
    return {
      address: `${pick(10, 172, 192)}.${below(3)}.${below(3)}.${2 + below(250)}`,
      prefix: pick(8, 24, 24, 32),
    }
  }
  const address6 = (): Address => {
    return {
      address: `${pick('2001:db8', 'fd00')}:${1 + below(3)}::${2 + below(90)}`,
      prefix: pick(64, 64, 128),
    }
  }
  const hop = (own: readonly Address[], address: string): NextHop => {
    const isNear = address.startsWith('fe80:') || own.some(each => isWithin(address, each))
    return {address, onLink: !isNear}
  }
  const metric = () => pick(undefined, undefined, 1 + below(999))
  const route = (own: readonly Address[], destination: Address, via: string): Route => {
    const gateway = maybe(() => hop(own, via))
    return {destination: {...destination, address: networkAddress(destination)}, gateway, metric: metric()}
  }
  const distinct = (list: readonly Address[]) => [...new Map(list.map(each => [each.address, each])).values()]
  const hop4 = () => `${pick(10, 172, 192)}.${below(3)}.${below(3)}.1`
  const hop6 = () => pick(`2001:db8:${1 + below(3)}::1`, 'fe80::1')
  const ipv4 = (): Ipv4 => {
    const method = pick('static', 'static', 'dhcp')
    const addresses = distinct([...(method === 'static' ? [address4()] : []), ...some(3, address4)])
    const gateway =
      method === 'static' ? maybe(() => ({...hop(addresses, hop4()), metric: metric()})) : undefined
    const routes = some(2, () => route(addresses, {address: `10.${below(200)}.0.0`, prefix: 16}, hop4()))
    return {method, addresses, gateway, metric: gateway?.metric, routes}
  }
  const ipv6 = (): Ipv6 => {
    const method = pick('static', 'static', 'auto', 'dhcp', 'disable')
    if (method === 'disable') return {method, addresses: [], routes: []}
    const addresses = distinct([...(method === 'static' ? [address6()] : []), ...some(2, address6)])
    const gateway =
      method === 'static' ? maybe(() => ({...hop(addresses, hop6()), metric: metric()})) : undefined
    const routes = some(2, () => route(addresses, {address: `2001:db8:${below(90)}00::`, prefix: 40}, hop6()))
    return {method, addresses, gateway, metric: gateway?.metric, routes}
  }
  const nic = (index: number): Nic => {
    const device = pick(`eth${index}`, `ens${index}f0`)
    const id = 1 + below(4094)
    const first = pick('ipv4', 'ipv6', 'both')
    return {
      device,
      mac: `02:00:0a:00:00:0${index}`,
      hasPermanentMac: true,
      origin: 'context',
      newMac: pick(undefined, undefined, `02:11:22:33:44:0${index}`),
      vlan: pick(undefined, undefined, {id, name: `${device}.${id}`}),
      mtu: pick(undefined, 1280 + below(8000)),
      ipv4: first === 'ipv6' ? undefined : ipv4(),
      ipv6: first === 'ipv4' ? undefined : ipv6(),
      dns: some(2, () => pick(hop4(), `2001:db8::${1 + below(90)}`)),
      searchDomains: some(1, () => `d${below(9)}.example`),
    }
  }
  const nics = Array.from({length: 1 + below(4)}, (_, index) => nic(index))
  return {
    nics,
    dns: [...new Set(nics.flatMap(each => each.dns))],
    searchDomains: [...new Set(nics.flatMap(each => each.searchDomains))],
  }
}
