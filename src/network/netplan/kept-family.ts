// What others said of a family that no context speaks of: it stays as it was.

import {isIpv6} from '../../context/network/ip-address.ts'
import {asFields, type Fields, type Value} from './fields.ts'

/** What of a definition is about one family. Undefined: nothing that matters. */
export function keepFamily(former: Fields, family: 4 | 6): Fields | undefined {
  const isOfFamily = (text: Value | undefined) =>
    typeof text === 'string' && text !== '' && isIpv6(text) === (family === 6)
  const addresses = asList(former.addresses).filter(item =>
    isOfFamily(typeof item === 'string' ? item : Object.keys(asFields(item))[0]),
  )
  const routes = asList(former.routes).filter(route => {
    const {to, via} = asFields(route)
    return isOfFamily(via) || isOfFamily(to === 'default' ? undefined : to)
  })
  const scalars = family === 4 ? scalarsOf4 : scalarsOf6
  const kept = Object.entries(former).flatMap(([key, value]) =>
    scalars.has(key) ? [[key, typed(value)] as const] : [],
  )
  if (kept.length + addresses.length + routes.length === 0) return undefined
  return {...Object.fromEntries(kept), addresses, routes}
}

/** Others' values are texts; these are the words by which netplan tells booleans. */
function typed(value: Value): Value {
  if (typeof value !== 'string') return value
  if (/^(true|on|yes|y)$/i.test(value)) return true
  if (/^(false|off|no|n)$/i.test(value)) return false
  return value
}

const scalarsOf4 = new Set(['dhcp4', 'dhcp4-overrides', 'dhcp-identifier', 'gateway4'])
const scalarsOf6 = new Set([
  'dhcp6',
  'dhcp6-overrides',
  'accept-ra',
  'ra-overrides',
  'gateway6',
  'ipv6-privacy',
  'ipv6-mtu',
  'ipv6-address-generation',
  'ipv6-address-token',
  'link-local',
])

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}
