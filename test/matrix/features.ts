// What a context of today may ask of the network, a feature each: the variables, and what the kernel shall have in
// the end, written by hand. Every dialect is tried with every feature: its files in test/matrix.test.ts, what the
// program that reads them makes of them in test/guests/.

/** A route as `ip route` shows it; without a metric any will do. Those to the NICs' own subnets are left out. */
export type ExpectedRoute = {to: string; via?: string; dev: string; metric?: number}

export type Feature = {
  name: string
  /** The variables of the context besides the MACs of eth0 and eth1. */
  variables: Readonly<Record<string, string>>
  kernel: {
    /** Without link-local ones. What is left to DHCP or to a router stands in `wire`. */
    addresses: Readonly<Record<string, readonly string[]>>
    routes: readonly ExpectedRoute[]
    mtu?: Readonly<Record<string, number>>
    /** A link that has got another MAC. */
    macs?: Readonly<Record<string, string>>
  }
  names?: {servers: readonly string[]; domains: readonly string[]}
  /** Who must be at the far end of eth0; addresses and routes of `kernel` hold with it. */
  wire?: 'dhcp' | 'router' | 'dhcp and router'
  /** What the kernel under the guest must be able to do: this needs a booted machine. */
  needs?: 'vlan'
}

/** The NICs of every guest of the matrix. They have the MACs that OpenNebula gives. */
export const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', pci: '0000:00:03.0'},
  {name: 'eth1', mac: '02:00:0a:00:00:05', pci: '0000:00:04.0'},
] as const

/** What dnsmasq at the far end of eth0 gives, where a feature wants it. */
export const wire = {
  address: '10.9.0.1/24',
  lease: '10.9.0.100',
  router: '2001:db8:9::1/64',
  prefix: '2001:db8:9::/64',
  lease6: '2001:db8:9::100',
} as const

const eth0 = {ETH0_IP: '192.168.0.5', ETH0_MASK: '255.255.255.0'}
const eth0Routed = {...eth0, ETH0_GATEWAY: '192.168.0.1'}
const eth0In6 = {ETH0_IP6: '2001:db8::5', ETH0_IP6_PREFIX_LENGTH: '64'}
const at = {eth0: ['192.168.0.5/24']}
const default0 = {to: 'default', via: '192.168.0.1', dev: 'eth0'}

export const features: readonly Feature[] = [
  {name: 'static', variables: eth0Routed, kernel: {addresses: at, routes: [default0]}},
  {name: 'no-gateway', variables: eth0, kernel: {addresses: at, routes: []}},
  {
    name: 'two-nics',
    variables: {...eth0Routed, ETH1_IP: '10.0.0.5', ETH1_MASK: '255.0.0.0'},
    kernel: {addresses: {...at, eth1: ['10.0.0.5/8']}, routes: [default0]},
  },
  {
    name: 'two-gateways',
    variables: {...eth0Routed, ETH1_IP: '10.0.0.5', ETH1_MASK: '255.0.0.0', ETH1_GATEWAY: '10.0.0.1'},
    kernel: {
      addresses: {...at, eth1: ['10.0.0.5/8']},
      routes: [default0, {to: 'default', via: '10.0.0.1', dev: 'eth1', metric: 101}],
    },
  },
  {
    name: 'metric',
    variables: {...eth0Routed, ETH0_METRIC: '50'},
    kernel: {addresses: at, routes: [{...default0, metric: 50}]},
  },
  {
    name: 'gateway-on-link',
    variables: {...eth0, ETH0_GATEWAY: '10.1.1.1'},
    kernel: {addresses: at, routes: [{to: 'default', via: '10.1.1.1', dev: 'eth0'}]},
  },
  {
    name: 'gateway-on-link-with-metric',
    variables: {
      ETH0_IP: '203.0.113.7',
      ETH0_MASK: '255.255.255.255',
      ETH0_GATEWAY: '10.1.1.1',
      ETH0_METRIC: '70',
    },
    kernel: {
      addresses: {eth0: ['203.0.113.7/32']},
      routes: [{to: 'default', via: '10.1.1.1', dev: 'eth0', metric: 70}],
    },
  },
  {
    name: 'aliases',
    variables: {
      ...eth0Routed,
      ETH0_ALIAS0_IP: '192.168.0.6',
      ETH0_ALIAS0_MASK: '24',
      ETH0_ALIAS1_IP: '172.16.0.6',
      ETH0_ALIAS1_MASK: '255.255.0.0',
      ETH0_ALIAS1_IP6: '2001:db8:1::6',
      ETH0_ALIAS2_IP: '172.16.0.7',
      ETH0_ALIAS2_EXTERNAL: 'YES',
    },
    kernel: {
      addresses: {eth0: ['172.16.0.6/16', '192.168.0.5/24', '192.168.0.6/24', '2001:db8:1::6/64']},
      routes: [default0],
    },
  },
  {
    name: 'routes',
    variables: {
      ...eth0Routed,
      ...eth0In6,
      ETH0_ROUTES:
        '10.0.0.0/8 via 192.168.0.254, 172.16.0.0/12 via 192.168.0.253 metric 40, 2001:db8:f::/48 via 2001:db8::fe',
    },
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/64']},
      routes: [
        default0,
        {to: '10.0.0.0/8', via: '192.168.0.254', dev: 'eth0'},
        {to: '172.16.0.0/12', via: '192.168.0.253', dev: 'eth0', metric: 40},
        {to: '2001:db8:f::/48', via: '2001:db8::fe', dev: 'eth0'},
      ],
    },
  },
  {
    name: 'dual-stack',
    variables: {...eth0Routed, ...eth0In6, ETH0_IP6_GATEWAY: '2001:db8::1'},
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/64']},
      routes: [default0, {to: 'default', via: '2001:db8::1', dev: 'eth0'}],
    },
  },
  {
    name: 'ipv6-only',
    variables: {...eth0In6, ETH0_IP6_GATEWAY: 'fe80::1', ETH0_IP6_METRIC: '60'},
    kernel: {
      addresses: {eth0: ['2001:db8::5/64']},
      routes: [{to: 'default', via: 'fe80::1', dev: 'eth0', metric: 60}],
    },
  },
  {
    name: 'ipv6-gateway-on-link',
    variables: {
      ...eth0,
      ETH0_IP6: '2001:db8::5',
      ETH0_IP6_PREFIX_LENGTH: '128',
      ETH0_IP6_GATEWAY: '2001:db8:ffff::1',
    },
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/128']},
      routes: [{to: 'default', via: '2001:db8:ffff::1', dev: 'eth0'}],
    },
  },
  {
    name: 'ipv6-two-gateways',
    variables: {
      ...eth0In6,
      ETH0_IP6_GATEWAY: '2001:db8::1',
      ETH1_IP6: '2001:db8:1::5',
      ETH1_IP6_GATEWAY: '2001:db8:1::1',
    },
    kernel: {
      addresses: {eth0: ['2001:db8::5/64'], eth1: ['2001:db8:1::5/64']},
      routes: [
        {to: 'default', via: '2001:db8::1', dev: 'eth0'},
        {to: 'default', via: '2001:db8:1::1', dev: 'eth1', metric: 1125},
      ],
    },
  },
  {
    name: 'ipv6-ula',
    variables: {...eth0In6, ETH0_IP6_ULA: 'fd00:1::5'},
    kernel: {addresses: {eth0: ['2001:db8::5/64', 'fd00:1::5/64']}, routes: []},
  },
  {
    name: 'ipv6-old-names',
    variables: {ETH0_IPV6: '2001:0DB8:0::5', ETH0_GATEWAY6: '2001:db8::1'},
    kernel: {
      addresses: {eth0: ['2001:db8::5/64']},
      routes: [{to: 'default', via: '2001:db8::1', dev: 'eth0'}],
    },
  },
  {
    name: 'ipv6-disabled',
    variables: {...eth0Routed, ETH0_IP6_METHOD: 'disable'},
    wire: 'router',
    kernel: {addresses: at, routes: [default0]},
  },
  {
    name: 'ipv6-static-beside-a-router',
    variables: {...eth0Routed, ...eth0In6},
    wire: 'router',
    kernel: {addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/64']}, routes: [default0]},
  },
  {
    name: 'ipv6-auto',
    variables: {...eth0Routed, ETH0_IP6_METHOD: 'auto'},
    wire: 'router',
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8:9::*/64']},
      routes: [default0, {to: 'default', via: 'fe80::*', dev: 'eth0'}],
    },
  },
  {
    name: 'ipv6-dhcp',
    variables: {...eth0Routed, ETH0_IP6_METHOD: 'dhcp'},
    wire: 'dhcp and router',
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8:9::100/*']},
      routes: [default0, {to: 'default', via: 'fe80::*', dev: 'eth0'}],
    },
  },
  {
    name: 'dhcp',
    variables: {ETH0_METHOD: 'dhcp', ETH0_IP6_METHOD: 'skip', ETH0_IP: '10.9.0.77', ETH0_GATEWAY: '10.9.0.7'},
    wire: 'dhcp',
    kernel: {addresses: {eth0: ['10.9.0.100/24']}, routes: [{to: 'default', via: '10.9.0.1', dev: 'eth0'}]},
  },
  {
    name: 'dhcp-with-metric-and-alias',
    variables: {
      ETH0_METHOD: 'dhcp',
      ETH0_IP6_METHOD: 'skip',
      ETH0_METRIC: '300',
      ETH0_ALIAS0_IP: '192.168.0.6',
      ETH1_IP: '10.0.0.5',
    },
    wire: 'dhcp',
    kernel: {
      addresses: {eth0: ['10.9.0.100/24', '192.168.0.6/24'], eth1: ['10.0.0.5/24']},
      routes: [{to: 'default', via: '10.9.0.1', dev: 'eth0', metric: 300}],
    },
  },
  {
    name: 'mtu',
    variables: {...eth0Routed, ETH0_MTU: '1400'},
    kernel: {addresses: at, routes: [default0], mtu: {eth0: 1400}},
  },
  {
    name: 'names',
    variables: {
      ...eth0,
      ETH0_DNS: '192.168.0.53 2001:db8::53',
      ETH0_SEARCH_DOMAIN: 'one.example',
      ETH1_IP: '10.0.0.5',
      ETH1_DNS: '10.0.0.53',
      DNS: '9.9.9.9 192.168.0.53',
      SEARCH_DOMAIN: 'all.example',
    },
    kernel: {addresses: {...at, eth1: ['10.0.0.5/24']}, routes: []},
    names: {
      servers: ['192.168.0.53', '2001:db8::53', '10.0.0.53', '9.9.9.9'],
      domains: ['one.example', 'all.example'],
    },
  },
  {
    name: 'onegate',
    variables: {...eth0Routed, ONEGATE_ENDPOINT: 'http://169.254.16.9:5030'},
    kernel: {addresses: at, routes: [default0, {to: '169.254.16.9', dev: 'eth0'}]},
  },
  {
    name: 'pci',
    variables: {
      PCI0_ADDRESS: '00:04.0',
      PCI0_IP: '10.7.0.5',
      PCI0_MAC: '02:11:22:33:44:55',
      PCI1_ADDRESS: '00:09.0',
    },
    kernel: {addresses: {eth1: ['10.7.0.5/24']}, routes: [], macs: {eth1: '02:11:22:33:44:55'}},
  },
  {
    name: 'pci-vlan',
    variables: {
      ...eth0Routed,
      PCI0_ADDRESS: '0000:00:04.0',
      PCI0_IP: '10.7.0.5',
      PCI0_IP6: '2001:db8:7::5',
      PCI0_VLAN_ID: '7',
      PCI0_GATEWAY: '10.7.0.1',
      PCI0_MTU: '1450',
    },
    needs: 'vlan',
    kernel: {
      addresses: {...at, 'eth1.7': ['10.7.0.5/24', '2001:db8:7::5/64']},
      routes: [default0, {to: 'default', via: '10.7.0.1', dev: 'eth1.7', metric: 100}],
      mtu: {'eth1.7': 1450},
    },
  },
]

/** The text of context.sh, as OpenNebula writes it. The MACs of eth0 and eth1 are given where ETHx is described. */
export function formatContext({variables}: Pick<Feature, 'variables'>): string {
  const all = {...macsOf(variables), ...variables}
  const lines = Object.entries(all).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return `# Context variables generated by OpenNebula\n${lines.join('')}`
}

function macsOf(variables: Readonly<Record<string, string>>): Record<string, string> {
  const described = nics.filter((_, index) =>
    Object.keys(variables).some(name => name.startsWith(`ETH${index}_`)),
  )
  return Object.fromEntries(described.map(nic => [`ETH${nics.indexOf(nic)}_MAC`, nic.mac]))
}
