// What the two readers of SUSE's files make of them, written from their rules and not from our writer: ifup, ifup-route,
// ifup-sysctl and ifup-802.1q of openSUSE/sysconfig, and wicked's client/suse/compat-suse.c. For our own lines; what
// neither of them would take throws.

import assert from 'node:assert/strict'

export type Texts = Readonly<Record<string, string>>
export type Reader = 'scripts' | 'wicked'

/** An interface as a reader would set it up. */
export type Seen = {
  name: string
  dhcp4: boolean
  dhcp6: boolean
  addresses: string[]
  /** `10.0.0.0/8 via 192.168.0.254 metric 40`, in the order in which they are set. */
  routes: string[]
  mtu?: string | undefined
  mac?: string | undefined
  /** `eth1 7`. */
  vlan?: string | undefined
  dhcpMetric?: string | undefined
  sysctls: Record<string, string>
}

const directory = '/etc/sysconfig/network'

/** Reads every interface. */
export function readSuse(texts: Texts, reader: Reader): Seen[] {
  return Object.keys(texts)
    .filter(path => path.startsWith(`${directory}/ifcfg-`))
    .map(path => readInterface(path.slice(`${directory}/ifcfg-`.length), texts, reader))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** A list in the file `config`, which netconfig sources. */
export function readList(texts: Texts, name: string): string[] {
  const value = source(texts[`${directory}/config`] ?? '').get(name) ?? ''
  return value.split(' ').filter(word => word !== '')
}

function readInterface(name: string, texts: Texts, reader: Reader): Seen {
  const variables = source(texts[`${directory}/ifcfg-${name}`]!)
  assert.equal(variables.get('STARTMODE'), 'auto')
  const protocols = readProtocols(variables.get('BOOTPROTO') ?? '', reader)
  // `${!IPADDR*}` comes sorted; wicked takes the file's order.
  const names = [...variables.keys()].filter(key => key.startsWith('IPADDR'))
  const addresses = (reader === 'scripts' ? names.toSorted() : names).map(key => variables.get(key)!)
  for (const address of addresses) assert.match(address, /^[\da-f.:]+\/\d+$/)
  const parent = variables.get('ETHERDEVICE')
  const isNone = variables.get('BOOTPROTO') === 'none'
  const sysctls = readSysctls(name, texts, reader)
  // The VLAN does not exist yet when ifup-sysctl runs, except when it is called again in the end.
  const isTooEarly =
    reader === 'scripts' && parent !== undefined && variables.get('POST_UP_SCRIPT') !== 'ifup-sysctl'
  return {
    name,
    ...protocols,
    addresses,
    routes: readRoutes(texts[`${directory}/ifroute-${name}`] ?? '', name, reader),
    mtu: isNone && reader === 'scripts' ? undefined : variables.get('MTU'),
    mac: isNone && reader === 'scripts' ? undefined : variables.get('LLADDR'),
    vlan:
      parent === undefined ? undefined : `${parent} ${variables.get('VLAN_ID') ?? /\d+$/.exec(name)?.[0]}`,
    dhcpMetric: reader === 'wicked' ? variables.get('DHCLIENT_ROUTE_PRIORITY') : undefined,
    sysctls: isTooEarly ? {} : sysctls,
  }
}

/** ifup has a list of whole words; wicked takes them apart at each `+`. */
function readProtocols(word: string, reader: Reader): {dhcp4: boolean; dhcp6: boolean} {
  if (reader === 'scripts') {
    assert.ok(['static', 'none', 'dhcp', 'dhcp4', 'dhcp6', 'dhcp4+dhcp6'].includes(word), word)
  }
  const words = word.split('+')
  const has = (family: string) => words.includes('dhcp') || words.includes(family)
  return {dhcp4: has('dhcp4'), dhcp6: has('dhcp6')}
}

/** Of lines to one destination with one metric the scripts keep the last (`ip route replace`), wicked the first. */
function readRoutes(text: string, name: string, reader: Reader): string[] {
  const routes = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (reader === 'wicked') assert.ok(!line.includes('\\'), 'a backslash costs wicked the whole file')
    if (line.trim() === '' || line.startsWith('#')) continue
    const [destination = '', gateway = '-', mask = '-', device = '-', ...options] = line.split(/[ \t]+/)
    assert.equal(mask, '-')
    assert.equal(device, name, 'the scripts skip a route of another interface, or of none')
    assert.ok(destination === 'default' || /\/\d+$/.test(destination), destination)
    assert.ok(destination !== 'default' || gateway !== '-', 'no family')
    assert.ok(options.length === 0 || (options.length === 2 && options[0] === 'metric'), line)
    const is6 = `${destination}${gateway}`.includes(':')
    const to = destination === 'default' ? (is6 ? '::/0' : '0.0.0.0/0') : destination
    const key = `${to} ${options.join(' ')}`
    if (reader === 'wicked' && routes.has(key)) continue
    routes.delete(key)
    routes.set(key, [to, ...(gateway === '-' ? [] : ['via', gateway]), ...options].join(' '))
  }
  return [...routes.values()]
}

/** sysctl(8): the first separator tells which of `.` and `/` parts the words. */
function readSysctls(name: string, texts: Texts, reader: Reader): Record<string, string> {
  const text = texts[`${directory}/ifsysctl-${name}`] ?? ''
  const known = ['disable_ipv6', 'accept_ra', 'autoconf']
  const lines = text.split('\n').filter(line => line !== '' && !/^[#;]/.test(line))
  return Object.fromEntries(
    lines.map(line => {
      const [key = '', value = ''] = line.split('=').map(part => part.trim())
      const isDotted = /^[^/]*\./.test(key)
      const words = isDotted ? key.split('.').map(word => word.replaceAll('/', '.')) : key.split('/')
      assert.deepEqual(words.slice(0, 4), ['net', 'ipv6', 'conf', name])
      if (reader === 'wicked') assert.ok(known.includes(words[4]!), `wicked passes over ${words[4]}`)
      return [words[4]!, value]
    }),
  )
}

/** What a shell has of a file of assignments: ours stand in quotes, one a line, and no expansion is in them. */
function source(text: string): Map<string, string> {
  const variables = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name, single, double] = /^([A-Z]\w*)=(?:'([^']*)'|"([^"$`\\]*)")$/.exec(line) ?? []
    assert.ok(name !== undefined, `no assignment: ${line}`)
    variables.set(name, single ?? double ?? '')
  }
  return variables
}
