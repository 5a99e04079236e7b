// What holds where nobody says anything. Each rule is found to matter by saying something else once: `probe`.

type SettingDefault = {name: string; rule: string; probe: string}
/** `beside`: it matters only where one of these is given. `ofAlias`: the rule of an alias, if it has one of its own. */
type NicDefault = {
  suffix: string
  beside: readonly string[]
  rule: string
  ofAlias?: string
  probe: string
}

/** Settings of vmcontext.conf(5) that decide about addresses from MACs. */
export const settingDefaults: readonly SettingDefault[] = [
  {
    name: 'NETMASK',
    probe: '255.255.255.128',
    rule: 'the mask is 255.255.255.0 by the MAC rule (NETMASK in vmcontext.conf(5))',
  },
  {
    name: 'GATEWAY',
    probe: '192.0.2.77',
    rule: 'the gateway is .1 of the address by the MAC rule (GATEWAY in vmcontext.conf(5))',
  },
]

/** What a card that the context describes has by itself, by the end of the variable that would say otherwise. */
export const nicDefaults: readonly NicDefault[] = [
  {
    suffix: 'MASK',
    beside: ['IP'],
    probe: '255.255.255.128',
    rule: 'the prefix is 24 (ETHx_MASK in vmcontext(8))',
    ofAlias:
      'the prefix is that of its card where it lies in that network, else 24 (ETHx_MASK in vmcontext(8))',
  },
  {
    suffix: 'IP6_PREFIX_LENGTH',
    beside: ['IP6', 'IPV6'],
    probe: '48',
    rule: 'the IPv6 prefix is 64 (ETHx_IP6_PREFIX_LENGTH in vmcontext(8))',
  },
  {
    suffix: 'METRIC',
    beside: ['GATEWAY', 'IP6_GATEWAY', 'GATEWAY6'],
    probe: '7777',
    rule: 'of several default routes the first has no metric, the others 100 and their number (ETHx_METRIC in vmcontext(8))',
  },
  {
    suffix: 'IP6_METHOD',
    beside: ['METHOD'],
    probe: 'disable',
    rule: 'IPv6 follows the method of IPv4 (ETHx_IP6_METHOD in vmcontext(8))',
  },
]

/** The rule of a card or an alias, by the name of the variable that would say otherwise. */
export function ruleFor({rule, ofAlias = rule}: NicDefault, name: string): string {
  return name.includes('_ALIAS') ? ofAlias : rule
}
