// Name servers and search domains in ifcfg files. ifup-post of the last NIC that has any throws out those of the
// others: one file says them all.

import type {FileTree} from '../../facts/files.ts'
import type {OperatingSystem} from '../../facts/operating-system.ts'
import type {Problem} from '../../problem.ts'
import type {LinkName, Network, Nic} from '../model.ts'
import {isOurs} from '../signature.ts'
import {readAssignments} from '../sysconfig-file.ts'
import {ownPaths} from './nic-files.ts'

export type Names = Pick<Network, 'dns' | 'searchDomains'>

/** What our file says for a NIC of which nothing is to be changed. `isSpeaker`: and all readers heed it. */
type Kept = Names & {isSpeaker: boolean}

/** The names of all NICs, and the NIC whose file says them; undefined where a file that stays does. */
export type Speech = {names: Names; speaker: Nic | undefined}

/**
 * Finds who says the names of which NICs: the first one that has IPv4, without which NetworkManager drops IPv4 servers.
 * A NIC that the context speaks of and that is left as it is keeps its share of the list.
 */
export function findSpeech(network: Network, links: readonly LinkName[], files: FileTree): Speech {
  const kept = readKept(links, files)
  const names = {
    dns: distinct([...network.dns, ...kept.flatMap(({dns}) => dns)]),
    searchDomains: distinct([...network.searchDomains, ...kept.flatMap(each => each.searchDomains)]),
  }
  // A full list has no room for more.
  const isSaid = kept.some(({isSpeaker, dns, searchDomains}) => {
    const saysServers = dns.length === serverLimit || names.dns.every(server => dns.includes(server))
    return isSpeaker && saysServers && names.searchDomains.every(domain => searchDomains.includes(domain))
  })
  const speaker = network.nics.find(nic => nic.ipv4 !== undefined) ?? network.nics[0]
  return {names, speaker: isSaid ? undefined : speaker}
}

function readKept(links: readonly LinkName[], files: FileTree): Kept[] {
  const changing = new Set(links.flatMap(ownPaths))
  return [...files].flatMap(([path, {content}]) => {
    if (!/\/ifcfg-[^:]+$/.test(path) || changing.has(path) || !isOurs(content)) return []
    const fields = new Map(readAssignments(content).map(({name, value}) => [name, value]))
    const dns = ['DNS1', 'DNS2', 'DNS3'].flatMap(name => fields.get(name) || [])
    const searchDomains = fields.get('DOMAIN')?.split(' ') ?? []
    const isHeeded = fields.get('PEERDNS') !== 'no' || fields.get('RESOLV_MODS') === 'yes'
    return [{dns, searchDomains, isSpeaker: isHeeded && dns.length + searchDomains.length > 0}]
  })
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}

/**
 * The lines of one NIC. Where the context names servers they are the ones: what DHCP or a router tells stays out, since
 * dhclient-script would write it over ours at any renewal of the lease. Behind PEERDNS=no the scripts ignore the rest;
 * NetworkManager keeps each server with its own link.
 */
export function formatNames(nic: Nic, {names, speaker}: Speech): string[] {
  if (nic === speaker)
    return [...(names.dns.length === 0 ? [] : formatRefusal(nic, true)), ...formatList(nic, names)]
  return names.dns.length === 0 ? [] : [...formatRefusal(nic, false), ...formatList(nic, nic)]
}

function formatList({ipv4}: Nic, {dns, searchDomains}: Names): string[] {
  const servers = dns.slice(0, serverLimit).map((server, index) => `DNS${index + 1}=${server}`)
  if (searchDomains.length === 0) return servers
  // NetworkManager reads DOMAIN with IPv4 alone.
  const keys = ipv4 === undefined ? ['DOMAIN', 'IPV6_DOMAIN'] : ['DOMAIN']
  return [...servers, ...keys.map(key => `${key}="${searchDomains.join(' ')}"`)]
}

/** Tells which name servers nobody will ask. */
export function findSuperfluousServers({dns}: Names, {version = 99}: OperatingSystem): Problem[] {
  // ifup-post of rhel6 knows no DNS3; the resolver of glibc asks three at most (resolv.conf(5), MAXNS).
  const limit = version < 7 ? 2 : serverLimit
  if (dns.length <= limit) return []
  const message = `only the first ${limit} name servers are used here; left out: ${dns.slice(limit).join(', ')}`
  return [{code: 'value-ignored', message, cure: 'name the most important ones first'}]
}

const serverLimit = 3

/** PEERDNS=no would keep the scripts from DNS1 and the like too, but for RESOLV_MODS. */
function formatRefusal({ipv4, ipv6}: Nic, isSpeaker: boolean): string[] {
  const isTold6 = ipv6?.method === 'auto' || ipv6?.method === 'dhcp'
  const isTold = ipv4?.method === 'dhcp' || isTold6
  if (isSpeaker && !isTold) return []
  return ['PEERDNS=no', ...(isSpeaker ? ['RESOLV_MODS=yes'] : []), ...(isTold6 ? ['IPV6_PEERDNS=no'] : [])]
}
