// Where a passed-through device shows up on the machine's bus (HostSharePCI::set_pci_address of release-7.0.2).

import {findVectors, type Template, valueIn} from '../template/template.ts'

/** Tells the address of each device by its number. */
export function listDeviceAddresses(template: Template): {id: number; address: string}[] {
  const machine = valueIn(
    findVectors(template, 'OS')[0] ?? {kind: 'vector', name: 'OS', nameOffset: 0, values: new Map()},
    'MACHINE',
  )
  const isExpress = /q35|virt/.test(machine)
  return findVectors(template, 'PCI').map((device, id) => {
    const slot = (id + 1).toString(16).padStart(2, '0')
    const bus = Number.parseInt(valueIn(device, 'VM_BUS') || '1', 16)
      .toString(16)
      .padStart(2, '0')
    const chosen = isExpress ? `${slot}:00.0` : `${bus}:${slot}.0`
    return {id, address: valueIn(device, 'VM_ADDRESS') || chosen}
  })
}
