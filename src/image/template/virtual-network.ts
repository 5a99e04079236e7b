// A virtual network, read from its template: what it says of itself and which addresses it has to give.

import type {Problem} from '../../problem.ts'
import {readAddressRanges} from './address-ranges.ts'
import type {Generation} from './generation.ts'
import {readOldRanges} from './old-ranges.ts'
import type {Range} from './range.ts'
import {findSingle, type Template, type Vector, valueIn} from './template.ts'

export type VirtualNetwork = {
  template: Template
  name: string
  /** Its number in the cloud, if the file tells (`ID = 3`). */
  id: string
  ranges: Range[]
}

/** Reads what a file says of a network. One of either time serves both: its keys tell which addresses it has. */
export function readVirtualNetwork(template: Template, problems: Problem[]): VirtualNetwork {
  const name = findSingle(template, 'NAME')?.text ?? ''
  const id = findSingle(template, 'ID')?.text ?? ''
  const hasRanges = template.attributes.some(attribute => attribute.name === 'AR')
  const isOld = template.attributes.some(
    attribute => attribute.name === 'LEASES' || attribute.name === 'NETWORK_ADDRESS',
  )
  if (name === '' && id === '') {
    const message = 'this network has neither NAME nor ID; no NIC can be in it'
    problems.push({code: 'template-doubtful', file: template.file, message})
  }
  const ranges =
    hasRanges || !isOld ? readAddressRanges(template, problems) : readOldRanges(template, problems)
  return {template, name, id, ranges}
}

/** The network that a NIC names: 2.2 goes by NETWORK if there is one, today by NETWORK_ID. */
export function findNetwork(
  networks: readonly VirtualNetwork[],
  nic: Vector,
  generation: Generation,
): VirtualNetwork | undefined {
  const [name, id] = [valueIn(nic, 'NETWORK'), valueIn(nic, 'NETWORK_ID')]
  const goesByName = generation === '2.2' ? name !== '' : id === ''
  if (goesByName) return name === '' ? undefined : networks.find(network => network.name === name)
  const byId = id === '' ? undefined : networks.find(network => network.id === id)
  // The file of a network seldom tells its number.
  return (
    byId ?? (name === '' ? undefined : networks.find(network => network.name === name && network.id === ''))
  )
}
