// Everything that a card gets, value by value.

import type {Ipv4, Ipv6, Nic, Route} from '../network/model.ts'

/** `key` tells the same value apart in another world; `name` and `value` are for a person. */
export type NicValue = {key: string; name: string; value: string; note?: string | undefined}

/** Lists what a card gets, in the order in which a person asks for it. */
export function listNicValues(nic: Nic): NicValue[] {
  return [
    ...describeFamily('', nic.ipv4),
    ...describeFamily('6', nic.ipv6),
    ...one('dns', 'name servers', nic.dns.join(' ')),
    ...one('search', 'search', nic.searchDomains.join(' ')),
    ...one('mtu', 'MTU', nic.mtu),
    ...one('vlan', 'VLAN', nic.vlan && `${nic.vlan.id}, as ${nic.vlan.name}`),
    ...one('mac', 'new MAC', nic.newMac),
  ]
}

function describeFamily(version: '' | '6', family: Ipv4 | Ipv6 | undefined): NicValue[] {
  if (family === undefined) return []
  const {method, addresses, gateway, metric, routes} = family
  const label = version === '' ? 'IPv4' : 'IPv6'
  const isStatic = method === 'static'
  return [
    ...(isStatic ? [] : one(`method${version}`, label, methodWords[method])),
    ...addresses.flatMap(({address, prefix}, index) => [
      ...one(`address${version} ${address}`, 'address', address),
      ...one(`prefix${version} ${index}`, 'prefix', `/${prefix}`),
    ]),
    ...(gateway === undefined
      ? []
      : [
          {
            key: `gateway${version}`,
            name: 'gateway',
            value: gateway.address,
            note: gateway.onLink ? 'outside the subnet, so it is reached on the link' : undefined,
          },
        ]),
    ...one(`metric${version}`, 'metric', gateway?.metric ?? metric),
    ...routes.map(describeRoute).flatMap(route => one(`route${version} ${route}`, 'route', route)),
  ]
}

const methodWords = {
  dhcp: 'by DHCP',
  auto: 'by router advertisements',
  disable: 'switched off',
} as const

function describeRoute({destination: {address, prefix}, gateway, metric}: Route): string {
  const via = gateway === undefined ? '' : ` via ${gateway.address}`
  return `${address}/${prefix}${via}${metric === undefined ? '' : ` metric ${metric}`}`
}

function one(key: string, name: string, value: string | number | undefined): NicValue[] {
  return value === undefined || value === '' ? [] : [{key, name, value: `${value}`}]
}
