// The NICs that are ours, in the manifest: entered before their files change, settled once they have.

import type {DialectName} from '../network/dialect.ts'
import {interfaceOf, type NicOrigin, type Vlan} from '../network/model.ts'

/** How a NIC was configured. `dialect` is missing where an earlier version of this program did it. */
export type NicRecord = {
  device: string
  vlan?: Vlan | undefined
  origin: NicOrigin
  dialect?: DialectName | undefined
  /** Its address comes from its MAC, and a context said what goes with it: the mask, the gateway, name servers. */
  isShaped?: boolean | undefined
}

/** A NIC that is ours. `before`: how it was configured until a run that has not ended well; its files may say either. */
export type OwnedNic = NicRecord & {before?: readonly NicRecord[] | undefined}

/** By MAC. */
export type OwnedNics = Record<string, OwnedNic>

/** Every way in which a NIC may be configured now, the latest first. */
export function listRecords(nic: OwnedNic | undefined): readonly NicRecord[] {
  return nic === undefined ? [] : [nic, ...(nic.before ?? [])]
}

/** Enters what NICs are about to be. Under another name or in another dialect they are still what they were as well. */
export function enterNics(nics: OwnedNics, planned: Readonly<Record<string, NicRecord>>): void {
  for (const [mac, record] of Object.entries(planned)) {
    const others = listRecords(nics[mac]).filter(each => !isSamePlace(each, record))
    const before = others.map(({before: _, ...each}: OwnedNic) => each)
    nics[mac] = before.length === 0 ? record : {...record, before}
  }
}

/** Once the files are written NICs are what was entered, and those that were given back are no longer ours. */
export function settleNics(
  nics: OwnedNics,
  planned: Readonly<Record<string, NicRecord>>,
  givenBack: readonly string[],
): void {
  Object.assign(nics, planned)
  for (const mac of givenBack) delete nics[mac]
}

function isSamePlace(one: NicRecord, other: NicRecord): boolean {
  return interfaceOf(named(one)) === interfaceOf(named(other)) && one.dialect === other.dialect
}

const named = ({device, vlan}: NicRecord) => ({device, vlan, mac: ''})
