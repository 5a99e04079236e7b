// The MAC rule of OpenNebula 2.2, shown byte by byte. It needs no guest: only the two bytes that stand in front.

import ipaddr from 'ipaddr.js'
import {defaultGateway, parseAddress, refuseHostAddress} from '../context/network/ipv4.ts'
import {decodeMac, defaultMacPrefix, parseMac} from '../context/network/mac-address.ts'
import type {Settings} from '../settings/settings.ts'
import {answerOnly, type ExplainedValue, type Explanation} from './explanation.ts'

type MacSettings = Pick<Settings, 'macPrefix' | 'macNetmask' | 'gateway'>

/** Explains what a MAC says; undefined if the text is none. */
export function explainMac(text: string, settings: MacSettings): Explanation | undefined {
  const mac = parseMac(text)
  if (mac === undefined) return undefined
  const prefix = settings.macPrefix
  const values = describeBytes(mac, prefix)
  const address = decodeMac(mac, prefix)
  const refusal = refuseMac(mac)
  if (refusal !== undefined) return {...answerOnly('mac', mac, refusal), values}
  const answer = describeDecoded(mac, address, settings)
  const linkLocal = `Over IPv6 its card calls itself ${formatLinkLocal(mac)} (EUI-64), where it makes one of its MAC.`
  return {...answerOnly('mac', mac, [...answer, linkLocal]), values}
}

/** Explains which MAC carries an address; undefined if the text is no address. */
export function explainIp(text: string, settings: MacSettings): Explanation | undefined {
  const address = parseAddress(text)
  if (address === undefined) return explainIpv6(text)
  const prefix = settings.macPrefix === 'any' ? defaultMacPrefix : settings.macPrefix
  const bytes = address.split('.').map(part => Number(part).toString(16).padStart(2, '0'))
  const mac = `${prefix}:${bytes.join(':')}`
  const refusal = refuseHostAddress(address, settings.macNetmask)
  const sentence =
    refusal === undefined
      ? `${address} is carried by the MAC ${mac}.`
      : `${address} would be carried by the MAC ${mac}, but it is ${refusal}: no card gets it.`
  const further = refusal === undefined ? [describeSurroundings(address, settings)] : []
  return {...answerOnly('ip', address, [sentence, ...further]), values: describeBytes(mac, prefix)}
}

function describeBytes(mac: string, prefix: string): ExplainedValue[] {
  const bytes = mac.split(':')
  const isOurs = prefix === 'any' || mac.startsWith(`${prefix}:`)
  const rule = prefix === 'any' ? 'MAC_PREFIX is any' : `MAC_PREFIX is ${prefix}`
  const front = isOurs ? `prefix (${rule})` : `not the prefix: ${rule}`
  const value = (byte: string) => `${Number.parseInt(byte, 16)}`
  return [
    {name: bytes.slice(0, 2).join(':'), value: front, from: []},
    ...bytes.slice(2).map(byte => ({name: byte, value: value(byte), from: []})),
  ]
}

function refuseMac(mac: string): string[] | undefined {
  if (mac === '00:00:00:00:00:00') return ['This is the MAC of no card: all of it is zero.']
  if (mac === 'ff:ff:ff:ff:ff:ff') return ['This is the MAC of no card: it means every card (broadcast).']
  const first = Number.parseInt(mac.slice(0, 2), 16)
  if ((first & 1) === 0) return undefined
  return [
    `This is the MAC of no card: the lowest bit of its first byte, ${mac.slice(0, 2)}, makes it one of a group (multicast).`,
  ]
}

function describeDecoded(mac: string, address: string | undefined, settings: MacSettings): string[] {
  if (address === undefined) {
    const bytes = decodeMac(mac, 'any')!
    return [
      `${mac} carries no address: it begins with ${mac.slice(0, 5)}, and addresses stand behind ${settings.macPrefix}.`,
      `Were ${mac.slice(0, 5)} the prefix of this cloud (MAC_PREFIX in oned.conf), it would be ${bytes}: try --set MAC_PREFIX=${mac.slice(0, 5)}.`,
    ]
  }
  const refusal = refuseHostAddress(address, settings.macNetmask)
  if (refusal !== undefined) {
    return [`${mac} stands for ${address}, which is ${refusal}: a card with it gets no address.`]
  }
  return [`${mac} carries ${address}.`, describeSurroundings(address, settings)]
}

function describeSurroundings(address: string, {macNetmask, gateway}: MacSettings): string {
  const own = defaultGateway(address)
  const via = gateway ?? (own === address ? undefined : own)
  const route =
    via === undefined ? 'no gateway: .1 is the address itself' : `the gateway ${via} if it is the first`
  return `By the MAC rule its card gets ${address}/${macNetmask}, and ${route}.`
}

function explainIpv6(text: string): Explanation | undefined {
  if (!ipaddr.IPv6.isValid(text)) return undefined
  const bytes = ipaddr.IPv6.parse(text).toByteArray()
  const sentences = [`${text} is an IPv6 address: no MAC of OpenNebula carries it, only IPv4 addresses are.`]
  if (bytes[11] === 0xff && bytes[12] === 0xfe) {
    const half = [bytes[8]! ^ 2, bytes[9]!, bytes[10]!, bytes[13]!, bytes[14]!, bytes[15]!]
    const mac = half.map(byte => byte.toString(16).padStart(2, '0')).join(':')
    sentences.push(
      `Its last eight bytes were made of the MAC ${mac} (EUI-64, RFC 4291): try explain mac ${mac}.`,
    )
  }
  return answerOnly('ip', text, sentences)
}

/** RFC 4291, appendix A: ff:fe in the middle, and the second lowest bit of the first byte turned. */
function formatLinkLocal(mac: string): string {
  const bytes = mac.split(':').map(byte => Number.parseInt(byte, 16))
  const half = [bytes[0]! ^ 2, bytes[1]!, bytes[2]!, 0xff, 0xfe, bytes[3]!, bytes[4]!, bytes[5]!]
  return ipaddr.fromByteArray([0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...half]).toString()
}
