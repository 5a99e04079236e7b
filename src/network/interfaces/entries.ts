// The interfaces that a NIC makes: itself, or a VLAN and the NIC below it without addresses.

import type {ByteText} from '../../action.ts'
import {interfaceOf, type Nic} from '../model.ts'
import type {Unit} from './definition.ts'
import {unitsOf} from './definition.ts'
import {describedFamilies} from './family.ts'
import {formatParent, formatStanzas, type Spelling} from './stanza.ts'

/** One interface that is ours to define. */
export type Entry = {
  name: string
  /** What it defines: stanzas of these go. */
  units: readonly Unit[]
  /** `ifup -a` is to bring it up. */
  isAuto: boolean
  format(comments: ByteText): ByteText
}

/** Lists the interfaces of a NIC, in the order in which they come up. */
export function listEntries(nic: Nic, spelling: Spelling): Entry[] {
  const name = interfaceOf(nic)
  const units = describedFamilies(nic).map(family => ({name, family}))
  const format = (comments: ByteText) => formatStanzas(nic, spelling, comments)
  const own = {name, units, isAuto: true, format}
  if (units.length === 0) return []
  if (nic.vlan === undefined) return [own]
  const ofParent = (comments: ByteText) => formatParent(nic, comments)
  const parent = {name: nic.device, units: unitsOf([nic.device]), isAuto: false, format: ofParent}
  return [parent, own]
}
