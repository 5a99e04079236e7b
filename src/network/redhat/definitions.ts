// Which ifcfg files define a NIC, as ifup finds them (network-functions, need_config) and NetworkManager reads them.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Nic} from '../model.ts'
import {readAssignments} from '../sysconfig-file.ts'

export type Definition = {path: string; content: ByteText; nic: Nic}

/** Finds every file that defines one of the NICs. */
export function findDefinitions(directory: string, files: FileTree, nics: readonly Nic[]): Definition[] {
  const byDevice = new Map(nics.map(nic => [nic.device, nic]))
  const byMac = new Map(nics.map(nic => [nic.mac, nic]))
  return [...files].flatMap(([path, {content}]) => {
    const name = posix.dirname(path) === directory ? nameOf(posix.basename(path)) : undefined
    if (name === undefined) return []
    const fields = new Map(readAssignments(content).map(({name, value}) => [name, value]))
    const nic =
      byDevice.get(deviceOf(name, fields)) ?? (isPlain(fields) ? byMac.get(macOf(fields)) : undefined)
    return nic === undefined ? [] : [{path, content, nic}]
  })
}

type Fields = ReadonlyMap<string, ByteText>

/**
 * The name of a configuration: `eth0` of `ifcfg-eth0`. Undefined for what nobody reads (backups of editors and rpm),
 * and for what adds to another file: aliases (`ifcfg-eth0:1`) and ranges of addresses.
 */
function nameOf(file: string): string | undefined {
  const name = /^ifcfg-(.+)$/.exec(file)?.[1]
  const isUnread = /(~|\.bak|\.orig|\.rej|\.rpm(new|orig|save)|\.aug(new|tmp))$/i.test(file)
  return name === 'lo' || isUnread || /:|-range/.test(file) ? undefined : name
}

/** Without DEVICE and HWADDR the name of the file is that of the device (init.d/network). */
function deviceOf(name: string, fields: Fields): string {
  return fields.get('DEVICE') || (fields.get('HWADDR') ? '' : name)
}

function macOf(fields: Fields): string {
  return fields.get('HWADDR')?.toLowerCase() ?? ''
}

/** A bridge, a bond or a VLAN may carry the MAC of the NIC below it: only in a plain file HWADDR means the NIC. */
function isPlain(fields: Fields): boolean {
  const isEthernet = /^(ethernet)?$/i.test(fields.get('TYPE') ?? '')
  const isMade = ['BONDING_OPTS', 'BONDING_MASTER', 'PHYSDEV', 'TEAM_CONFIG', 'DEVICETYPE'].some(name =>
    fields.has(name),
  )
  const isChild = /[.:]/.test(fields.get('DEVICE') ?? '')
  return isEthernet && !isMade && !isChild && !/^(yes|true|y|t|1)$/i.test(fields.get('VLAN') ?? '')
}
