// What tells a virtual machine from its clones, as far as the guest itself knows (contract §3).

import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

export type VmIdentity = {
  /** The product's number in the tables of the firmware. OpenNebula gives each VM one for good. */
  uuid?: string | undefined
  /** machine-id(5). A clone has that of its origin until somebody empties it. */
  machineId?: string | undefined
}

/** Reads what there is. On another root the firmware's tables are those of this machine and do not count. */
export function readVmIdentity(system: System): VmIdentity {
  const uuid = system.live ? read(system, '/sys/class/dmi/id/product_uuid') : undefined
  const machineId = read(system, '/etc/machine-id') ?? read(system, '/var/lib/dbus/machine-id')
  return {
    uuid: uuid !== undefined && isUuid(uuid) ? uuid : undefined,
    machineId: machineId !== undefined && /^[0-9a-f]{32}$/.test(machineId) ? machineId : undefined,
  }
}

function read({files}: System, path: string): string | undefined {
  return unlessRefused(
    () => files.readText(path)?.trim().toLowerCase(),
    () => undefined,
  )
}

/** All digits alike, and the example that some firmware was shipped with, are the same on many machines. */
function isUuid(text: string): boolean {
  const digits = text.replaceAll('-', '')
  const isShared = /^(.)\1*$/.test(digits) || digits === '03000200040005000006000700080009'
  return /^[0-9a-f]{32}$/.test(digits) && !isShared
}
