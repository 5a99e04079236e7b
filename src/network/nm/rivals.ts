// Profiles of others: which are bound to a NIC, and which could be taken for any.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {LinkName} from '../model.ts'
import {type Keyfile, readKeyfile, readList, unescapeValue} from './keyfile.ts'

export type Rival = {
  path: string
  kind: 'ethernet' | 'vlan'
  /** The names and the MAC that it is bound to. */
  names: readonly string[]
  mac?: string | undefined
  /** `autoconnect-priority`, 0 where nothing is said. */
  priority: number
}

/**
 * Where profiles are: those that the administrator or a tool made, and ours; those of one boot, which what made them
 * makes again (netplan, the initramfs, NetworkManager itself); those of packages.
 */
export function profileDirectories(configuration: Keyfile): [string, string, string] {
  const path = configuration.get('keyfile')?.get('path') ?? ''
  const isAbsolute = path.startsWith('/')
  return [
    isAbsolute ? posix.join(path, '.') : '/etc/NetworkManager/system-connections',
    '/run/NetworkManager/system-connections',
    '/usr/lib/NetworkManager/system-connections',
  ]
}

/** Reads the profiles of some directories that are for Ethernet cards or VLANs. */
export function readRivals(files: FileTree, directories: readonly string[]): Rival[] {
  return [...files].flatMap(([path, {content}]) => {
    const isRead = directories.includes(posix.dirname(path)) && !isIgnored(posix.basename(path))
    return isRead ? (readRival(path, content) ?? []) : []
  })
}

/** Reads one profile. Undefined for other kinds of devices. */
export function readRival(path: string, content: ByteText): Rival | undefined {
  const keyfile = readKeyfile(content)
  const connection = keyfile.get('connection')
  const kind = kindOf(keyfile)
  if (connection === undefined || kind === undefined) return undefined
  const ethernet = keyfile.get('ethernet') ?? keyfile.get('802-3-ethernet')
  return {
    path,
    kind,
    names: namesOf(keyfile, kind),
    mac: kind === 'ethernet' ? readMac(ethernet?.get('mac-address')) : undefined,
    priority: Number.parseInt(connection.get('autoconnect-priority') ?? '0', 10) || 0,
  }
}

/** Tells whether a profile is for this NIC alone, or for the VLAN on it. */
export function isBoundTo({kind, names, mac}: Rival, nic: LinkName): boolean {
  if (kind === 'vlan') return nic.vlan !== undefined && names.includes(nic.vlan.name)
  if (mac !== undefined && mac !== nic.mac) return false
  return names.length === 0 ? mac !== undefined : names.length === 1 && names[0] === nic.device
}

/** Tells whether a profile could be taken for any NIC. */
export function isForAny({kind, names, mac}: Rival): boolean {
  return kind === 'ethernet' && mac === undefined && (names.length !== 1 || /[*?[|&!]/.test(names[0]!))
}

/** Backups, temporary files and certificates: nm-keyfile.c, nm_keyfile_utils_ignore_filename. */
function isIgnored(name: string): boolean {
  return /^\.|~$|\.[A-Za-z0-9]{6}$|\.(pem|der|nmmeta)$/i.test(name) && !name.endsWith('.nmconnection')
}

function kindOf(keyfile: Keyfile): Rival['kind'] | undefined {
  const type = keyfile.get('connection')?.get('type')
  const isEthernet = keyfile.has('ethernet') || keyfile.has('802-3-ethernet')
  if (type === 'vlan') return type
  return type === 'ethernet' || type === '802-3-ethernet' || (type === undefined && isEthernet)
    ? 'ethernet'
    : undefined
}

/** A VLAN without a name gets that of its parent and its number. */
function namesOf(keyfile: Keyfile, kind: Rival['kind']): string[] {
  const name = keyfile.get('connection')?.get('interface-name')
  if (name !== undefined && name !== '') return [unescapeValue(name)]
  const vlan = keyfile.get('vlan')
  if (kind === 'vlan') return [`${vlan?.get('parent') ?? ''}.${vlan?.get('id') ?? ''}`]
  return readList(keyfile.get('match')?.get('interface-name') ?? '').map(unescapeValue)
}

/** `02:00:C0:A8:00:05`; versions before 1.0 wrote `2;0;192;168;0;5;`. */
function readMac(value: ByteText | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  const bytes = readList(value)
  if (bytes.length !== 6) return value.toLowerCase().replaceAll('-', ':')
  return bytes.map(byte => Number(byte).toString(16).padStart(2, '0')).join(':')
}
