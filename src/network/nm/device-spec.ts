// Lists that select devices, as in `unmanaged-devices` and `match-device`: NetworkManager.conf(5), Device List Format.

import type {ByteText} from '../../action.ts'
import type {Nic} from '../model.ts'

/** A device as such a list sees it. `types`: what it may be taken for. */
export type Target = {name: string; mac: string; types: readonly string[]}

/** The devices of a NIC: itself, and the VLAN on it. */
export function targetsOf({device, mac, vlan, hasPermanentMac}: Nic): Target[] {
  // In a container the NIC is a veth, which newer versions tell from Ethernet.
  const types = hasPermanentMac ? ['ethernet'] : ['ethernet', 'veth']
  return [
    {name: device, mac, types},
    ...(vlan === undefined ? [] : [{name: vlan.name, mac, types: ['vlan']}]),
  ]
}

/** The items that select a NIC and the VLAN on it, and nothing else. */
export function selectNic({device, mac, vlan, hasPermanentMac}: Nic): string[] {
  const own = hasPermanentMac ? `mac:${mac}` : selectName(device)
  return vlan === undefined ? [own] : [own, selectName(vlan.name)]
}

/** The item that selects a device by its name. */
export function selectName(name: string): string {
  return `interface-name:=${name.replaceAll(/[\\,;]/g, '\\$&')}`
}

/** Splits a list into its items. */
export function splitSpecs(list: ByteText): ByteText[] {
  return (list.match(/(?:\\.|[^\\,;])+/g) ?? []).map(item => item.trim()).filter(item => item !== '')
}

/** Tells whether a list selects a device, for all that can be known of it here. */
export function isSelected(specs: readonly ByteText[], target: Target): boolean {
  const [except, plain] = [true, false].map(wanted => specs.filter(spec => isException(spec) === wanted))
  const isExcepted = except!.some(spec => matches(spec.slice('except:'.length), target, false))
  // A list of nothing but exceptions selects all others (nm-core-utils.c, _match_result).
  const isNamed = plain!.length === 0 ? except!.length > 0 : plain!.some(spec => matches(spec, target, true))
  return isNamed && !isExcepted
}

function isException(spec: ByteText): boolean {
  return spec.startsWith('except:')
}

/** `doubt`: the answer where it depends on what is not known here, such as the driver. */
function matches(spec: ByteText, {name, mac, types}: Target, doubt: boolean): boolean {
  if (spec === '*') return true
  const [, tag = '', text = ''] =
    /^(mac|interface-name|type|driver|s390-subchannels|dhcp-plugin):(.*)$/s.exec(spec) ?? []
  const plain = text.replaceAll(/\\(.)/g, '$1')
  if (tag === 'mac') return plain.toLowerCase() === mac
  if (tag === 'interface-name')
    return plain.startsWith('=') ? plain.slice(1) === name : toPattern(plain).test(name)
  if (tag === 'type') return doubt ? types.includes(plain) : types.every(type => type === plain)
  return tag === '' ? spec.toLowerCase() === mac || spec === name : doubt
}

/** `*` and `?`, with or without a tilde before them. */
function toPattern(text: string): RegExp {
  const expression = text
    .replace(/^~/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`)
}
