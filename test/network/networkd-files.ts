// An independent reader of .network and .netdev files, small and strict: what it does not know is an error. It gives
// what the files say of each NIC, as the model has it.

import type {Ipv4, Ipv6, NextHop, Nic, Route} from '../../src/network/model.ts'

type Section = {name: string; values: Map<string, string[]>}

/** What of a NIC is in the files; the rest of the model is the agent's own business. */
export type ReadNic = Pick<Nic, 'device' | 'newMac' | 'mtu' | 'vlan' | 'dns' | 'searchDomains'> & {
  ipv4?: Ipv4 | undefined
  ipv6?: Ipv6 | undefined
}

/** Reads the files of one NIC. */
export function readNetworkdFiles(files: ReadonlyMap<string, string>, device: string): ReadNic {
  const open = (name: string) => parse(files.get(`/etc/systemd/network/05-vmcontext-${name}`) ?? '')
  const main = open(`${device}.network`)
  const vlanName = one(main, 'Network', 'VLAN')
  const holder = vlanName === undefined ? main : open(`${vlanName}.network`)
  const netdev = vlanName === undefined ? [] : open(`${vlanName}.netdev`)
  const id = one(netdev, 'VLAN', 'Id')
  const mtu = one(holder, 'Link', 'MTUBytes')
  return {
    device,
    newMac: one(main, 'Link', 'MACAddress'),
    mtu: mtu === undefined ? undefined : Number(mtu),
    vlan: vlanName === undefined ? undefined : {id: Number(id), name: vlanName},
    dns: all(holder, 'Network', 'DNS'),
    searchDomains: all(holder, 'Network', 'Domains').flatMap(line => line.split(' ')),
    ipv4: readIpv4(holder),
    ipv6: readIpv6(holder),
  }
}

function readIpv4(sections: readonly Section[]): Ipv4 | undefined {
  const isByDhcp = /^(yes|ipv4)$/.test(one(sections, 'Network', 'DHCP') ?? '')
  const family = {...readFamily(sections, false), metric: toNumber(one(sections, 'DHCPv4', 'RouteMetric'))}
  if (!isByDhcp && family.addresses.length === 0) return undefined
  return {method: isByDhcp ? 'dhcp' : 'static', ...family}
}

function readIpv6(sections: readonly Section[]): Ipv6 | undefined {
  const listens = one(sections, 'Network', 'IPv6AcceptRA')
  if (listens === undefined) return undefined
  const family = {
    ...readFamily(sections, true),
    metric: toNumber(one(sections, 'IPv6AcceptRA', 'RouteMetric')),
  }
  const isByDhcp = /^(yes|ipv6)$/.test(one(sections, 'Network', 'DHCP') ?? '')
  if (one(sections, 'Network', 'LinkLocalAddressing') === 'no') return {method: 'disable', ...family}
  if (listens === 'no') return {method: 'static', ...family}
  return {method: isByDhcp ? 'dhcp' : 'auto', ...family}
}

function readFamily(sections: readonly Section[], isSix: boolean) {
  const isMeant = (text: string | undefined) => text !== undefined && text.includes(':') === isSix
  const addresses = all(sections, 'Address', 'Address').filter(isMeant).map(toAddress)
  const routes = sections
    .filter(({name}) => name === 'Route')
    .map(section => ({
      destination: one([section], 'Route', 'Destination'),
      gateway: readHop(section),
      metric: toNumber(one([section], 'Route', 'Metric')),
    }))
    .filter(({destination, gateway}) => isMeant(destination ?? gateway?.address))
  const [byDefault] = routes.filter(({destination}) => destination === undefined)
  const others = routes.flatMap(({destination, gateway, metric}): Route[] =>
    destination === undefined ? [] : [{destination: toAddress(destination), gateway, metric}],
  )
  const gateway = byDefault && {...byDefault.gateway!, metric: byDefault.metric}
  return {addresses, gateway, routes: others}
}

function readHop(section: Section): NextHop | undefined {
  const address = one([section], 'Route', 'Gateway')
  const onLink = one([section], 'Route', 'GatewayOnLink') === 'yes'
  return address === undefined ? undefined : {address, onLink}
}

function toAddress(text: string) {
  const [address = '', prefix] = text.split('/')
  return {address, prefix: Number(prefix)}
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

function all(sections: readonly Section[], name: string, key: string): string[] {
  return sections.filter(section => section.name === name).flatMap(({values}) => values.get(key) ?? [])
}

function one(sections: readonly Section[], name: string, key: string): string | undefined {
  const values = all(sections, name, key)
  if (values.length > 1) throw new Error(`${name}.${key} stands there ${values.length} times`)
  return values[0]
}

function parse(text: string): Section[] {
  const sections: Section[] = []
  for (const line of text.split('\n').filter(line => line !== '' && !line.startsWith('#'))) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1]
    const [, key, value] = /^(\w+)=(\S.*)$/.exec(line) ?? []
    if (heading !== undefined) sections.push({name: heading, values: new Map()})
    else if (key === undefined || value === undefined) throw new Error(`what is this line: ${line}`)
    else {
      const {values} = sections.at(-1)!
      values.set(key, [...(values.get(key) ?? []), value])
    }
  }
  return sections
}
