// The device that the disc becomes in the machine, where the template does not say (TARGET).

import {findVectors, type Template, type Vector, valueIn} from '../template/template.ts'

/** 2.2: the second of DEFAULT_DEVICE_PREFIX (src/vm/VirtualMachine.cc), which is `hd` in its oned.conf. */
export const oldTarget = 'hdb'

/** DEFAULT_DEVICE_PREFIX and DEFAULT_CDROM_DEVICE_PREFIX in oned.conf of today. */
const prefixes = {disk: 'sd', disc: 'hd'}

/**
 * Today: the first letter that no disk has (VirtualMachineDisks::get_images). The first disk that names no target is
 * that of the system, which chooses before the disc; what images say of themselves is not known here.
 */
export function chooseTarget(template: Template, context: Vector): string {
  const disks = findVectors(template, 'DISK')
  const used = new Set(disks.map(disk => valueIn(disk, 'TARGET')).filter(target => target !== ''))
  const system = disks.find(disk => valueIn(disk, 'TARGET') === '')
  if (system !== undefined) used.add(firstFree(valueIn(system, 'DEV_PREFIX') || prefixes.disk, used))
  return firstFree(valueIn(context, 'DEV_PREFIX') || prefixes.disc, used)
}

function firstFree(prefix: string, used: ReadonlySet<string>): string {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz', letter => `${prefix}${letter}`)
  return letters.find(target => !used.has(target)) ?? `${prefix}aa`
}
