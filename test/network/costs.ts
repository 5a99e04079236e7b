// What a wrong value costs (contract §3 and §4), as a table: the plan is that of a context without the variable, and
// without what `besides` names. Where a guess could put a NIC on a wrong network it costs more than itself. A variable
// that is not here has no wrong values: it is a boolean (EXTERNAL), or nobody's (ETHx_NETWORK).

import type {Variable} from './random-context.ts'
import * as values from './random-values.ts'

export type Cost = {
  /** Wrong values of the variable. */
  bad: readonly string[]
  /** The variables that it costs, itself among them. */
  costs(name: string): boolean
  /** The NIC is left as it is, as by METHOD=skip; its name servers count. */
  isWholeNic: boolean
  /** It is looked at, and so a problem names it. */
  isRead: boolean
}

/** What the rest of the NIC's variables say. */
type Nic = {has(name: string): boolean; method4: string; method6: string}

type Row = {
  name: RegExp
  bad: readonly string[]
  besides?: ((nic: Nic, alias: string) => RegExp | undefined) | undefined
  isWholeNic?: boolean
  isRead?: (nic: Nic, alias: string) => boolean
}

const family4 = /^(IP|MASK|GATEWAY|ALIAS\d+_(IP|MASK))$/
const family6 = /^(IP6|IPV6|IP6_PREFIX_LENGTH|IP6_ULA|IP6_GATEWAY|GATEWAY6|ALIAS\d+_IP6.*)$/

const isStatic4 = ({method4}: Nic) => method4 === 'static'
const isStatic6 = ({method6}: Nic) => method6 === 'static'
const isConfigured = ({has}: Nic, alias: string) => !has(`${alias}DETACH`) && !has(`${alias}EXTERNAL`)
const isNeverSkipped = () => true

const rows: readonly Row[] = [
  // Which NIC is meant, and on which network it shall be, is not guessed.
  {name: /^MAC$/, bad: values.badMacs, isWholeNic: true, isRead: isNeverSkipped},
  {name: /^PCI ADDRESS$/, bad: ['00:03', '0000:00:03', 'x'], isWholeNic: true, isRead: isNeverSkipped},
  {name: /^PCI VLAN_ID$/, bad: values.vlanIds.bad, isWholeNic: true, isRead: isNeverSkipped},
  // A wrong address or mask costs that family of that NIC.
  {
    name: /^IP$/,
    bad: values.addresses4.bad,
    besides: nic => (isStatic4(nic) ? family4 : undefined),
    isRead: isStatic4,
  },
  {
    name: /^MASK$/,
    bad: values.masks.bad,
    besides: nic => (isStatic4(nic) && nic.has('IP') ? family4 : undefined),
    isRead: isStatic4,
  },
  {
    name: /^IP6$/,
    bad: values.addresses6.bad,
    besides: nic => (isStatic6(nic) ? family6 : undefined),
    isRead: isStatic6,
  },
  {
    name: /^IPV6$/,
    bad: values.addresses6.bad,
    besides: nic => (isStatic6(nic) && !nic.has('IP6') ? family6 : undefined),
    isRead: nic => isStatic6(nic) && !nic.has('IP6'),
  },
  {
    name: /^IP6_PREFIX_LENGTH$/,
    bad: values.lengths6.bad,
    besides: nic => (isStatic6(nic) && (nic.has('IP6') || nic.has('IPV6')) ? family6 : undefined),
    isRead: isStatic6,
  },
  // Of two names for one thing the first that is given counts, right or wrong: no guess.
  {name: /^IP6_GATEWAY$/, bad: values.gateways6.bad, besides: () => /^GATEWAY6$/, isRead: () => false},
  {name: /^GATEWAY6$/, bad: values.gateways6.bad, isRead: () => false},
  // An alias that is wrong is left out, in that family. Beside a wrong address nobody looks at it.
  {
    name: /^ALIAS\d+_(IP|MASK)$/,
    bad: ['300.1.1.1', '2001:db8::5', '255.0.255.0', 'x', '-1'],
    besides: ({has}, alias) => (has(`${alias}IP`) ? new RegExp(`^${alias}(IP|MASK)$`) : undefined),
    isRead: (nic, alias) => isConfigured(nic, alias) && !nic.has('IP'),
  },
  {
    name: /^ALIAS\d+_IP6(_PREFIX_LENGTH)?$/,
    bad: ['10.1.0.5', '129', 'x', '::1'],
    besides: ({has}, alias) =>
      has(`${alias}IP6`) ? new RegExp(`^${alias}IP6(_PREFIX_LENGTH)?$`) : undefined,
    isRead: (nic, alias) => isConfigured(nic, alias) && ['auto', 'dhcp'].includes(nic.method6),
  },
  // All others cost themselves.
  {name: /^IP6_ULA$/, bad: values.addresses6.bad, isRead: isStatic6},
  {name: /^GATEWAY$/, bad: values.gateways4.bad, isRead: () => false},
  {name: /^MTU$/, bad: values.mtus.bad},
  {name: /^METHOD$/, bad: values.methods.bad, isRead: isNeverSkipped},
  {name: /^IP6_METHOD$/, bad: values.methods6.bad, isRead: isNeverSkipped},
  {name: /^METRIC$/, bad: values.metrics.bad},
  {name: /^IP6_METRIC$/, bad: values.metrics.bad},
  {name: /^DNS$/, bad: values.servers.bad},
  {name: /^SEARCH_DOMAIN$/, bad: values.domains.bad},
  {name: /^ROUTES$/, bad: values.routes.bad.filter(text => text !== ',,;')},
]

/** What a wrong value of a variable costs beside the `others`; undefined where it has no wrong ones. */
export function costOf(name: string, others: readonly Variable[]): Cost | undefined {
  const [, bus = '', label = '', own = ''] = /^((?:ETH|PCI))(\d+_)(.*)$/.exec(name) ?? []
  const row = rows.find(each => each.name.test(own) || each.name.test(`${bus} ${own}`))
  if (row === undefined) return undefined
  const prefix = bus + label
  const nic = describeNic(others, prefix)
  const alias = /^ALIAS\d+_/.exec(own)?.[0] ?? ''
  const besides = row.besides?.(nic, alias)
  const isSkipped = nic.method4 === 'skip' && row.isRead !== isNeverSkipped
  return {
    bad: row.bad,
    costs: other =>
      other === name ||
      (!isSkipped && other.startsWith(prefix) && besides?.test(other.slice(prefix.length)) === true),
    isWholeNic: row.isWholeNic === true,
    isRead: !isSkipped && (row.isRead?.(nic, alias) ?? true),
  }
}

function describeNic(variables: readonly Variable[], prefix: string): Nic {
  const texts = new Map(variables.map(({name, value}) => [name.toUpperCase(), value.trim()]))
  const get = (name: string) => (texts.get(prefix + name) ?? '').toLowerCase()
  const choose = (text: string, ...choices: string[]) => choices.find(choice => choice === text)
  const method4 = choose(get('METHOD'), 'static', 'dhcp', 'skip') ?? 'static'
  const named = get('IP6_METHOD').replace('slaac', 'auto').replace('dhcp6', 'dhcp')
  const method6 = choose(named, 'static', 'auto', 'dhcp', 'disable', 'skip') ?? method4
  return {has: name => get(name) !== '', method4, method6}
}
