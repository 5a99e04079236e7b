// /etc/sysconfig/network of SUSE to release 15, for two readers: the scripts of openSUSE/sysconfig (sle11, openSUSE
// to 12.3 and later where asked for) and wicked's compat-suse.c. ifcfg(5), routes(5).

import type {ByteText, FileAction} from '../../action.ts'
import {parseAddress, sameNetwork} from '../../context/ipv4.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful, planFile} from '../file-edit.ts'
import {activateByIfup} from '../ifup.ts'
import type {Nic} from '../model.ts'
import {editRoutes} from '../route-lines.ts'
import {formatSignature} from '../signature.ts'
import {formatIfcfg, formatRoutes} from './ifcfg.ts'

const directory = '/etc/sysconfig/network'
const sharedRoutes = `${directory}/routes`

export const suse: Dialect = {
  name: 'suse',
  title: 'SUSE ifcfg',
  otherNames: ['scripts', 'wicked', 'sysconfig'],
  // The scripts write the first before they bring anything up; wickedd the second with `lo`, the first interface.
  serviceMarks: ['/dev/.sysconfig/network/started', '/run/wicked/state-1.xml'],
  sources: () => [`${directory}/ifcfg-*`, `${directory}/ifroute-*`, sharedRoutes],
  render: renderSuse,
  activate: activateByIfup,
  resolvesNames: () => true,
}

function renderSuse({network}: Change, {files}: Surroundings): Rendering {
  const nics = network.nics.filter(nic => nic.ipv4 !== undefined)
  const shared = nics.length === 0 ? [] : planSharedRoutes(nics, files)
  const edits = nics.map(nic => {
    const own = planNic(nic, files)
    const concerned = nic.ipv4?.gateway === undefined ? own : [...own, ...shared]
    return {nic, own, isChanged: concerned.some(action => isMeaningful(action, files))}
  })
  return {
    files: [...edits.flatMap(({own}) => own), ...shared],
    problems: [],
    changed: edits.filter(({isChanged}) => isChanged).map(({nic}) => nic.device),
    restored: [],
  }
}

/** ifcfg-DEV, and ifroute-DEV with one default route: of two wicked takes the first, the scripts take the last. */
function planNic(nic: Nic, files: FileTree): FileAction[] {
  const ifcfg = `${directory}/ifcfg-${nic.device}`
  const ifroute = `${directory}/ifroute-${nic.device}`
  const routes = {signature: formatSignature(nic), lines: formatRoutes(nic, nic.ipv4!)}
  const isRival = (line: ByteText) => nic.ipv4!.gateway !== undefined && parseDefault(line) !== undefined
  return [
    ...planFile(files, ifcfg, formatIfcfg(nic, nic.ipv4!, files.get(ifcfg)?.content ?? '')),
    ...planFile(files, ifroute, editRoutes(files.get(ifroute)?.content ?? '', routes, isRival)),
  ]
}

/**
 * `routes` speaks for all interfaces, and ifup-route applies it again with each: a default route there through a NIC
 * whose gateway is ours would win as soon as another NIC comes up. The line that 2.2 left goes in any case.
 */
function planSharedRoutes(nics: readonly Nic[], files: FileTree): FileAction[] {
  const text = files.get(sharedRoutes)?.content
  if (text === undefined) return []
  const isRival = (line: ByteText) => {
    const route = parseDefault(line)
    return route !== undefined && (isOfOpenNebula2(line) || nics.some(nic => leadsThrough(nic, route)))
  }
  return planFile(files, sharedRoutes, editRoutes(text, {signature: '', lines: []}, isRival))
}

type DefaultRoute = {gateway?: string | undefined; device?: string | undefined}

/** Reads an IPv4 default route: DESTINATION GATEWAY NETMASK INTERFACE, `-` for nothing, routes(5). */
function parseDefault(line: ByteText): DefaultRoute | undefined {
  const [destination = '', gateway, , device] = line
    .trim()
    .split(/[ \t]+/)
    .map(field => (field === '-' ? undefined : field))
  const isDefault = destination === 'default' || /\/0$/.test(destination)
  return isDefault && !line.includes(':') ? {gateway, device} : undefined
}

/** `default A.B.C.1` and nothing more: share/scripts/openSUSE/net-vmcontext/vmcontext of OpenNebula 2.2. */
function isOfOpenNebula2(line: ByteText): boolean {
  return /^default \d+\.\d+\.\d+\.1\s*$/.test(line)
}

function leadsThrough({device, ipv4}: Nic, route: DefaultRoute): boolean {
  if (ipv4?.gateway === undefined) return false
  if (route.device !== undefined) return route.device === device
  const gateway = parseAddress(route.gateway ?? '')
  return (
    gateway !== undefined && ipv4.addresses.some(({address, prefix}) => sameNetwork(gateway, address, prefix))
  )
}
