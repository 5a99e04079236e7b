// What netplan is told of a NIC: netplan-yaml(5).

import type {Nic} from '../model.ts'
import {type Fields, type Value, withoutGaps} from './fields.ts'
import {passThrough} from './for-manager.ts'
import {spellIp} from './ip.ts'
import type {Renderer} from './renderer.ts'

export type Spelling = {
  /** The ID of the entry below `ethernets`. */
  id: string
  renderer: Renderer
  rendererLine?: Renderer | undefined
  /** netplan before 0.106: it matches a MAC by MACAddress=, knows no `to: default`, and gives nothing to NM as it is. */
  isOld: boolean
  /** What others said of the NIC before us; a family that is not ours to define keeps its part. */
  former?: Fields | undefined
  /** The name that others have the NIC given: rules and services may speak of it by that. */
  givenName?: Value | undefined
  /** Another entry can be about the NIC too, and NetworkManager would choose by priority. */
  hasRival: boolean
}

export type NicEntries = {ethernet: Fields; vlan?: Fields | undefined}

/** Spells a NIC, and the VLAN on it. */
export function spellNic(nic: Nic, spelling: Spelling): NicEntries {
  const {vlan, newMac, mtu} = nic
  const link = {...spellMatch(nic, spelling), renderer: spelling.rendererLine, macaddress: newMac, mtu}
  if (vlan === undefined) return {ethernet: withoutGaps({...link, ...spellIp(nic, spelling)})}
  return {
    ethernet: withoutGaps({...link, ...bare(spelling)}),
    vlan: withoutGaps({
      id: vlan.id,
      link: spelling.id,
      renderer: spelling.rendererLine,
      mtu,
      ...spellIp(nic, spelling),
    }),
  }
}

function spellMatch(nic: Nic, {id, isOld, givenName}: Spelling): Record<string, Value | undefined> {
  const {device, mac, hasPermanentMac, vlan, newMac} = nic
  // MACAddress= would no longer fit once the NIC has another MAC, and would fit the VLAN too.
  const isByMac = hasPermanentMac && !(isOld && (vlan !== undefined || newMac !== undefined))
  if (isByMac) return {match: {macaddress: mac}, 'set-name': givenName === device ? device : undefined}
  return id === device ? {} : {match: {name: device}}
}

/** The NIC below a VLAN: no address of any kind. It would never be "online", and is not waited for. */
function bare(spelling: Spelling): Record<string, Value | undefined> {
  const manual = {'ipv4.method': 'disabled', 'ipv6.method': 'disabled'}
  return {
    dhcp4: false,
    dhcp6: false,
    'accept-ra': false,
    'link-local': [],
    optional: true,
    ...passThrough(manual, spelling),
  }
}
