// Our profiles: one for a NIC, and one for the VLAN on it.

import type {ByteText} from '../../action.ts'
import {isIpv6} from '../../context/network/ip-address.ts'
import type {LinkName, Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {type FamilyNames, formatIpv4, formatIpv6} from './ip-sections.ts'
import {escapeValue, formatKeyfile, type Section} from './keyfile.ts'
import {uuidOfNic, uuidOfVlan} from './uuid.ts'

export type ProfileOptions = {
  /** Where profiles are. */
  directory: string
  /** `autoconnect-priority`. */
  priority: number
  /** There is `ipv6.method=disabled`. */
  knowsDisabled: boolean
}

/** The paths that profiles of ours have: that of the NIC, and that of the VLAN. */
export function profilePaths({device, vlan}: LinkName, directory: string): [string, ...string[]] {
  const path = (name: string) => `${directory}/vmcontext-${name}.nmconnection`
  return vlan === undefined ? [path(device)] : [path(device), path(vlan.name)]
}

/** The texts of our profiles for a NIC, by path. Addresses and names are in that of the VLAN, if there is one. */
export function formatProfiles(nic: Nic, options: ProfileOptions): ReadonlyMap<string, ByteText> {
  const [path, vlanPath] = profilePaths(nic, options.directory)
  const text = (...sections: Section[]) => formatKeyfile(formatSignature(nic), sections)
  const upper = formatFamilies(nic, options)
  if (nic.vlan === undefined || vlanPath === undefined) {
    return new Map([[path, text(formatConnection(nic, options), formatEthernet(nic), ...upper)]])
  }
  const {id, name} = nic.vlan
  const lower = [
    {name: 'ipv4', lines: ['method=disabled']},
    {name: 'ipv6', lines: [`method=${options.knowsDisabled ? 'disabled' : 'ignore'}`]},
  ]
  const vlan = [
    {name: 'ethernet', lines: formatMtu(nic)},
    // By its profile where its name may still become another one.
    {
      name: 'vlan',
      lines: [`id=${id}`, `parent=${nic.hasPermanentMac ? uuidOfNic(nic) : escapeValue(nic.device)}`],
    },
  ]
  const connection = describeConnection(name, uuidOfVlan(nic, id), 'vlan', options)
  connection.lines.push(`interface-name=${escapeValue(name)}`)
  return new Map([
    [path, text(formatConnection(nic, options), formatEthernet(nic), ...lower)],
    [vlanPath, text(connection, ...vlan, ...upper)],
  ])
}

/** A NIC whose MAC is its own is known by that alone: its name may still become another one in this boot. */
function formatConnection(nic: Nic, options: ProfileOptions): Section {
  const {name, lines} = describeConnection(nic.device, uuidOfNic(nic), 'ethernet', options)
  return {name, lines: nic.hasPermanentMac ? lines : [...lines, `interface-name=${escapeValue(nic.device)}`]}
}

/** After four attempts that failed it would not be tried again: 0 is for ever. */
function describeConnection(name: string, uuid: string, type: string, {priority}: ProfileOptions) {
  return {
    name: 'connection',
    lines: [
      `id=vmcontext ${escapeValue(name)}`,
      `uuid=${uuid}`,
      `type=${type}`,
      `autoconnect-priority=${priority}`,
      'autoconnect-retries=0',
    ],
  }
}

function formatEthernet(nic: Nic): Section {
  const mac = nic.hasPermanentMac ? [`mac-address=${nic.mac}`] : []
  const newMac = nic.newMac === undefined ? [] : [`cloned-mac-address=${nic.newMac}`]
  return {name: 'ethernet', lines: [...mac, ...newMac, ...formatMtu(nic)]}
}

function formatMtu({mtu}: Nic): string[] {
  return mtu === undefined ? [] : [`mtu=${mtu}`]
}

/** A family that is off takes neither name servers nor domains: the whole profile would be refused. */
function formatFamilies({ipv4, ipv6, dns, searchDomains}: Nic, {knowsDisabled}: ProfileOptions): Section[] {
  const names = (isOf6: boolean): FamilyNames => ({
    dns: dns.filter(server => isIpv6(server) === isOf6),
    searchDomains: isOf6 === (ipv4 === undefined) ? searchDomains : [],
  })
  return [formatIpv4(ipv4, names(false)), formatIpv6(ipv6, names(true), knowsDisabled)]
}
