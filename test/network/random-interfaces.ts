// Random texts of /etc/network/interfaces, as people and installers write them and worse. Same seed, same text.

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
