// Random texts of /etc/network/interfaces, as people and installers write them and worse. Same seed, same text.

import type {Address, Ipv4, Ipv6, Nic} from '../../src/network/model.ts'

/** A text in pieces, so that a test can tell whose bytes are whose. `isOurs`: it defines the NIC by IPv4. */
export type Piece = {text: string; isOurs: boolean}

export function randomInterfaces(seed: number, device: string): Piece[] {
  const random = seededRandom(seed)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const newline = pick(['\n', '\n', '\r\n'])
  const some = (line: () => string, most = 3) => Array.from({length: Math.floor(random() * (most + 1))}, line)
  const gap = () => pick(['', ' ', '\t', '# a comment', '#auto eth0', '  # \xe9\xa0\xff \\', '#'])
  const option = () => {
    const value = pick([
      '10.1.2.3',
      '255.0.0.0',
      'a  b',
      'x \\\n   y',
      '\xa0\xe4',
      'ip route add 10/8 via 1.2.3.4 || true',
    ])
    return `${pick(['  ', '\t', '    '])}${pick(['up', 'address', 'dns-search', 'x-y', 'pre-down'])} ${value}`
  }
  const stanza = (heading: string) => [heading, ...some(() => pick([option, option, gap])()), option()]
  const others = ['lo', 'eth1', `${device}:0`, `${device}.7`, `${device}0`, 'br0']
  const foreign = () =>
    pick([
      () => stanza(`iface ${pick(others)} inet ${pick(['static', 'dhcp', 'manual'])}`),
      () => stanza(`iface ${pick([...others, device])} inet6 ${pick(['static', 'auto'])}`),
      () => [`mapping ${pick(others)}`, '  script /bin/true', '  map x y'],
      () => [`auto ${pick(others)} ${pick([...others, device])}`],
      () => [`allow-hotplug ${pick([...others, device])}`],
      () => [
        pick([
          'source /etc/network/other/*',
          'source-directory other',
          'no-auto-down eth1',
          'no-scripts eth1',
          'rename a=b',
        ]),
      ],
      () => some(gap),
    ])()
  const ours = () =>
    stanza(`${pick(['', ' '])}iface ${pick([' ', '\t'])}${device} inet ${pick(['static', 'dhcp', 'manual'])}`)
  const pieces = some(() => pick(['foreign', 'foreign', 'ours']), 8).map(kind => {
    const lines = kind === 'ours' ? ours() : foreign()
    return {text: lines.map(line => line + newline).join(''), isOurs: kind === 'ours'}
  })
  const last = pieces.at(-1)
  if (last !== undefined && pick([true, false])) last.text = last.text.replace(/\r?\n$/, '')
  return pieces
}

/** A NIC with all that the model can say, but for what is another link: VLAN and MAC. */
export function randomNic(seed: number, device: string): Nic {
  const random = seededRandom(seed)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const number = (most: number) => Math.floor(random() * most)
  const list = <T>(most: number, make: (index: number) => T) =>
    Array.from({length: number(most + 1)}, (_, i) => make(i))
  const metric = () => pick([undefined, 5, 4_000_000_000])
  const route = (destination: (index: number) => Address, hop: string) => (index: number) => ({
    destination: destination(index),
    gateway: pick([undefined, {address: hop, onLink: pick([true, false])}]),
    metric: metric(),
  })
  const gateway = (near: string, far: string) =>
    pick([
      undefined,
      {address: near, onLink: false, metric: metric()},
      {address: far, onLink: true, metric: metric()},
    ])
  const family4 = {
    addresses: [
      {address: '10.1.0.5', prefix: 16},
      ...list(3, index => ({address: `10.2.${index}.5`, prefix: 24 + index})),
    ],
    gateway: gateway(pick(['10.1.0.1', '10.2.0.1']), '192.0.2.1'),
    routes: list(
      3,
      route(index => ({address: `172.16.${index}.0`, prefix: 24}), '10.1.0.9'),
    ),
  }
  const family6 = {
    addresses: [
      {address: '2001:db8::5', prefix: 64},
      ...list(3, index => ({address: `fd00::${index + 1}`, prefix: 64})),
    ],
    gateway: gateway(pick(['2001:db8::1', 'fe80::1']), '2001:db8:f::1'),
    routes: list(
      3,
      route(index => ({address: `2001:db8:${index + 1}::`, prefix: 48}), '2001:db8::9'),
    ),
  }
  const lease = {...family4, addresses: family4.addresses.slice(1), gateway: undefined, metric: metric()}
  const ipv4: Ipv4 | undefined = pick([undefined, {method: 'static', ...family4}, {method: 'dhcp', ...lease}])
  const ipv6: Ipv6 | undefined = pick([
    ...(ipv4 === undefined ? [] : [undefined]),
    {method: 'static', ...family6},
    {method: pick(['auto', 'dhcp']), ...family6, addresses: family6.addresses.slice(1), gateway: undefined},
    {method: 'disable', addresses: [], routes: []},
  ])
  return {
    ...{device, mac: '02:00:0a:01:00:05', hasPermanentMac: true, origin: 'context' as const},
    ...{
      ipv4,
      ipv6,
      mtu: pick([undefined, 1400]),
      dns: list(3, index => `9.9.9.${index}`),
      searchDomains: list(2, index => `d${index}.x`),
    },
  }
}

/** mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
