// The commands that make ifcfg files count where the network already runs.
//
// ifup is that of the scripts, which hand a NIC that NetworkManager has over to it, or NetworkManager's own stand-in
// (nm-ifup): both load the one file first. Files that went NetworkManager only notices when it is told.

import type {RunAction} from '../../action.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {activateByIfup} from '../ifup.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {restoreIpv6} from '../restore-ipv6.ts'
import {formatSysctls, sysctlPath} from './sysctl.ts'

/** Takes down by the old definition and brings up by the new one; the NIC below a VLAN goes along. */
export function activateRedhat({down, up, network}: Activation, surroundings: Surroundings) {
  if (!surroundings.isStarted) return {before: [], after: []}
  const nics = new Map(network.nics.map(nic => [interfaceOf(nic), nic]))
  const carrierOf = (name: string) => (nics.get(name)?.vlan === undefined ? [] : [nics.get(name)!.device])
  const order = {
    down: distinct(down.flatMap(name => [name, ...carrierOf(name)])),
    up: distinct(up.flatMap(name => [...carrierOf(name), name])),
  }
  const {before, after} = activateByIfup({...order, network}, surroundings)
  const kept = new Set(network.nics.flatMap(nic => [...formatSysctls(nic).keys()]))
  const lost = distinct([...order.down, ...order.up]).filter(name => {
    return surroundings.files.has(sysctlPath(name)) && !kept.has(sysctlPath(name))
  })
  const settings = [...lost.map(restoreIpv6), ...up.flatMap(name => applySettings(nics.get(name)))]
  return {before, after: [...reload(surroundings), ...settings, ...after]}
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}

function reload({services}: Surroundings): RunAction[] {
  if (!services.has('NetworkManager')) return []
  const purpose = 'have NetworkManager read its files again'
  return [{kind: 'run', optional: true, argv: ['nmcli', 'connection', 'reload'], purpose, timeoutMs: 10_000}]
}

/** Nobody applies sysctl files after the boot. A VLAN that is to be made has no settings yet: `-e`. */
function applySettings(nic: Nic | undefined): RunAction[] {
  if (nic === undefined) return []
  const files = [...formatSysctls(nic).keys()].map(path => ['-p', path])
  const isBack = nic.ipv6?.method === 'auto' || nic.ipv6?.method === 'dhcp'
  // What an earlier file of ours turned off.
  const key = `net.ipv6.conf.${interfaceOf(nic).replaceAll('.', '/')}.disable_ipv6`
  const settings = [...files, ...(isBack ? [['-w', `${key}=0`]] : [])]
  const purpose = `set how the kernel treats IPv6 on ${interfaceOf(nic)}`
  return settings.map(words => ({
    kind: 'run',
    optional: true,
    argv: ['sysctl', '-q', '-e', ...words],
    purpose,
    timeoutMs: 10_000,
  }))
}
