// Commands that a person is told to run: those that the dialect in charge would use itself.

import {type InitKind, readInitSystem} from '../../image/install/init-system.ts'
import {interfaceOf, type Nic} from '../../network/model.ts'
import {describeSurroundings} from '../../plan/network/network-files.ts'
import type {Exam} from '../exam.ts'

/** What brings the network up at boot, by who is in charge: its service. */
const services = {
  ifupdown: 'networking',
  netplan: 'systemd-networkd',
  networkd: 'systemd-networkd',
  networkmanager: 'NetworkManager',
  'network-scripts': 'network',
  suse: 'network',
} as const

/** The service of who is in charge; undefined if nobody is. */
export function serviceInCharge({prepared: {facts}}: Exam): string | undefined {
  return facts.manager && services[facts.manager]
}

/** How to start a service now. */
export function startCommand(service: string, {system}: Exam): string {
  const {kind} = readInitSystem(system)
  if (kind === 'systemd') return `systemctl start ${service}`
  return kind === 'openrc' ? `rc-service ${service} start` : `/etc/init.d/${service} start`
}

const enabling: Readonly<Partial<Record<InitKind, (service: string) => string>>> = {
  systemd: service => `systemctl enable ${service}`,
  insserv: service => `insserv ${service}`,
  chkconfig: service => `chkconfig ${service} on`,
  openrc: service => `rc-update add ${service} boot`,
}

/** How to have a service started at every boot. */
export function enableCommand(service: string, {system}: Exam): string {
  const {kind} = readInitSystem(system)
  return enabling[kind]?.(service) ?? `update-rc.d ${service} defaults`
}

/** How a NIC is taken down and brought up by its files, as a cure. */
export function describeBringUp(nic: Nic, {prepared}: Exam): string {
  const {facts, plan} = prepared
  const name = interfaceOf(nic)
  const activation = {down: [name], up: [name], network: plan.network}
  const surroundings = {...describeSurroundings(prepared), isStarted: true}
  const {before = [], after = []} = facts.dialect?.activate(activation, surroundings) ?? {}
  const commands = [...before, ...after].map(({argv}) => argv.join(' '))
  return commands.length === 0 ? `bring ${name} up by hand` : `run \`${commands.join('; ')}\``
}
