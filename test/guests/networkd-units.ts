// .network and .netdev files as systemd-networkd takes them, systemd.network(5), for those that netplan makes and for
// ours: what each interface gets, as plain lines.

import type {Link} from '../../src/facts/network/links.ts'
import {defaultOf, routeLine} from './understood.ts'

type Section = {name: string; values: Map<string, string[]>}

/** The lines of a .network file for the link that it matches, or the interface that it names. */
export function readUnit(text: string, links: readonly Link[]): string[] {
  const sections = parseUnit(text)
  const get = (name: string, key: string) => all(sections, name, key)
  const [mac] = get('Match', 'PermanentMACAddress').concat(get('Match', 'MACAddress'))
  const device = mac === undefined ? get('Match', 'Name')[0] : links.find(link => link.mac === mac)?.name
  if (device === undefined) throw new Error(`nobody is meant: ${text}`)
  const usesDhcp = /^(yes|ipv4)$/.test(get('Network', 'DHCP')[0] ?? '')
  return [
    ...(usesDhcp ? [`${device} dhcp4`] : []),
    ...get('Link', 'MTUBytes').map(mtu => `${device} mtu ${mtu}`),
    ...[...get('Network', 'Address'), ...get('Address', 'Address')].map(text => `${device} address ${text}`),
    ...get('Network', 'Gateway').map(via => routeLine(device, defaultOf(via), via)),
    ...sections.filter(({name}) => name === 'Route').flatMap(section => readRoute(device, section)),
    ...get('Network', 'DNS')
      .flatMap(words)
      .map(server => `${device} dns ${server}`),
    ...get('Network', 'Domains')
      .flatMap(words)
      .map(domain => `${device} search ${domain}`),
  ]
}

function readRoute(device: string, {values}: Section): string[] {
  const [to, via, metric] = ['Destination', 'Gateway', 'Metric'].map(key => values.get(key)?.[0])
  const isDefault = to === undefined || to === '0.0.0.0/0' || to === '::/0'
  const isOnLink = /^(yes|true)$/.test(values.get('GatewayOnLink')?.[0] ?? '')
  const destination = isDefault
    ? defaultOf(via ?? '')
    : to.includes('/')
      ? to
      : `${to}/${to.includes(':') ? 128 : 32}`
  return [
    routeLine(device, destination, via, metric),
    ...(isOnLink && via !== undefined ? [routeLine(device, via)] : []),
  ]
}

function words(text: string): string[] {
  return text.split(' ').filter(Boolean)
}

function all(sections: readonly Section[], name: string, key: string): string[] {
  return sections.filter(section => section.name === name).flatMap(({values}) => values.get(key) ?? [])
}

function parseUnit(text: string): Section[] {
  const sections: Section[] = []
  for (const line of text.split('\n')) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1]
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (heading !== undefined) sections.push({name: heading, values: new Map()})
    if (key === undefined || value === undefined) continue
    const {values} = sections.at(-1)!
    values.set(key, [...(values.get(key) ?? []), value])
  }
  return sections
}
