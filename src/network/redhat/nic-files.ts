// Every file that says something of one NIC, and what each shall hold.

import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Ground} from '../former.ts'
import {type Ipv4, type Ipv6, interfaceOf, interfacesOf, type LinkName, type Nic} from '../model.ts'
import {editRoutes, recallLines} from '../route-lines.ts'
import {formatSignature, isOurs} from '../signature.ts'
import type {Definition} from './definitions.ts'
import {formatAliases, formatCarrier, formatIfcfg, type Setting} from './ifcfg.ts'
import {formatRoutes, isDefaultRoute, mustYield} from './routes.ts'
import {formatSysctls, sysctlPath} from './sysctl.ts'

export const directory = '/etc/sysconfig/network-scripts'

/** What is known of the files, now and without us. */
export type Trees = Ground & {former: FileTree}

/** The files that define a link, now and without us. */
export type Definitions = {now: readonly Definition[]; before: readonly Definition[]}

/** A text for each path; undefined: no such file. `device` is the interface that it is about. */
export type Texts = Map<string, {content: ByteText | undefined; device: string}>

function ifcfgPath(name: string): string {
  return `${directory}/ifcfg-${name}`
}

/** The files that only we have a say in, for a NIC of ours. */
export function ownPaths(link: LinkName): string[] {
  return interfacesOf(link).flatMap(name => [ifcfgPath(name), ...routePaths(name), sysctlPath(name)])
}

/** What a NIC of ours shall have: its definition in place of any other. `taken`: paths that are some NIC's own. */
export function describeFiles(
  nic: Nic,
  {now, before}: Definitions,
  trees: Trees,
  taken: ReadonlySet<string>,
  setting: Omit<Setting, 'before'>,
): Texts {
  const texts: Texts = new Map()
  const device = interfaceOf(nic)
  const put = (path: string, content: ByteText | undefined, of = device) =>
    texts.set(path, {content, device: of})
  for (const {path, isAlias, device: of} of now) if (!isAlias && !taken.has(path)) put(path, undefined, of)
  // The MAC rule knows one address and says nothing of others.
  const isWhole = nic.origin === 'context' && nic.ipv4 !== undefined
  for (const {path} of [...now, ...before].filter(({isAlias}) => isAlias)) {
    put(path, isWhole ? undefined : trees.former.get(path)?.content)
  }
  for (const [name, text] of formatAliases(nic)) put(ifcfgPath(name), text)
  const former = findFormer(device, {now, before}, trees)
  put(ifcfgPath(device), formatIfcfg(nic, {...setting, before: former}))
  for (const family of ['ipv4', 'ipv6'] as const) describeRoutes(nic, family, trees, texts)
  if (nic.vlan !== undefined) {
    put(ifcfgPath(nic.device), formatCarrier(nic), nic.device)
    const carrier: Nic = {...nic, vlan: undefined, ipv4: noAddresses, ipv6: noAddresses}
    for (const family of ['ipv4', 'ipv6'] as const) describeRoutes(carrier, family, trees, texts)
  }
  describeSettings(nic, trees, texts)
  return texts
}

const noAddresses = {method: 'static', addresses: [], routes: []} as const

/** What becomes of a NIC that is no longer ours: our files go, and what stood there before us comes back. */
export function describeFormer(
  link: LinkName,
  {now, before}: Definitions,
  trees: Trees,
  taken: ReadonlySet<string>,
): Texts {
  const texts: Texts = new Map()
  const settings = interfacesOf(link).map(device => ({path: sysctlPath(device), device}))
  const own = interfacesOf(link).map(device => ({path: ifcfgPath(device), device}))
  const ours = own.filter(({path}) => isOurs(trees.files.get(path)?.content ?? ''))
  for (const {path, device} of [...now, ...before, ...ours, ...settings]) {
    if (!taken.has(path)) texts.set(path, {content: trees.former.get(path)?.content, device})
  }
  for (const device of interfacesOf(link)) {
    for (const path of routePaths(device)) {
      if (!taken.has(path)) texts.set(path, {content: recallRoutesAt(path, trees), device})
    }
  }
  return texts
}

/** No definition of a NIC that another dialect has. */
export function describeNothing(
  link: LinkName,
  definitions: Definitions,
  trees: Trees,
  taken: ReadonlySet<string>,
): Texts {
  const texts = describeFormer(link, {...definitions, before: []}, trees, taken)
  for (const {path, device} of definitions.now)
    if (!taken.has(path)) texts.set(path, {content: undefined, device})
  return texts
}

function routePaths(device: string): string[] {
  return [`${directory}/route-${device}`, `${directory}/route6-${device}`]
}

/** The file that defined an interface before us. Without records what is ours now is all that is known. */
function findFormer(device: string, {now, before}: Definitions, {originals}: Trees): ByteText {
  const path = ifcfgPath(device)
  const isOf = (definition: Definition) => definition.device === device && !definition.isAlias
  const found = before.find(each => isOf(each) && each.path === path) ?? before.find(isOf)
  if (found !== undefined || originals.has(path)) return found?.content ?? ''
  return now.find(each => isOf(each) && each.path === path)?.content ?? ''
}

/**
 * route-DEV and route6-DEV: our routes, and no other default route beside a gateway of ours: ifup-routes of rhel8 would
 * put it in the place of ours. Other routes of others stay.
 */
function describeRoutes(nic: Nic, name: 'ipv4' | 'ipv6', trees: Trees, texts: Texts): void {
  const device = interfaceOf(nic)
  const family = nic[name]
  const path = routePaths(device)[name === 'ipv4' ? 0 : 1]!
  if (family === undefined) {
    texts.set(path, {content: recallRoutesAt(path, trees), device})
    return
  }
  const own = {signature: formatSignature(nic), lines: formatRoutes(device, family)}
  const decidesDefault = nic.origin === 'context' || hasDefault(family)
  const isRival = (line: ByteText) => decidesDefault && isDefaultRoute(line)
  const text = trees.files.get(path)?.content ?? ''
  const others = mustYield(text, own.lines.length > 0, decidesDefault) ? '' : text
  texts.set(path, {content: editRoutes(others, own, isRival), device})
}

/** A file of routes without ours. */
function recallRoutesAt(path: string, {files, originals}: Trees): ByteText | undefined {
  const text = files.get(path)?.content
  const others = editRoutes(text ?? '', {signature: '', lines: []}, () => false) ?? ''
  if (others === text && !originals.has(path)) return text
  const original = originals.get(path)?.content ?? ''
  const isUntouched = others.trim() === ''
  return (isUntouched ? original : recallLines(others, original, isDefaultRoute)) || undefined
}

function hasDefault(family: Ipv4 | Ipv6): boolean {
  return family.gateway !== undefined || (family.method !== 'static' && family.method !== 'disable')
}

/** The sysctl files: those that are needed, and what stood there before us in place of others. */
function describeSettings(nic: Nic, {former}: Trees, texts: Texts): void {
  const wanted = formatSysctls(nic)
  for (const device of interfacesOf(nic)) {
    const path = sysctlPath(device)
    texts.set(path, {content: wanted.get(path) ?? former.get(path)?.content, device})
  }
}
