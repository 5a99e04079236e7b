// Models, file trees and results in few words, for the tables of the dialects.

import type {FileTree} from '../../src/facts/files.ts'
import type {Change, Dialect, Surroundings} from '../../src/network/dialect.ts'
import type {Gateway, Network, Nic} from '../../src/network/model.ts'

/** `nic('eth0 192.168.0.5/24 via 192.168.0.1')`; further addresses follow, `onlink` and `metric N` end it. */
export function nic(text: string, fields: Partial<Nic> = {}): Nic {
  const [, device = '', list = '', rest = ''] = /^(\S+) ([\d./ ]+)(.*)$/.exec(text) ?? []
  const addresses = list.trim().split(' ').map(parseAddress)
  const [first, ...others] = addresses
  return {
    device,
    mac: formatMac(first!.address),
    hasPermanentMac: true,
    origin: 'mac-rule',
    ipv4: {method: 'static', addresses: [first!, ...others], gateway: parseGateway(rest), routes: []},
    dns: [],
    searchDomains: [],
    ...fields,
  }
}

/** The change that defines some NICs and nothing else. */
export function define(...nics: readonly Nic[]): Change {
  return {network: networkOf(nics), withdraw: [], giveBack: []}
}

function networkOf(nics: readonly Nic[]): Network {
  return {nics, dns: nics.flatMap(nic => nic.dns), searchDomains: nics.flatMap(nic => nic.searchDomains)}
}

/** A guest with some files whose network service is still to come. */
export function guest(
  texts: Readonly<Record<string, string>> = {},
  fields: Partial<Surroundings> = {},
): Surroundings {
  return {
    os: {family: 'debian', id: 'debian', version: 12, name: 'Debian 12'},
    files: tree(texts),
    originals: new Map(),
    landmarks: new Set(),
    services: new Set(),
    isStarted: false,
    ...fields,
  }
}

/** A tree of files: path and text. Those that only root may read have the mode that they want. */
export function tree(texts: Readonly<Record<string, string>>): FileTree {
  const mode = (path: string) => (path.endsWith('.nmconnection') ? 0o600 : 0o644)
  return new Map(Object.entries(texts).map(([path, content]) => [path, {content, mode: mode(path)}]))
}

/** The tree after a rendering: what was written, without what was removed. */
export function apply(
  dialect: Dialect,
  nics: readonly Nic[],
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  const after = {...texts}
  for (const action of dialect.render(define(...nics), guest(texts)).files) {
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return after
}

function parseAddress(text: string) {
  const [address = '', prefix] = text.split('/')
  return {address, prefix: Number(prefix)}
}

function parseGateway(text: string): Gateway | undefined {
  const address = /via (\S+)/.exec(text)?.[1]
  const metric = /metric (\d+)/.exec(text)?.[1]
  if (address === undefined) return undefined
  return {address, onLink: text.includes('onlink'), metric: metric === undefined ? undefined : Number(metric)}
}

function formatMac(address: string): string {
  return ['02', '00', ...address.split('.').map(part => Number(part).toString(16).padStart(2, '0'))].join(':')
}
