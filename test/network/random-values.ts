// Values of the variables of a NIC (contract §4), good ones and such as people and fuzzers write.

import type {Random} from '../random.ts'
import type {Meant, Variable} from './random-context.ts'

/** What a variable may say: `good` ones are taken, `bad` ones are not. */
export type Values = {good: (random: Random) => string; bad: readonly string[]}

const nonsense = [
  'x',
  '-1',
  'é',
  '$(reboot)',
  '`id`',
  "a'b",
  'a"b',
  '\\',
  '0',
  '\x07',
  'a\nb: c',
  ';',
  '%',
  '[x]',
]

const near4 = (random: Random) => `${random.pick(['10.1', '172.16', '192.168'])}.${random.below(3)}`

export const addresses4: Values = {
  good: random => `${near4(random)}.${2 + random.below(250)}`,
  bad: [
    ...['2001:db8::5', '300.1.1.1', '0.0.0.0', '127.0.0.1', '224.0.0.5', '10.1', '10.01.0.5', '10.1.0.5/40'],
    ...['10.1.0.5 10.1.0.6', '10.1.0.5,10.1.0.6', '255.255.255.255', '1e1.0.0.1', '0x0a.1.0.5', ...nonsense],
  ],
}
export const masks: Values = {
  good: random =>
    random.pick(['255.255.255.0', '255.255.0.0', '16', '/16', '24', '31', '32', '255.255.255.254']),
  bad: ['255.0.255.0', '33', '/0', '64', 'ffff::', '255.255.255', '24 ', ...nonsense].filter(
    mask => mask !== '24 ',
  ),
}
export const gateways4: Values = {
  good: random => random.pick([`${near4(random)}.1`, `203.0.113.${1 + random.below(200)}`]),
  bad: ['2001:db8::1', '10.1.0.256', '0.0.0.0', '10.1.0.1/16', 'none', ...nonsense],
}
export const addresses6: Values = {
  good: random => `2001:db8:${1 + random.below(3)}::${(2 + random.below(60_000)).toString(16)}`,
  bad: [
    '10.1.0.5',
    '2001:db8:::5',
    '::',
    '::1',
    'ff02::1',
    'fe80::1%eth0',
    '2001:db8::5/129',
    'g::1',
    ...nonsense,
  ],
}
export const lengths6: Values = {
  good: random => random.pick(['64', '48', '128', '/64', '1']),
  bad: ['129', '/', '255.255.0.0', '6 4', ...nonsense],
}
export const gateways6: Values = {
  good: random => random.pick(['fe80::1', '2001:db8:1::1', '2001:db8:f::1', 'FE80:0::1']),
  bad: ['10.1.0.1', 'fe80::1%eth0', '::', 'ff02::1', ...nonsense],
}
export const metrics: Values = {
  good: random => random.pick(['0', '5', '100', '1024', '4294967295', `${random.below(3000)}`]),
  bad: ['4294967296', '99999999999', '1.5', '1e3', '+1', ...nonsense.filter(text => text !== '0')],
}
export const mtus: Values = {
  good: random =>
    random.pick(['1400', '1500', '9000', '1280', '68', '65535', `${1280 + random.below(8000)}`]),
  bad: ['20', '67', '65536', '70000', '1500 bytes', '1.5e3', ...nonsense],
}
export const methods: Values = {
  good: random => random.pick(['static', 'dhcp', 'skip', 'DHCP', ' static', 'dhcp ', 'dhcp\r']),
  bad: ['virtio', 'dhcp6', 'static,dhcp', ...nonsense],
}
export const methods6: Values = {
  good: random => random.pick(['static', 'auto', 'dhcp', 'disable', 'skip', 'AUTO', 'slaac', 'dhcp6 ']),
  bad: ['none', 'yes', ...nonsense],
}
export const servers: Values = {
  good: random => random.pick(['9.9.9.9', '2001:db8::53', '9.9.9.9 8.8.8.8', '8.8.4.4,1.1.1.1', '127.0.0.1']),
  bad: ['dns.example', '9.9.9.999', '0.0.0.0', ...nonsense],
}
export const domains: Values = {
  good: random =>
    random.pick(['a.example', 'a.example b.example', 'c.example.', '_x.example', 'A-1.example']),
  bad: [
    '-a.example',
    'a..b',
    '..',
    `${'a'.repeat(64)}.example`,
    ...nonsense.filter(text => !['x', '0', 'a\nb: c'].includes(text)),
  ],
}
export const vlanIds: Values = {
  good: random => `${1 + random.below(4094)}`,
  bad: ['4095', '4096', '99999', ...nonsense],
}
export const routes: Values = {
  good: random => {
    const routes4 = [
      '172.20.0.0/16 via 10.1.0.1',
      '198.51.100.0/24 via 203.0.113.9 metric 7',
      '10.9.9.9 via 10.1.1.1',
    ]
    const routes6 = ['2001:db8:77::/48 via 2001:db8:1::1', '2001:db8:78::/48 via fe80::1 metric 9']
    return random.repeat(1, 3, () => `${random.pick([...routes4, ...routes6])}, `).replace(/, $/, '')
  },
  bad: [
    ...['default via 10.1.0.1', '10.0.0.0/8', '10.0.0.0/8 via', '10.0.0.0/8 via 2001:db8::1', 'via', ',,;'],
    ...['10.0.0.0/33 via 10.1.0.1', '10.0.0.0/8 via 10.1.0.1 metric x', '10/8 via 10.1.0.1', ...nonsense],
  ],
}
export const answers: Values = {
  good: random => random.pick(['YES', 'yes', 'TRUE', '1']),
  bad: ['maybe', 'ja'],
}
export const endpoints: Values = {
  good: random => random.pick(['http://169.254.16.9:5030', 'http://192.168.0.1:5030']),
  bad: ['169.254.16.9', 'http://169.254.16.999:5030', ...nonsense],
}
export const badMacs = [
  '02:00:0a:00:00',
  '00:00:00:00:00:00',
  '01:00:5e:00:00:01',
  'ff:ff:ff:ff:ff:ff',
  ...nonsense,
]

/** A variable as it may stand in a context, or not. */
export function given(random: Random, name: string, {good, bad}: Values): Variable[] {
  const chance = random.below(8)
  if (chance < 3) return []
  if (chance === 3) return [{name, value: random.pick(['', ' ', '\r'])}]
  return [{name, value: chance === 4 && random.oneIn(2) ? random.pick(bad) : good(random)}]
}

/** What else a NIC has, and what is meant by it. Undefined if that cannot be told in few words. */
export function ofNic(random: Random): {variables: Variable[]; meant?: Omit<Meant, 'device'> | undefined} {
  const give = (name: string, kind: Values) => given(random, name, kind)
  const isPlain = random.oneIn(2)
  const ip = give('IP', addresses4)
  const mask = give('MASK', masks)
  const gateway = give('GATEWAY', gateways4)
  const ip6 = give(random.oneIn(4) ? 'IPV6' : 'IP6', addresses6)
  const length = give('IP6_PREFIX_LENGTH', lengths6)
  const gateway6 = give(random.oneIn(4) ? 'GATEWAY6' : 'IP6_GATEWAY', gateways6)
  const mtu = give('MTU', mtus)
  const dns = give('DNS', servers)
  const main = [...ip, ...mask, ...gateway, ...ip6, ...length, ...gateway6, ...mtu, ...dns]
  const rest = [
    ...give('METRIC', metrics),
    ...give('IP6_METRIC', metrics),
    ...give('SEARCH_DOMAIN', domains),
    ...give('ROUTES', routes),
    ...give('VLAN_ID', vlanIds),
    ...(random.oneIn(3) ? give('IP6_ULA', {...addresses6, good: () => 'fd00::5'}) : []),
    ...aliases(random),
  ]
  if (!isPlain) {
    return {variables: [...main, ...rest, ...give('METHOD', methods), ...give('IP6_METHOD', methods6)]}
  }
  const own4 = own(ip, addresses4, mask, masks, readMask, 24)
  const own6 = own(ip6, addresses6, length, lengths6, readLength, 64)
  const good = (list: Variable[], {bad}: Values) =>
    list.find(({value}) => value.trim() !== '' && !bad.includes(value))
  const bytes = Number(good(mtu, mtus)?.value)
  return {
    variables: [...main, ...rest.filter(({name}) => !name.includes('ALIAS') && name !== 'IP6_ULA')],
    meant: {
      mtu: own6 !== undefined && bytes < 1280 ? undefined : bytes || undefined,
      ipv4: own4,
      gateway: own4 && good(gateway, gateways4)?.value,
      ipv6: own6,
      gateway6: own6 && good(gateway6, gateways6)?.value.toLowerCase().replace('fe80:0::', 'fe80::'),
      dns: good(dns, servers)?.value.split(/[ ,]/) ?? [],
    },
  }
}

/** An address with its length; wrong or not there: none. */
function own(
  ip: readonly Variable[],
  {bad}: Values,
  length: readonly Variable[],
  lengthValues: Values,
  read: (text: string) => number,
  otherwise: number,
): string | undefined {
  const [address, mask] = [ip[0]?.value ?? '', length[0]?.value ?? '']
  if (address.trim() === '' || bad.includes(address) || lengthValues.bad.includes(mask)) return undefined
  return `${address}/${mask.trim() === '' ? otherwise : read(mask)}`
}

function readMask(text: string): number {
  const bits = (part: string) => Number(part).toString(2).replaceAll('0', '').length
  return text.includes('.') ? text.split('.').reduce((sum, part) => sum + bits(part), 0) : readLength(text)
}

function readLength(text: string): number {
  return Number(text.replace('/', ''))
}

function aliases(random: Random): Variable[] {
  return Array.from({length: random.below(3)}, (_, index) => {
    const prefix = `ALIAS${random.pick([index, index + 7])}_`
    return [
      ...given(random, `${prefix}IP`, addresses4),
      ...given(random, `${prefix}MASK`, masks),
      ...given(random, `${prefix}IP6`, addresses6),
      ...given(random, `${prefix}IP6_PREFIX_LENGTH`, lengths6),
      ...(random.oneIn(5) ? given(random, `${prefix}EXTERNAL`, answers) : []),
      ...(random.oneIn(8) ? [{name: `${prefix}DETACH`, value: 'x'}] : []),
    ]
  }).flat()
}
