// What the scripts cannot say of IPv6, for the kernel: sysctl.d(5). They start the link with router advertisements on,
// and turn them off some seconds later, with the router's address and route already there; and IPV6INIT=no leaves all
// as it is. init.d/network applies these files before the first ifup, and udev when a VLAN is made.

import type {ByteText} from '../../action.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'

/** Every file of ours. */
export const sysctlPattern = '/etc/sysctl.d/60-vmcontext-*.conf'

export function sysctlPath(device: string): string {
  return sysctlPattern.replace('*', device)
}

/** Spells the file of each interface of a NIC that needs one. */
export function formatSysctls(nic: Nic): Map<string, ByteText> {
  const device = interfaceOf(nic)
  const carrier = nic.vlan === undefined ? [] : [[nic.device, ['disable_ipv6 = 1']] as const]
  const own = nic.ipv6 === undefined ? [] : [[device, settings[nic.ipv6.method]] as const]
  const files = [...carrier, ...own].filter(([, lines]) => lines.length > 0)
  return new Map(files.map(([name, lines]) => [sysctlPath(name), formatFile(nic, name, lines)]))
}

const settings = {
  static: ['disable_ipv6 = 0', 'accept_ra = 0', 'autoconf = 0'],
  auto: [],
  dhcp: [],
  disable: ['disable_ipv6 = 1'],
} as const

/** Where dots separate, a dot in a name is a slash. */
function formatFile(nic: Nic, device: string, lines: readonly string[]): ByteText {
  const prefix = `net.ipv6.conf.${device.replaceAll('.', '/')}`
  return [formatSignature(nic), ...lines.map(line => `${prefix}.${line}`), ''].join('\n')
}
