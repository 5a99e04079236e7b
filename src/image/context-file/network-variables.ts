// What NETWORK=YES adds to a context of today (NETWORK_CONTEXT, NETWORK6_CONTEXT and parse_context_network in
// src/vm/VirtualMachineContext.cc of release-7.0.2).

import type {Nic} from '../template/nics.ts'
import {valueIn} from '../template/template.ts'

/** A variable of a NIC: its name behind `ETHx_`, the attributes it is taken from, whether range and network are asked. */
type NicVariable = {name: string; from: readonly string[]; asksNetwork?: true}

const nicVariables: readonly NicVariable[] = [
  {name: 'IP', from: ['IP']},
  {name: 'MAC', from: ['MAC']},
  {name: 'MASK', from: ['NETWORK_MASK'], asksNetwork: true},
  {name: 'NETWORK', from: ['NETWORK_ADDRESS'], asksNetwork: true},
  {name: 'GATEWAY', from: ['GATEWAY'], asksNetwork: true},
  {name: 'DNS', from: ['DNS'], asksNetwork: true},
  {name: 'SEARCH_DOMAIN', from: ['SEARCH_DOMAIN'], asksNetwork: true},
  {name: 'MTU', from: ['GUEST_MTU'], asksNetwork: true},
  {name: 'METRIC', from: ['METRIC'], asksNetwork: true},
  {name: 'METHOD', from: ['METHOD'], asksNetwork: true},
  {name: 'VLAN_ID', from: ['VLAN_ID'], asksNetwork: true},
  {name: 'VROUTER_IP', from: ['VROUTER_IP']},
  {name: 'VROUTER_MANAGEMENT', from: ['VROUTER_MANAGEMENT']},
  {name: 'EXTERNAL', from: ['EXTERNAL']},
  {name: 'IP6', from: ['IP6_GLOBAL', 'IP6']},
  {name: 'IP6_ULA', from: ['IP6_ULA']},
  {name: 'IP6_GATEWAY', from: ['GATEWAY6'], asksNetwork: true},
  {name: 'IP6_METRIC', from: ['IP6_METRIC'], asksNetwork: true},
  {name: 'IP6_METHOD', from: ['IP6_METHOD'], asksNetwork: true},
  {name: 'IP6_PREFIX_LENGTH', from: ['PREFIX_LENGTH'], asksNetwork: true},
  {name: 'VROUTER_IP6', from: ['VROUTER_IP6_GLOBAL', 'VROUTER_IP6']},
]

/** The variables of NICs and aliases, empty ones too; those that are asked of the network are references to it. */
export function listNicVariables(nics: readonly Nic[]): Map<string, string> {
  const variables = new Map<string, string>()
  for (const nic of nics.filter(({name}) => name !== 'PCI')) {
    for (const {name, from, asksNetwork} of nicVariables) {
      const own = firstValue(nic, from)
      const reference = `$NETWORK[${from[0]}, NIC_ID="${valueIn(nic, 'NIC_ID')}"]`
      variables.set(`${prefixOf(nic)}_${name}`, own === '' && asksNetwork ? reference : own)
    }
  }
  return variables
}

/** Those of PCI devices that are NICs: only what they themselves have. */
export function listDeviceVariables(nics: readonly Nic[]): Map<string, string> {
  const variables = new Map<string, string>()
  for (const nic of nics.filter(({name}) => name === 'PCI')) {
    for (const {name, from} of nicVariables) {
      const value = firstValue(nic, from)
      if (value !== '') variables.set(`PCI${valueIn(nic, 'PCI_ID')}_${name}`, value)
    }
  }
  return variables
}

function firstValue(nic: Nic, names: readonly string[]): string {
  return names.map(name => valueIn(nic, name)).find(value => value !== '') ?? ''
}

function prefixOf(nic: Nic): string {
  if (nic.name === 'NIC') return `ETH${valueIn(nic, 'NIC_ID')}`
  return `ETH${valueIn(nic, 'PARENT_ID')}_ALIAS${valueIn(nic, 'ALIAS_ID')}`
}
