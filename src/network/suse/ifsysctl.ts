// The lines of ifsysctl-DEV, ifsysctl(5): what the kernel does of IPv6 by itself. The scripts give them to sysctl(8)
// before anything else, wicked reads them as a part of the interface's definition.

import type {ByteText} from '../../action.ts'
import type {Ipv6} from '../model.ts'
import type {Interface} from './interfaces.ts'

/**
 * Everything that the method asks for, whatever is the rule for all interfaces here. Router advertisements count where
 * the guest forwards packets too (2), as on a host of containers.
 */
const settings: Record<Ipv6['method'], Readonly<Record<string, number>>> = {
  static: {disable_ipv6: 0, accept_ra: 0, autoconf: 0},
  auto: {disable_ipv6: 0, accept_ra: 2, autoconf: 1},
  dhcp: {disable_ipv6: 0, accept_ra: 2, autoconf: 1},
  disable: {disable_ipv6: 1},
}

/** Spells the lines. With slashes a dot in the name of a VLAN is a dot. */
export function formatSysctls({name, ipv6}: Interface): string[] {
  if (ipv6 === undefined) return []
  return Object.entries(settings[ipv6.method]).map(
    ([setting, value]) => `net/ipv6/conf/${name}/${setting} = ${value}`,
  )
}

/** What a line of the file of an interface sets: `accept_ra`. */
export function settingOf(name: string, line: ByteText): string | undefined {
  const key = /^\s*([^#;=\s][^=]*?)\s*=/.exec(line)?.[1]
  if (key === undefined) return undefined
  const words = key.includes('/') && !/^[^/]*\./.test(key) ? key.split('/') : toSlashes(key).split('/')
  const [net, version, conf, device, setting] = words
  const isOwn = [name, '$INTERFACE', '$SYSCTL_IF'].includes(device ?? '')
  return [net, version, conf].join('/') === 'net/ipv6/conf' && isOwn ? setting : undefined
}

/** `net.ipv6.conf.eth0/7.accept_ra`: where dots part the words, a slash is a dot. */
function toSlashes(key: string): string {
  return key.replaceAll(/[./]/g, sign => (sign === '.' ? '/' : '.'))
}
