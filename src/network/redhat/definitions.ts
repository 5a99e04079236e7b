// Which ifcfg files define an interface, as ifup finds them (network-functions, need_config) and NetworkManager reads
// them.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {interfacesOf, type LinkName} from '../model.ts'
import {readAssignments} from '../sysconfig-file.ts'

/** A file and the interface that it defines: the NIC, or the VLAN on it. */
export type Definition = {
  path: string
  content: ByteText
  device: string
  /** `ifcfg-eth0:1`, `ifcfg-eth0-range0`: it adds addresses to what another file defines. */
  isAlias: boolean
}

/** Finds every file that defines one of the links or the VLAN on it. */
export function findDefinitions(
  directory: string,
  files: FileTree,
  links: readonly LinkName[],
): Map<LinkName, Definition[]> {
  // Of two with the same name or MAC the first counts.
  const backwards = links.toReversed()
  const byDevice = new Map(backwards.flatMap(link => interfacesOf(link).map(name => [name, link])))
  const byMac = new Map(backwards.map(link => [link.mac, link]))
  const found = new Map<LinkName, Definition[]>(links.map(link => [link, []]))
  for (const [path, {content}] of files) {
    const name = posix.dirname(path) === directory ? nameOf(posix.basename(path)) : undefined
    if (name === undefined) continue
    const [base = '', isAlias] = [name.split(/:|-range/)[0], /:|-range/.test(name)]
    const device = isAlias ? base : findDevice(name, content, byDevice, byMac)
    const link = device === undefined ? undefined : byDevice.get(device)
    if (link !== undefined) found.get(link)!.push({path, content, device: device!, isAlias})
  }
  return found
}

/** Tells whether a file makes the NIC a part of a bridge, a bond or a team. */
export function findMaster(content: ByteText): string | undefined {
  const fields = readFields(content)
  return fields.get('BRIDGE') || fields.get('MASTER') || fields.get('TEAM_MASTER') || undefined
}

/** Tells whether a definition is brought up at boot; one that does not say so is (init.d/network). */
export function isForBoot({content}: Definition): boolean {
  return !/^(no|false|f|n|0)$/i.test(readFields(content).get('ONBOOT') ?? '')
}

type Fields = ReadonlyMap<string, ByteText>

function readFields(content: ByteText): Fields {
  return new Map(readAssignments(content).map(({name, value}) => [name, value]))
}

/** The name of a configuration: `eth0` of `ifcfg-eth0`. Undefined for what nobody reads (backups of editors, rpm). */
function nameOf(file: string): string | undefined {
  const name = /^ifcfg-(.+)$/.exec(file)?.[1]
  const isUnread = /(~|\.bak|\.orig|\.rej|\.rpm(new|orig|save)|\.aug(new|tmp))$/i.test(file)
  return name === 'lo' || isUnread ? undefined : name
}

function findDevice(
  name: string,
  content: ByteText,
  byDevice: ReadonlyMap<string, LinkName>,
  byMac: ReadonlyMap<string, LinkName>,
): string | undefined {
  const fields = readFields(content)
  const device = deviceOf(name, fields)
  if (byDevice.has(device)) return device
  return isPlain(fields) ? byMac.get(fields.get('HWADDR')?.toLowerCase() ?? '')?.device : undefined
}

/** Without DEVICE and HWADDR the name of the file is that of the device (init.d/network). */
function deviceOf(name: string, fields: Fields): string {
  return fields.get('DEVICE') || (fields.get('HWADDR') ? '' : name)
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
