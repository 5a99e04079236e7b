// What NetworkManager has to be told otherwise than networkd: netplan-yaml(5), `networkmanager`.

import {isIpv6} from '../../context/network/ip-address.ts'
import type {Nic} from '../model.ts'
import type {Spelling} from './entry.ts'
import {type Fields, type Value, withoutGaps} from './fields.ts'

/** NetworkManager refuses a profile with name servers of a family that has no addresses. */
export function usableServers(
  {dns, ipv4, ipv6}: Nic,
  {renderer}: Pick<Spelling, 'renderer'>,
): readonly string[] {
  if (renderer === 'networkd') return dns
  return dns.filter(server => {
    const family = isIpv6(server) ? ipv6 : ipv4
    return family !== undefined && family.method !== 'disable'
  })
}

/** What NetworkManager has to be told in its own words, for netplan has none. */
export function listForManager({ipv4, ipv6}: Nic, former4: Fields | undefined, {hasRival}: Spelling): Fields {
  return withoutGaps({
    // netplan would make `link-local` of it: an address that nobody asked for.
    'ipv4.method': ipv4 === undefined && former4 === undefined ? 'disabled' : undefined,
    'ipv6.method': ipv6?.method === 'disable' ? 'disabled' : undefined,
    'connection.autoconnect-priority': hasRival ? '120' : undefined,
  })
}

/** Settings that netplan passes on as they are, from 0.106 on. */
export function passThrough(
  settings: Fields,
  {renderer, isOld}: Spelling,
): Record<string, Value | undefined> {
  const isNeeded = renderer === 'NetworkManager' && !isOld && Object.keys(settings).length > 0
  return {networkmanager: isNeeded ? {passthrough: settings} : undefined}
}
