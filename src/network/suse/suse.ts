// /etc/sysconfig/network of SUSE to release 15, for two readers: the scripts of openSUSE/sysconfig (sle11, openSUSE
// to 12.3 and later where asked for) and wicked's compat-suse.c. ifcfg(5), routes(5), ifsysctl(5), netconfig(8).

import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful} from '../file-edit.ts'
import {interfacesOf, type Network} from '../model.ts'
import {activateSuse, findUnsaid} from './activation.ts'
import {directory} from './definitions.ts'
import {defineAll, type Edit, giveBackAll, withdrawAll} from './edits.ts'
import {describeInterfaces} from './interfaces.ts'
import {configPath, findDeafPolicy, hasNetconfig, netconfigPaths, planNames} from './netconfig.ts'
import {wickedPaths} from './reader.ts'
import {planSharedRoutes} from './routes.ts'

const sharedRoutes = `${directory}/routes`

export const suse: Dialect = {
  name: 'suse',
  title: 'SUSE ifcfg',
  otherNames: ['scripts', 'wicked', 'sysconfig'],
  // The scripts write the first before they bring anything up; wickedd the second with `lo`, the first interface.
  serviceMarks: ['/dev/.sysconfig/network/started', '/run/wicked/state-1.xml'],
  landmarks: [...netconfigPaths, ...wickedPaths],
  sources: () => [
    ...['ifcfg', 'ifroute', 'ifsysctl'].map(kind => `${directory}/${kind}-*`),
    sharedRoutes,
    configPath,
  ],
  render: renderSuse,
  activate: activateSuse,
  resolvesNames: hasNetconfig,
}

function renderSuse({network, withdraw, giveBack}: Change, surroundings: Surroundings): Rendering {
  const {nics} = network
  if (nics.length + withdraw.length + giveBack.length === 0) return nothing
  const interfaces = nics.flatMap(describeInterfaces)
  const taken = new Set(interfaces.map(({name}) => name))
  const shared = planSharedRoutes(surroundings, sharedRoutes, interfaces)
  const edits = [
    ...defineAll(interfaces, surroundings),
    ...withdrawAll(withdraw, surroundings),
    ...giveBackAll(giveBack, network, surroundings).filter(({name}) => !taken.has(name)),
  ]
  const routed = new Set(
    interfaces.filter(({ipv4, ipv6}) => ipv4?.gateway ?? ipv6?.gateway).map(({name}) => name),
  )
  const isChanged = ({name, actions}: Edit) =>
    [...actions, ...(routed.has(name) ? shared : [])].some(action => isMeaningful(action, surroundings.files))
  const changed = edits.filter(isChanged)
  return {
    files: [...edits.flatMap(({actions}) => actions), ...shared, ...planNames(network, surroundings)],
    problems: [...findUnsaid(network, surroundings), ...findDeafPolicy(network, surroundings)],
    changed: withUpper(new Set(changed.map(({name}) => name)), network),
    restored: [...new Set(changed.filter(({isRestored}) => isRestored).map(({name}) => name))],
  }
}

const nothing: Rendering = {files: [], problems: [], changed: [], restored: []}

/** A VLAN has to come up again with the NIC below it. */
function withUpper(changed: ReadonlySet<string>, {nics}: Network): string[] {
  const uppers = nics.flatMap(nic => (changed.has(nic.device) ? interfacesOf(nic) : []))
  return [...new Set([...changed, ...uppers])]
}
