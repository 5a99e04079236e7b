// Which NICs a template has, and their numbers: NICs first, then PCI devices that are one; aliases behind all of them
// (VirtualMachine::get_network_leases and VirtualMachineNics::get_network_leases of release-7.0.2).

import type {Problem} from '../../problem.ts'
import type {Generation} from './generation.ts'
import type {Nic} from './nics.ts'
import {findVectors, placeOf, setValue, type Template, valueIn} from './template.ts'

/** The attributes that oned.conf has copied from a network to its NICs (INHERIT_VNET_ATTR), as far as a guest sees them. */
export const inheritedAttributes = [
  'MTU',
  'METRIC',
  'IP6_METRIC',
  'METHOD',
  'IP6_METHOD',
  'EXTERNAL_IP',
  'GATEWAY',
  'DNS',
] as const

/** Lists the NICs in the order of their numbers, which they are given; aliases without a parent are left out. */
export function numberNics(template: Template, generation: Generation, problems: Problem[]): Nic[] {
  const plain: Nic[] = findVectors(template, 'NIC')
  if (generation === '2.2') return plain
  const devices = findVectors(template, 'PCI')
  for (const [index, device] of devices.entries()) setValue(device, 'PCI_ID', `${index}`)
  const nics = [...plain, ...devices.filter(device => valueIn(device, 'TYPE') === 'NIC')]
  const defaults = findVectors(template, 'NIC_DEFAULT')[0]
  for (const [id, nic] of nics.entries()) {
    for (const [name, value] of defaults?.values ?? []) if (!nic.values.has(name)) nic.values.set(name, value)
    setValue(nic, 'NIC_ID', `${id}`)
    setValue(nic, 'NAME', correctName(valueIn(nic, 'NAME')) || `NIC${id}`)
  }
  return [...nics, ...numberAliases(template, nics, problems)]
}

function numberAliases(template: Template, nics: readonly Nic[], problems: Problem[]): Nic[] {
  const counts = new Map<Nic, number>()
  return findVectors(template, 'NIC_ALIAS').flatMap((alias, index) => {
    const name = valueIn(alias, 'PARENT')
    const parent = nics.find(nic => valueIn(nic, 'NAME') === name)
    if (parent === undefined) {
      const message =
        'no NIC is called as its PARENT says; the front end refuses that, and the alias is left out'
      problems.push({
        code: 'template-doubtful',
        ...placeOf(template, alias.nameOffset),
        key: 'NIC_ALIAS',
        message,
      })
      return []
    }
    const count = counts.get(parent) ?? 0
    counts.set(parent, count + 1)
    setValue(alias, 'PARENT_ID', valueIn(parent, 'NIC_ID'))
    setValue(alias, 'ALIAS_ID', `${count}`)
    setValue(alias, 'NIC_ID', `${nics.length + index}`)
    return [alias]
  })
}

/** A name that looks like one of the front end's own gets an underscore. */
function correctName(name: string): string {
  return /^NIC\d+(_ALIAS\d+)?$/.test(name) ? `_${name}` : name
}
