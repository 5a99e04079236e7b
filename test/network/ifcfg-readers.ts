// What the two readers of ifcfg files make of them, written down from their sources (initscripts: ifup, ifup-eth,
// ifup-ipv6, ifup-aliases, ifup-routes, ifup-post; NetworkManager: nms-ifcfg-rh-reader.c), not from how we write them.

import ipaddr from 'ipaddr.js'

export type Texts = Readonly<Record<string, string>>

/** What an interface gets. Routes as `TO via HOP metric N`; those to a next hop on the link are not told. */
export type Seen = {
  device: string
  mtu?: string | undefined
  mac?: string | undefined
  vlan?: string | undefined
  dhcp4: boolean
  addresses: readonly string[]
  routes: readonly string[]
  /** `off`: none on the link. */
  ipv6: 'off' | 'static' | 'auto' | 'dhcp' | 'kernel'
  servers: readonly string[]
  domains: string
}

type Fields = ReadonlyMap<string, string>

/** Reads as the scripts do. A next hop that is no neighbour fails, as `ip route add` does. */
export function readAsScripts(texts: Texts): Seen[] {
  return interfacesIn(texts).map(device => {
    const shared = fieldsOf(texts, '/etc/sysconfig/network')
    const own = fieldsOf(texts, ifcfg(device))
    const all = new Map([...shared, ...own])
    const dhcp4 = all.get('BOOTPROTO') === 'dhcp'
    const addresses4 = dhcp4 ? [] : numbered(own)
    const aliases = Object.keys(texts).filter(path => path.startsWith(`${ifcfg(device)}:`))
    const addresses6 = all.get('IPV6INIT') === 'yes' ? words(all, 'IPV6ADDR', 'IPV6ADDR_SECONDARIES') : []
    const further = aliases.flatMap(path => numbered(fieldsOf(texts, path)))
    const addresses = [...addresses4, ...further, ...addresses6]
    return {
      ...linkOf(all, 'VID'),
      device,
      dhcp4,
      addresses: addresses.toSorted(),
      routes: [
        ...defaultOfScripts(all, device, addresses4[0]),
        ...default6OfScripts(all, device, addresses6),
        ...linesOf(texts, `route-${device}`, device, dhcp4 ? 'leased' : addresses, true),
        ...linesOf(texts, `route6-${device}`, device, hears(all) ? 'leased' : addresses, true),
      ].toSorted(),
      ipv6: ipv6OfScripts(texts, all, device),
      ...namesOf(all, all.get('PEERDNS') !== 'no' || all.get('RESOLV_MODS') === 'yes'),
    }
  })
}

/** Reads as NetworkManager does: default routes in route files are ignored, gateways are always reached. */
export function readAsNetworkManager(texts: Texts): Seen[] {
  return interfacesIn(texts).map(device => {
    const own = fieldsOf(texts, ifcfg(device))
    const dhcp4 = own.get('BOOTPROTO') === 'dhcp'
    const aliases = Object.keys(texts).filter(path => path.startsWith(`${ifcfg(device)}:`))
    const addresses4 = [...numbered(own), ...aliases.flatMap(path => numbered(fieldsOf(texts, path)))]
    const hasIpv6 = own.get('IPV6INIT') === 'yes' && own.get('IPV6_DISABLED') !== 'yes'
    const addresses6 = hasIpv6 ? words(own, 'IPV6ADDR', 'IPV6ADDR_SECONDARIES') : []
    const addresses = [...addresses4, ...addresses6]
    const gateway = own.get('DEFROUTE') === 'no' ? undefined : own.get('GATEWAY')
    const gateway6 = addresses6.length === 0 ? undefined : own.get('IPV6_DEFAULTGW')?.replace(/%.*/, '')
    const hasIpv4 = dhcp4 || addresses4.length > 0
    const names = namesOf(own, true)
    return {
      ...linkOf(own, 'VLAN_ID'),
      device,
      dhcp4,
      addresses: addresses.toSorted(),
      routes: [
        ...(gateway === undefined ? [] : [route('default', gateway, own.get('IPV4_ROUTE_METRIC'))]),
        ...(gateway6 === undefined ? [] : [route('default', gateway6, own.get('IPV6_ROUTE_METRIC'))]),
        ...linesOf(texts, `route-${device}`, device, dhcp4 ? 'leased' : addresses, false),
        ...linesOf(texts, `route6-${device}`, device, hears(own) ? 'leased' : addresses, false),
      ].toSorted(),
      ipv6: ipv6OfNetworkManager(own),
      servers: names.servers.filter(server => (server.includes(':') ? hasIpv6 : hasIpv4)),
      domains: hasIpv4 ? names.domains : hasIpv6 ? (own.get('IPV6_DOMAIN') ?? '') : '',
    }
  })
}

function interfacesIn(texts: Texts): string[] {
  return Object.keys(texts).flatMap(path => /\/ifcfg-([^:]+)$/.exec(path)?.[1] ?? [])
}

function ifcfg(name: string): string {
  return `/etc/sysconfig/network-scripts/ifcfg-${name}`
}

function fieldsOf(texts: Texts, path: string): Fields {
  const lines = (texts[path] ?? '').matchAll(/^(\w+)=(?:"([^"]*)"|(\S*))$/gm)
  return new Map(Array.from(lines, ([, name, quoted, plain]) => [name!, quoted ?? plain!]))
}

function words(fields: Fields, ...names: readonly string[]): string[] {
  return names.flatMap(name => fields.get(name)?.split(' ') ?? [])
}

/** IPADDR, then IPADDR0 and so on up to the first gap from IPADDR2 on. */
function numbered(fields: Fields): string[] {
  const found: string[] = []
  for (let index = -1; index < 256; index++) {
    const suffix = index < 0 ? '' : `${index}`
    const address = fields.get(`IPADDR${suffix}`)
    if (address === undefined && index > 1) break
    if (address !== undefined) found.push(`${address}/${fields.get(`PREFIX${suffix}`)}`)
  }
  return found
}

function linkOf(fields: Fields, idName: string) {
  const isVlan = fields.get('VLAN') === 'yes'
  return {
    mtu: fields.get('MTU'),
    mac: fields.get('MACADDR'),
    vlan: isVlan ? `${fields.get('PHYSDEV')} ${fields.get(idName)}` : undefined,
  }
}

/** ifup-eth: only a gateway in the first address's network. */
function defaultOfScripts(fields: Fields, device: string, first: string | undefined): string[] {
  const [gateway, only] = [fields.get('GATEWAY'), fields.get('GATEWAYDEV')]
  if (fields.get('DEFROUTE') === 'no' || (only && only !== device) || first === undefined) return []
  if (gateway && isNeighbour(gateway, [first])) return [route('default', gateway, fields.get('METRIC'))]
  if (only === device) throw new Error('a default route without a gateway')
  return []
}

/** network-functions-ipv6: the metric is 1, whatever the file says, so that none may be meant. */
function default6OfScripts(fields: Fields, device: string, addresses: readonly string[]): string[] {
  const [gateway = '', scope] = fields.get('IPV6_DEFAULTGW')?.split('%') ?? []
  if (gateway === '' || (scope !== undefined && scope !== device)) return []
  if (gateway.startsWith('fe80:') && scope === undefined) throw new Error(`no device for ${gateway}`)
  if (!isNeighbour(gateway, addresses)) throw new Error(`${gateway} is no neighbour`)
  return [route('default', gateway)]
}

/** A router gives it addresses. */
function hears(fields: Fields): boolean {
  return fields.get('IPV6_AUTOCONF') === 'yes'
}

/**
 * Each line is a route; a next hop must be a neighbour, by an address or by a line before. Which neighbours a lease
 * brings cannot be told.
 */
function linesOf(
  texts: Texts,
  name: string,
  device: string,
  addresses: readonly string[] | 'leased',
  isScripts: boolean,
): string[] {
  const hops: string[] = []
  const lines = (texts[`/etc/sysconfig/network-scripts/${name}`] ?? '').split('\n')
  return lines.flatMap(line => {
    if (line === '' || line.startsWith('#')) return []
    const [, to, via, dev, metric] = /^(\S+)(?: via (\S+))? dev (\S+)(?: metric (\d+))?$/.exec(line) ?? []
    if (to === undefined || dev !== device) throw new Error(`not understood: ${line}`)
    if (via === undefined && !to.includes('/')) {
      hops.push(to)
      return []
    }
    if (via !== undefined && addresses !== 'leased' && !hops.includes(via) && !isNeighbour(via, addresses))
      throw new Error(`${via} is no neighbour`)
    return to === 'default' && !isScripts ? [] : [route(to, via, metric)]
  })
}

function isNeighbour(address: string, own: readonly string[]): boolean {
  if (address.startsWith('fe80:')) return true
  const parsed = ipaddr.parse(address)
  return own.some(cidr => {
    const [network, prefix] = ipaddr.parseCIDR(cidr)
    return network.kind() === parsed.kind() && parsed.match([network, prefix] as [ipaddr.IPv4, number])
  })
}

function route(to: string, via?: string, metric?: string): string {
  return `${to}${via === undefined ? '' : ` via ${via}`}${metric === undefined ? '' : ` metric ${metric}`}`
}

/** sysctl files first, then the link is up; only then ifup-ipv6 sets the kernel right. */
function ipv6OfScripts(texts: Texts, fields: Fields, device: string): Seen['ipv6'] {
  const settings = texts[`/etc/sysctl.d/60-vmcontext-${device}.conf`] ?? ''
  const isSet = (name: string, value: number) =>
    settings.includes(`net.ipv6.conf.${device.replaceAll('.', '/')}.${name} = ${value}\n`)
  if (isSet('disable_ipv6', 1)) return 'off'
  if (fields.get('IPV6INIT') !== 'yes' || !fields.has('IPV6_AUTOCONF')) return 'kernel'
  const isQuiet = fields.get('IPV6_AUTOCONF') === 'no'
  if (isQuiet !== (isSet('accept_ra', 0) && isSet('autoconf', 0))) throw new Error('a race with the router')
  if (isQuiet) return 'static'
  return fields.get('DHCPV6C') === 'yes' ? 'dhcp' : 'auto'
}

function ipv6OfNetworkManager(fields: Fields): Seen['ipv6'] {
  if (fields.get('IPV6_DISABLED') === 'yes') return 'off'
  if (fields.get('IPV6INIT') !== 'yes' || !fields.has('IPV6_AUTOCONF')) return 'kernel'
  if (fields.get('IPV6_AUTOCONF') === 'no') return 'static'
  return fields.get('DHCPV6C') === 'yes' ? 'dhcp' : 'auto'
}

function namesOf(fields: Fields, areUsed: boolean): Pick<Seen, 'servers' | 'domains'> {
  if (!areUsed) return {servers: [], domains: ''}
  return {servers: words(fields, 'DNS1', 'DNS2', 'DNS3'), domains: fields.get('DOMAIN') ?? ''}
}
