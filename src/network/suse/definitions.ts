// Which files define an interface, and what they would be without us.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {type Ground, recallFile} from '../former.ts'
import {interfacesOf, type LinkName} from '../model.ts'
import {readAssignments, readSysconfigVariable} from '../sysconfig-file.ts'

export const directory = '/etc/sysconfig/network'

/** The paths of files of an interface. */
export function pathOf(kind: 'ifcfg' | 'ifroute' | 'ifsysctl', name: string): string {
  return `${directory}/${kind}-${name}`
}

/** The text whose words about a family that is left alone are kept: without us, if that is known. */
export function readBefore(path: string, ground: Ground): ByteText | undefined {
  const before = ground.originals.has(path) ? recallFile(path, ground) : ground.files.get(path)
  return before?.content
}

/**
 * Tells whether a definition is brought up at boot, or when its link appears: `manual` if it does not say so (ifup;
 * wicked's compat-suse.c, ni_suse_ifcfg_parse_startmode).
 */
export function isForBoot(content: ByteText): boolean {
  const mode = readSysconfigVariable(content, 'STARTMODE') ?? ''
  return /^(auto|boot|onboot|on|nfsroot|hotplug|ifplugd)$/.test(mode)
}

/** By NIC the files that define it, or the VLAN on it, under another name than ours. */
export function findRivals(files: FileTree, nics: readonly LinkName[]): Map<LinkName, string[]> {
  const byMac = new Map(nics.map(nic => [nic.mac, nic]))
  const byVlan = new Map(nics.map(nic => [keyOfVlan(nic.device, nic.vlan?.id), nic]))
  const rivals = new Map<LinkName, string[]>()
  for (const [path, {content}] of files) {
    const name =
      posix.dirname(path) === directory ? /^ifcfg-(.+)$/.exec(posix.basename(path))?.[1] : undefined
    if (name === undefined || isUnread.test(name)) continue
    const nic = byMac.get(macOf(name)) ?? byVlan.get(vlanOf(name, content))
    if (nic === undefined || interfacesOf(nic).includes(name)) continue
    rivals.set(nic, [...(rivals.get(nic) ?? []), path])
  }
  return rivals
}

/** Copies that nobody reads: wicked's compat-suse.c, ni_suse_ifcfg_valid_suffix. */
const isUnread = /(~|\.(old|bak|orig|scpmbackup|rpm(new|save|orig)))$/

/** `ifcfg-eth-id-00:16:3e:00:00:01` was how SLES 10 called it, and what an update of one may still have. */
export function macOf(name: string): string {
  return /^eth-id-(.+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** The number of a VLAN stands in VLAN_ID, else at the end of its name: ifcfg-vlan(5). */
function vlanOf(name: string, content: ByteText): string {
  if (!content.includes('ETHERDEVICE')) return ''
  const fields = new Map(readAssignments(content).map(({name, value}) => [name, value]))
  const id = fields.get('VLAN_ID') || /\d+$/.exec(name)?.[0]
  return keyOfVlan(fields.get('ETHERDEVICE') ?? '', id === undefined ? undefined : Number(id))
}

function keyOfVlan(device: string, id: number | undefined): string {
  return `${device} ${id ?? 'none'}`
}
