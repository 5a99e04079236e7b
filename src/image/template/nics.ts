// The NICs of a template with what the front end adds to them: their number and a lease of their network
// (VirtualNetwork::nic_attribute of both releases, VirtualMachineNics::get_network_leases of today).

import {refuseHostAddress} from '../../context/network/ipv4.ts'
import type {Problem} from '../../problem.ts'
import {addressIn, formatIpv4, formatMacNumbers, macOf, parseIpv4, parseMacNumbers} from './addresses.ts'
import type {Generation} from './generation.ts'
import {inheritedAttributes, numberNics} from './nic-numbers.ts'
import {type Lease, type Range, takeLease, type Wish, wishes} from './range.ts'
import {findSingle, placeOf, setValue, type Template, type Vector, valueIn} from './template.ts'
import {findNetwork, type VirtualNetwork} from './virtual-network.ts'

/** A NIC, an alias of one or a PCI device that is one, complete. */
export type Nic = Vector & {network?: VirtualNetwork | undefined; range?: Range | undefined}

/** Completes the NICs of a template, in place. */
export function completeNics(
  template: Template,
  networks: readonly VirtualNetwork[],
  generation: Generation,
  problems: Problem[],
): Nic[] {
  const nics = numberNics(template, generation, problems)
  for (const [index, nic] of nics.entries()) {
    nic.network = findNetwork(networks, nic, generation)
    const origin = (generation === '2.2' ? giveOldLease : giveLease)(nic)
    if (origin === undefined) continue
    const message = `${describe(nic, index)} has ${listAddresses(nic)}, ${origin.words}`
    problems.push({
      code: origin.isDoubtful ? 'template-doubtful' : 'choice-made',
      ...placeOf(template, nic.nameOffset),
      message,
    })
  }
  return nics
}

/** Where the addresses of a NIC come from; undefined if they are all in the template. */
type Origin = {words: string; isDoubtful?: boolean}

/** 2.2 asks the network for the IP alone, and keeps five attributes. */
function giveOldLease(nic: Nic): Origin | undefined {
  if (nic.network === undefined) return derive(nic)
  const ip = valueIn(nic, 'IP')
  const wish: Wish | undefined = ip === '' ? undefined : {attribute: 'IP', value: ip}
  const {template, name, ranges} = nic.network
  const taken = takeLease(ranges, wish)
  if (taken === undefined) return refuse(nic, wish)
  const kept = nic.values.get('MODEL')
  nic.values.clear()
  if (kept !== undefined) nic.values.set('MODEL', kept)
  setAll(nic, taken.lease)
  setValue(nic, 'NETWORK', name)
  setValue(nic, 'NETWORK_ID', nic.network.id)
  setValue(nic, 'BRIDGE', findSingle(template, 'BRIDGE')?.text ?? '')
  return {words: describeLease(nic.network, wish)}
}

function giveLease(nic: Nic): Origin | undefined {
  if (nic.network === undefined) return derive(nic)
  if (valueIn(nic, 'AR_ID') !== '') return keepLease(nic, nic.network)
  const wanted = wishes.filter(attribute => valueIn(nic, attribute) !== '')
  const wish = wanted.map(attribute => ({attribute, value: valueIn(nic, attribute)}))[0]
  if (wanted.length > 1)
    return refuse(nic, wish, `asks for ${wanted.join(' and ')} at once, which the front end refuses`)
  const {template, name, id, ranges} = nic.network
  const taken = takeLease(ranges, wish)
  if (taken === undefined) return refuse(nic, wish)
  nic.range = taken.range
  setValue(nic, 'NETWORK', name)
  if (id !== '') setValue(nic, 'NETWORK_ID', id)
  setAll(nic, taken.lease)
  inherit(nic, taken.range, template)
  return {words: describeLease(nic.network, wish)}
}

/** `onevm show` tells of each NIC which address it has, and of which range. */
function keepLease(nic: Nic, {template, ranges}: VirtualNetwork): undefined {
  nic.range = ranges[Number(valueIn(nic, 'AR_ID'))]
  const ip = valueIn(nic, 'IP')
  if (nic.range !== undefined && ip !== '') takeLease([nic.range], {attribute: 'IP', value: ip})
  inherit(nic, nic.range, template)
}

/** A bridge or VLAN of the range goes over that of the network; what else is inherited goes under the NIC's own. */
function inherit(nic: Nic, range: Range | undefined, network: Template): void {
  const values = range?.values
  for (const name of ['VN_MAD', 'BRIDGE', 'PHYDEV', 'VLAN_ID']) {
    const value = values?.get(name)?.text || findSingle(network, name)?.text
    if (value) setValue(nic, name, value)
  }
  for (const name of inheritedAttributes) {
    const value = values?.get(name)?.text || findSingle(network, name)?.text
    if (value && valueIn(nic, name) === '') setValue(nic, name, value)
  }
}

/** Without a network, IP and MAC are made of each other by the MAC rule. */
function derive(nic: Nic): Origin | undefined {
  const [ip, mac] = [parseIpv4(valueIn(nic, 'IP')), parseMacNumbers(valueIn(nic, 'MAC'))]
  if (ip !== undefined && valueIn(nic, 'MAC') === '') {
    setValue(nic, 'MAC', formatMacNumbers(macOf(ip)))
    return {words: 'the MAC made of the address'}
  }
  const address = mac === undefined ? undefined : addressIn(mac)
  if (address === undefined || valueIn(nic, 'IP') !== '') return undefined
  if (refuseHostAddress(formatIpv4(address), 32) !== undefined) return undefined
  setValue(nic, 'IP', formatIpv4(address))
  return {words: 'the address made of the MAC'}
}

function refuse(nic: Nic, wish: Wish | undefined, reason?: string): Origin {
  derive(nic)
  const name = nic.network?.template.file
  const lack =
    wish === undefined ? `${name} has no address left` : `${name} does not have ${wish.value} to give`
  return {words: reason ?? `but ${lack}; the front end refuses that`, isDoubtful: true}
}

function describeLease({template}: VirtualNetwork, wish: Wish | undefined): string {
  return wish === undefined
    ? `the first that is free in ${template.file}`
    : `asked for by ${wish.attribute}, from ${template.file}`
}

function describe({name, values}: Nic, index: number): string {
  const network = values.get('NETWORK')?.text ?? ''
  return `${name} ${values.get('NIC_ID')?.text ?? index}${network === '' ? '' : ` (${network})`}`
}

function listAddresses(nic: Nic): string {
  const addresses = ['IP', 'IP6', 'IP6_GLOBAL', 'IP6_ULA', 'MAC'].map(name => valueIn(nic, name))
  return addresses.filter(address => address !== '').join(' ') || 'no address'
}

function setAll(nic: Nic, lease: Lease): void {
  for (const [name, value] of lease) setValue(nic, name, value)
}
