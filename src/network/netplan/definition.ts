// Which NICs an entry of netplan's is about: netplan-yaml(5), `match`, and netplan_netdef_match_interface() in its
// util.c.

import {isGlob, matchesGlob} from '../glob.ts'
import type {LinkName} from '../model.ts'
import {asFields, type Entry} from './fields.ts'

/** An entry and the file in which it stands. */
export type Definition = Entry & {path: string}

/** Finds the NIC that a definition is about and can be about alone, and the NIC of a VLAN. */
export type Finder<T extends LinkName> = {
  nic(definition: Entry): T | undefined
  vlan(definition: Entry): T | undefined
}

/** Indexes NICs: there may be hundreds, and as many definitions. */
export function createFinder<T extends LinkName>(links: readonly T[]): Finder<T> {
  const byDevice = new Map(links.map(link => [link.device, link]))
  const byMac = new Map(links.map(link => [link.mac, link]))
  const byVlan = new Map(
    links.flatMap(link => (link.vlan === undefined ? [] : [[link.vlan.name, link] as const])),
  )
  return {
    nic({section, id, fields}) {
      if (section !== 'ethernets') return undefined
      if (fields.match === undefined) return byDevice.get(id)
      const {macaddress, name} = asFields(fields.match)
      if (typeof macaddress === 'string') return byMac.get(macaddress.toLowerCase())
      if (typeof name !== 'string') return undefined
      const given = isGlob(name) ? fields['set-name'] : (byDevice.get(name)?.device ?? fields['set-name'])
      return typeof given === 'string' ? byDevice.get(given) : undefined
    },
    vlan: ({section, id}) => (section === 'vlans' ? byVlan.get(id) : undefined),
  }
}

/** Tells whether a definition is about interfaces of any name that fits, and so about several. */
export function isBroad({section, fields}: Entry): boolean {
  if (section !== 'ethernets' || fields.match === undefined) return false
  const {macaddress, name} = asFields(fields.match)
  return macaddress === undefined && (typeof name !== 'string' || isGlob(name))
}

/** Tells whether a broad definition can be about an interface. What a driver is called is not known here. */
export function canBeAbout({fields}: Entry, device: string): boolean {
  const {name} = asFields(fields.match)
  return typeof name !== 'string' || matchesGlob(name, device)
}

/** The IDs that an entry names: what a VLAN stands on, the ports of a bridge or a bond. */
export function namedIds({section, fields}: Entry): string[] {
  const {link, interfaces} = fields
  const ports = Array.isArray(interfaces) ? interfaces : []
  return [...(section !== 'ethernets' ? [link] : []), ...ports].filter(id => typeof id === 'string')
}
