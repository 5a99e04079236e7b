// The texts of .network and .netdev files: systemd.network(5), systemd.netdev(5).

import type {ByteText} from '../../action.ts'
import type {Ipv4, Ipv6, NextHop, Nic, Route, Vlan} from '../model.ts'
import {formatSignature} from '../signature.ts'

/** Systemd of a version knows what came with an earlier one; of one that is not known the latest is assumed. */
export type Version = number | undefined

/** Tells whether systemd is of this version or a later one. */
export function isSince(version: Version, first: number): boolean {
  return version === undefined || version >= first
}

/** Spells the .network file of the interface that has the addresses: the NIC, or the VLAN on it. */
export function formatNetwork(nic: Nic, version: Version): ByteText {
  return join(formatSignature(nic), [
    nic.vlan === undefined ? formatMatch(nic, version) : section('Match', [`Name=${nic.vlan.name}`]),
    section('Link', [
      ...(nic.vlan === undefined ? formatNewMac(nic) : []),
      ...formatMtu(nic),
      ...formatOnline(nic),
    ]),
    section('Network', [
      ...formatMethods(nic),
      ...nic.dns.map(server => `DNS=${server}`),
      ...(nic.searchDomains.length === 0 ? [] : [`Domains=${nic.searchDomains.join(' ')}`]),
    ]),
    ...[nic.ipv4, nic.ipv6].flatMap(family => (family === undefined ? [] : formatAddresses(family))),
    ...[nic.ipv4, nic.ipv6].flatMap(family => (family === undefined ? [] : formatRoutes(family, version))),
    ...formatClients(nic, version),
  ])
}

/**
 * Spells the .network file of a NIC below a VLAN: it has no address, so nobody shall wait for one at boot
 * (systemd-networkd-wait-online.service(8)).
 */
export function formatParent(nic: Nic, vlan: Vlan, version: Version): ByteText {
  return join(formatSignature(nic), [
    formatMatch(nic, version),
    section('Link', [...formatNewMac(nic), ...formatMtu(nic), notAwaited]),
    section('Network', [`VLAN=${vlan.name}`, 'LinkLocalAddressing=no', 'IPv6AcceptRA=no']),
  ])
}

/** Spells the .netdev file of a VLAN. */
export function formatNetdev(nic: Nic, vlan: Vlan): ByteText {
  return join(formatSignature(nic), [
    section('NetDev', [`Name=${vlan.name}`, 'Kind=vlan']),
    section('VLAN', [`Id=${vlan.id}`]),
  ])
}

/**
 * By the card's own MAC, which holds whatever name udev gives the link. MACAddress= would not do: VLANs and bridges on
 * the NIC have the same. A NIC whose MAC is about to be another is found by its name.
 */
function formatMatch({device, mac, hasPermanentMac, newMac}: Nic, version: Version): string {
  const isByMac = hasPermanentMac && newMac === undefined && isSince(version, 245)
  return section('Match', [isByMac ? `PermanentMACAddress=${mac}` : `Name=${device}`])
}

function formatNewMac({newMac}: Nic): string[] {
  return newMac === undefined ? [] : [`MACAddress=${newMac}`]
}

function formatMtu({mtu}: Nic): string[] {
  return mtu === undefined ? [] : [`MTUBytes=${mtu}`]
}

/** A NIC that gets no address is never online, and the boot would wait two minutes for it. */
function formatOnline({ipv4, ipv6}: Nic): string[] {
  return ipv4 === undefined && ipv6?.method === 'disable' ? [notAwaited] : []
}

const notAwaited = 'RequiredForOnline=no'

/** What is said of neither family is as networkd has it by itself: no DHCP, IPv6 as routers say. */
function formatMethods({ipv4, ipv6}: Nic): string[] {
  const clients = [ipv4?.method === 'dhcp' ? 'ipv4' : '', ipv6?.method === 'dhcp' ? 'ipv6' : ''].join('')
  return [
    ...(clients === '' ? [] : [`DHCP=${clients === 'ipv4ipv6' ? 'yes' : clients}`]),
    // networkd never switches IPv6 off, it gives the link no address of it.
    ...(ipv6?.method === 'disable' ? ['LinkLocalAddressing=no'] : []),
    ...(ipv6 === undefined ? [] : [`IPv6AcceptRA=${isByRouter(ipv6) ? 'yes' : 'no'}`]),
  ]
}

function isByRouter({method}: Ipv6): boolean {
  return method === 'auto' || method === 'dhcp'
}

function formatAddresses({addresses}: Ipv4 | Ipv6): string[] {
  return addresses.map(({address, prefix}) => section('Address', [`Address=${address}/${prefix}`]))
}

function formatRoutes({gateway, routes}: Ipv4 | Ipv6, version: Version): string[] {
  const byDefault =
    gateway === undefined
      ? []
      : [section('Route', [...formatHop(gateway, version), ...formatMetric(gateway.metric)])]
  return [...byDefault, ...routes.map(route => formatRoute(route, version))]
}

/** Without a gateway the destination is on the link; only IPv4 has a word for it. */
function formatRoute({destination: {address, prefix}, gateway, metric}: Route, version: Version): string {
  const onLink = address.includes(':') ? [] : ['Scope=link']
  return section('Route', [
    `Destination=${address}/${prefix}`,
    ...(gateway === undefined ? onLink : formatHop(gateway, version)),
    ...formatMetric(metric),
  ])
}

/** 240 spells GatewayOnlink= with a capital L. */
function formatHop({address, onLink}: NextHop, version: Version): string[] {
  const key = isSince(version, 240) ? 'GatewayOnLink' : 'GatewayOnlink'
  return [`Gateway=${address}`, ...(onLink ? [`${key}=yes`] : [])]
}

function formatMetric(metric: number | undefined): string[] {
  return metric === undefined ? [] : [`Metric=${metric}`]
}

/** How the DHCP clients and the reader of router advertisements go about it. */
function formatClients({ipv4, ipv6}: Nic, version: Version): string[] {
  // By MAC, as the cloud knows its NICs: by default two guests copied from one image with its machine-id are one to the
  // server. 243 made [DHCPv4] and [DHCPv6] of [DHCP].
  const dhcp4 = ipv4?.method === 'dhcp' ? ['ClientIdentifier=mac', ...formatRouteMetric(ipv4.metric)] : []
  const metric = ipv6 !== undefined && isByRouter(ipv6) ? formatRouteMetric(ipv6.metric) : []
  // 249 gave routes of a router a metric of their own, 246 and on they had that of DHCPv6.
  const ofRouter = isSince(version, 249) ? metric : []
  const ofClient = isSince(version, 246) && !isSince(version, 249) ? metric : []
  // Else the client waits for a router that says so, systemd.network(5), WithoutRA=; older ones never waited.
  const early = ipv6?.method === 'dhcp' && isSince(version, 246) ? ['WithoutRA=solicit'] : []
  const never = ipv6?.method === 'auto' && isSince(version, 246) ? ['DHCPv6Client=no'] : []
  return [
    section(isSince(version, 243) ? 'DHCPv4' : 'DHCP', dhcp4),
    section('DHCPv6', [...early, ...ofClient]),
    section('IPv6AcceptRA', [...never, ...ofRouter]),
  ]
}

function formatRouteMetric(metric: number | undefined): string[] {
  return metric === undefined ? [] : [`RouteMetric=${metric}`]
}

/** Nothing without lines. */
function section(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `[${name}]\n${lines.join('\n')}\n`
}

function join(signature: string, sections: readonly string[]): ByteText {
  return `${signature}\n${sections.filter(text => text !== '').join('\n')}`
}
