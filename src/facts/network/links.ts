// The network links of the guest, from /sys/class/net.
//
// Not from systeminformation: its networkInterfaces() starts from os.networkInterfaces(), which lists only links
// that are up and have an address. At S01 no link is up, and it returns an empty list (seen; test/facts/links.test.ts
// keeps watch). It serves the diagnosis commands, where the network runs.

import {parseMac} from '../../context/network/mac-address.ts'
import {naturally, sortNaturally} from '../../natural-order.ts'
import type {System} from '../../system/system.ts'

export type Link = {
  /** The kernel's name: `eth0`, `ens3`. */
  name: string
  /** Lower case, with colons. */
  mac: string
  /** There is a device behind it; what the kernel made of nothing (veth, dummy) has none. */
  isPhysical: boolean
  /** The MAC is the card's own (addr_assign_type 0); what somebody set, or the kernel made up, is not. */
  hasPermanentMac: boolean
  /** Address on the PCI bus, e.g. `0000:00:03.0`. */
  pciAddress?: string | undefined
}

const directory = '/sys/class/net'
/** ARPHRD_ETHER, linux/if_arp.h. */
const ethernet = '1'
/** Subdirectories that a link has only if it is made of others or enslaved to one (contract §4). */
const marksOfComposition: ReadonlySet<string> = new Set([
  ...['bridge', 'bonding', 'brport', 'master', 'tun_flags', 'batman_adv'],
])

/** Reads the Ethernet links in natural order of their names; no bridge, bond, VLAN, tunnel or link enslaved to one. */
export function readLinks(system: System): Link[] {
  const names = sortNaturally(system.files.list(directory))
  return names.flatMap(name => readLink(system, name) ?? [])
}

/** Tells whether a link that was read has gone under its name. Cheaper than to read them all again. */
export function haveNamesChanged({files}: System, links: readonly Link[]): boolean {
  const names = new Set(files.list(directory))
  return links.some(({name}) => !names.has(name))
}

/**
 * The NICs among links: physical ones; in a container, where none is physical, plain `eth*` links (contract §4).
 */
export function selectNics(links: readonly Link[]): Link[] {
  const physical = links.filter(link => link.isPhysical)
  return physical.length > 0 ? physical : links.filter(link => /^eth\d+$/.test(link.name))
}

/** Reads a list that stands in for /sys on an image tree: name, MAC and perhaps PCI address, a line each. */
export function parseLinkList(text: string): Link[] | string {
  const links: Link[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim()
    if (line === '') continue
    const [name, macText, pciAddress] = line.split(/[\s,]+/)
    const mac = parseMac(macText ?? '')
    if (mac === undefined) return `line ${index + 1} is not "NAME MAC [PCI]"`
    links.push({name: name!, mac, isPhysical: true, hasPermanentMac: true, pciAddress})
  }
  return links.toSorted((one, other) => naturally(one.name, other.name))
}

function readLink(system: System, name: string): Link | undefined {
  const {files} = system
  const path = `${directory}/${name}`
  const read = (file: string) => files.readText(`${path}/${file}`)?.trim()
  const mac = parseMac(read('address') ?? '')
  if (mac === undefined || read('type') !== ethernet) return undefined
  // Listed once: to ask for each by its name takes longer, and a guest may have hundreds of NICs.
  const entries = files.list(path)
  if (entries.some(entry => marksOfComposition.has(entry))) return undefined
  if (/^DEVTYPE=(vlan|bridge|bond|vxlan|gre|wlan)$/m.test(read('uevent') ?? '')) return undefined
  const device = entries.includes('device') ? readDevice(system, path) : {isPhysical: false}
  const hasPermanentMac = device.isPhysical && (read('addr_assign_type') ?? '0') === '0'
  return {name, mac, hasPermanentMac, ...device}
}

function readDevice(system: System, path: string): Pick<Link, 'isPhysical' | 'pciAddress'> {
  const device = system.files.readLink(`${path}/device`)
  if (device === undefined) return {isPhysical: system.files.status(`${path}/device`) !== undefined}
  // A virtio NIC's device is virtio0, and its parent the PCI function. Bridges stand further up, and above a NIC on
  // USB or Hyper-V's bus the controller: neither is what the context names.
  const address = /\/([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(\/virtio\d+)?$/.exec(
    system.files.followLinks(`${path}/device`),
  )
  return {isPhysical: true, pciAddress: address?.[1]}
}
