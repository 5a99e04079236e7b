// The ifcfg files of Red Hat and its kin to release 8, for two readers: the scripts of initscripts (fedora-sysv/
// initscripts, branches rhel6 to rhel8) and NetworkManager's plugin ifcfg-rh. Where they differ, both are served.

import type {ByteText, FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Problem} from '../../problem.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful, planFile} from '../file-edit.ts'
import {activateByIfup} from '../ifup.ts'
import type {Nic} from '../model.ts'
import {editRoutes} from '../route-lines.ts'
import {formatSignature} from '../signature.ts'
import {readAssignments, readSysconfigVariable, setSysconfigVariable} from '../sysconfig-file.ts'
import {type Definition, findDefinitions} from './definitions.ts'
import {formatIfcfg, formatRoutes, keepIpv6} from './ifcfg.ts'

const directory = '/etc/sysconfig/network-scripts'
const networkPath = '/etc/sysconfig/network'

export const redhat: Dialect = {
  name: 'redhat',
  title: 'Red Hat network-scripts',
  otherNames: ['scripts', 'network-scripts', 'ifcfg'],
  // init.d/network touches the first when it is done; NetworkManager makes the second when it starts.
  serviceMarks: ['/var/lock/subsys/network', '/run/NetworkManager/devices'],
  sources: () => [networkPath, `${directory}/ifcfg-*`, `${directory}/route-*`],
  render: renderRedhat,
  activate: activateByIfup,
  resolvesNames: () => true,
}

function renderRedhat({network}: Change, {files}: Surroundings): Rendering {
  const nics = network.nics.filter(nic => nic.ipv4 !== undefined)
  if (nics.length === 0) return {files: [], problems: [], changed: [], restored: []}
  const shared = files.get(networkPath)?.content ?? ''
  const definitions = findDefinitions(directory, files, nics)
  const edits = nics.map(nic => {
    const own = definitions.filter(definition => definition.nic === nic)
    return {nic, actions: [...planIfcfg(nic, own, nics, files), ...planRoutes(nic, files)]}
  })
  return {
    files: [
      ...planFile(files, networkPath, setSysconfigVariable(shared, 'NETWORKING', 'yes')),
      ...edits.flatMap(({actions}) => actions),
    ],
    problems: findGatewayDevice(shared, nics),
    changed: edits
      .filter(({actions}) => actions.some(action => isMeaningful(action, files)))
      .map(({nic}) => nic.device),
    restored: [],
  }
}

/** The NIC's one ifcfg file; every other one that defines it goes. */
function planIfcfg(
  nic: Nic,
  definitions: readonly Definition[],
  nics: readonly Nic[],
  files: FileTree,
): FileAction[] {
  const path = ifcfgPath(nic)
  const before = definitions.find(definition => definition.path === path) ?? definitions[0]
  const rivals = definitions.filter(definition => !nics.some(nic => ifcfgPath(nic) === definition.path))
  const ipv6 = keepIpv6(before?.content ?? '', files.get(networkPath)?.content ?? '')
  return [
    ...rivals.flatMap(({path}) => planFile(files, path, undefined)),
    ...planFile(files, path, formatIfcfg(nic, nic.ipv4!, ipv6)),
  ]
}

/**
 * route-DEV: our routes if there are any, and no other default route beside a gateway of ours: ifup-routes of rhel8
 * would put it in the place of ours.
 */
function planRoutes(nic: Nic, files: FileTree): FileAction[] {
  const path = `${directory}/route-${nic.device}`
  const hasGateway = nic.ipv4!.gateway !== undefined
  const routes = {signature: formatSignature(nic), lines: formatRoutes(nic, nic.ipv4!)}
  const isRival = (line: ByteText) => hasGateway && /^[ \t]*(default|0(\.0\.0\.0)?\/0)[ \t]/.test(line)
  const before = files.get(path)?.content ?? ''
  const others = mustYield(before, routes.lines.length > 0, hasGateway) ? '' : before
  return planFile(files, path, editRoutes(others, routes, isRival))
}

/** A file of `ADDRESS0=` lines is sourced by the shell: none of ours can stand in it, and its default is no line. */
function mustYield(text: ByteText, hasRoutes: boolean, hasGateway: boolean): boolean {
  const addresses = readAssignments(text).filter(({name}) => /^ADDRESS\d+$/.test(name))
  return (
    addresses.length > 0 && (hasRoutes || (hasGateway && addresses.some(({value}) => value === '0.0.0.0')))
  )
}

function ifcfgPath(nic: Nic): string {
  return `${directory}/ifcfg-${nic.device}`
}

/** GATEWAYDEV in the shared file keeps the default route off every other device, for both readers. */
function findGatewayDevice(shared: ByteText, nics: readonly Nic[]): Problem[] {
  const device = readSysconfigVariable(shared, 'GATEWAYDEV')
  if (!device) return []
  return nics.flatMap(nic => {
    if (nic.device === device || nic.ipv4?.gateway === undefined) return []
    const message = `no default route through ${nic.device}: only ${device} may have one here`
    return [{code: 'rival', file: networkPath, key: 'GATEWAYDEV', message, cure: 'take the line out'}]
  })
}
