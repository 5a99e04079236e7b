// Which programs could configure the network of this root, and which of them are enabled to do it at boot. What is
// merely installed does not count where something else is enabled (contract §4).

import type {System} from '../../system/system.ts'
import {type OperatingSystem, unknownSystem} from '../operating-system.ts'

export type ManagerName = 'ifupdown' | 'netplan' | 'networkd' | 'networkmanager' | 'network-scripts' | 'suse'
export type ManagerState = 'enabled' | 'installed' | 'absent'
export type ManagerStates = Readonly<Record<ManagerName, ManagerState>>

export const nobody: ManagerStates = {
  ifupdown: 'absent',
  netplan: 'absent',
  networkd: 'absent',
  networkmanager: 'absent',
  'network-scripts': 'absent',
  suse: 'absent',
}

type Marks = {
  /** Any of these makes it installed. */
  installed: readonly string[]
  /** Units and init scripts, any of which makes it enabled if something starts it at boot. */
  services: readonly string[]
  /** Files whose presence alone makes it enabled, `*` for any characters in a name. */
  enabling?: readonly string[]
}

const marks: Record<ManagerName, Marks> = {
  ifupdown: {
    installed: ['/sbin/ifup', '/usr/sbin/ifup', '/etc/network/interfaces'],
    // The same name for Debian's, Devuan's and Alpine's own script.
    services: ['networking'],
    enabling: ['/etc/init/networking.conf'],
  },
  netplan: {
    installed: ['/usr/sbin/netplan', '/sbin/netplan'],
    services: ['netplan-configure'],
    enabling: ['/etc/netplan/*.yaml'],
  },
  networkd: {
    installed: ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'],
    services: ['systemd-networkd'],
  },
  networkmanager: {
    installed: ['/usr/sbin/NetworkManager'],
    services: ['NetworkManager', 'network-manager', 'networkmanager'],
  },
  'network-scripts': {
    installed: ['/etc/sysconfig/network-scripts/ifup', '/etc/sysconfig/network-scripts'],
    services: ['network'],
  },
  suse: {
    installed: ['/etc/sysconfig/network/config', '/etc/sysconfig/network'],
    services: ['wicked', 'network'],
  },
}

/** Tells of each manager whether it is enabled, installed or absent; `started` are the services started at boot. */
export function readManagers(system: System, started: ReadonlySet<string>): ManagerStates {
  const state = ({installed, services, enabling = []}: Marks): ManagerState => {
    if (!installed.some(path => exists(system, path))) return 'absent'
    const isEnabled = services.some(name => started.has(name)) || enabling.some(path => exists(system, path))
    return isEnabled ? 'enabled' : 'installed'
  }
  return Object.fromEntries(Object.entries(marks).map(([name, of]) => [name, state(of)])) as ManagerStates
}

/**
 * Tells who is in charge of the network: of the family's order the first that is enabled, else the first installed.
 * Undefined where none is there.
 */
export function whoIsInCharge(os: OperatingSystem, managers: ManagerStates): ManagerName | undefined {
  const order = orderOf(os, managers)
  return (
    order.find(name => managers[name] === 'enabled') ?? order.find(name => managers[name] === 'installed')
  )
}

function orderOf(
  {family, id, version = 99}: OperatingSystem,
  managers: ManagerStates,
): readonly ManagerName[] {
  if (family === 'debian') {
    const isOld = id === 'devuan' || (id === 'debian' && version <= 12)
    const modern = ['netplan', 'networkd', 'networkmanager'] as const
    return isOld ? ['ifupdown', ...modern] : [...modern, 'ifupdown']
  }
  if (family === 'redhat') return version <= 8 ? ['network-scripts', 'networkmanager'] : ['networkmanager']
  if (family === 'suse') return version <= 15.99 ? ['suse', 'networkmanager'] : ['networkmanager', 'suse']
  if (family === 'busybox') return ['ifupdown', 'networkmanager']
  // A distribution that is not known has its own ways, whatever lies around there. Where nothing names one at all,
  // somebody has put together a guest of busybox, whose only way is ifup: unless something else is there.
  const hasOthers = Object.entries(managers).some(
    ([name, state]) => name !== 'ifupdown' && state !== 'absent',
  )
  return id === unknownSystem.id && !hasOthers ? ['ifupdown'] : []
}

function exists(system: System, pattern: string): boolean {
  const star = pattern.lastIndexOf('/*')
  if (star === -1) return system.files.status(pattern) !== undefined
  return system.files.list(pattern.slice(0, star)).some(name => name.endsWith(pattern.slice(star + 2)))
}
