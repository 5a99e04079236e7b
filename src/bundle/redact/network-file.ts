// Files of network managers: what they know to join a network with.

import type {StandIns} from './stand-ins.ts'

/** ifupdown and wpa_supplicant, ifcfg and wicked, netplan, keyfiles of NetworkManager, networkd, fstab and PPP. */
const name =
  String.raw`(?:(?:xauth |ipsec )?[\w.-]*(?:psk|passwd|password|passphrase|secret|token|private-?key|preshared-?key|` +
  String.raw`wireless[-_]key|wep-?key|wep_key|key_\w|key\d|mka-cak|pac-password)[\w.-]*|` +
  String.raw`(?:[\w.-]*[-_.])?(?:pass|pin)|key|private|shared|cookie|credentials)`

/** A line of its own: what is behind the name is the value, whatever is in it. */
const secretLine = new RegExp(
  String.raw`^([ \t]*[-#]?[ \t]*${name}[ \t]*(?:=|:|[ \t])[ \t]*)(["']?)([^\s"'][^\n]*?)(\2)([ \t]*\r?)$`,
  'gim',
)

/** Among others in a line: options of a mount, YAML in braces, an assignment before a command. */
const secretInLine = new RegExp(
  String.raw`(?<=[\s;,{(["'?&-])(${name}["']?[ \t]*[=:][ \t]*)(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;{}()[\]&|]+))`,
  'gi',
)

/** Given to a command of an `up` line: curl(1) -u, an address, wpa_passphrase(8), iwconfig(8). */
const secretArgument =
  /(?<=\s-u\s*[\w.-]+:|\/\/[^\s/:@]+:|\bwpa_passphrase\s+\S+\s+|\biwconfig\s.*\skey\s+(?:s:)?)[^\s@"']+/g

/** Puts something else in the place of keys and passwords. Plain numbers and switches are none. */
export function redactNetworkFile(text: string, standIns: Pick<StandIns, 'forWord'>): string {
  const stand = (value: string) => (/^withheld\d+$/.test(value) ? value : standIns.forWord(value))
  return text
    .replace(secretLine, (line, head: string, open: string, value: string, close: string, end: string) =>
      isHarmless(head, value) ? line : `${head}${open}${stand(value)}${close}${end}`,
    )
    .replace(secretInLine, (found, head: string, ...values: (string | undefined)[]) => {
      const value = values.slice(0, 3).find(Boolean)
      if (value === undefined || isHarmless(head, value)) return found
      return head + found.slice(head.length).replace(value, () => stand(value))
    })
    .replace(secretArgument, stand)
}

/** `key-mgmt=wpa-psk`, `psk-flags=0`, `key-management: psk` say how, not what. */
function isHarmless(head: string, value: string): boolean {
  return (
    /(mgmt|management|flags|type|method|hint)\W*$/i.test(head.trim()) ||
    /^(\d|yes|no|true|false|none|open|restricted|[{|>[])$/i.test(value)
  )
}
