// Which links a .network file is about: its [Match] section, systemd.network(5).

import type {ByteText} from '../../action.ts'
import {parseMac} from '../../context/network/mac-address.ts'
import {matchesGlob} from '../glob.ts'
import {interfaceOf, type LinkName} from '../model.ts'
import {readSettings, type Setting, wordsOf} from './unit-file.ts'

/** What a [Match] section says of links, as far as it can be judged from outside. */
export type Match = {
  names: readonly ByteText[]
  macs: readonly ByteText[]
  permanentMacs: readonly ByteText[]
  types: readonly ByteText[]
  kinds: readonly ByteText[]
  /** The file is not read at all: it says nothing of links. */
  isEmpty: boolean
  /** Unmanaged=yes: the link is left alone. */
  isHandsOff: boolean
}

/** Reads the [Match] section of a file. */
export function readMatch(text: ByteText): Match {
  const settings = readSettings(text)
  const words = (key: string) => wordsOf(settings, 'Match', key)
  return {
    names: words('Name'),
    macs: words('MACAddress').map(normalizeMac),
    permanentMacs: words('PermanentMACAddress').map(normalizeMac),
    types: words('Type'),
    kinds: words('Kind'),
    isEmpty: !settings.some(({section, value}) => section === 'Match' && value !== ''),
    isHandsOff: settings.some(isUnmanaged),
  }
}

/** Tells whether the file can be about the interface of a NIC. What depends on the host counts as fulfilled. */
export function canMatch(match: Match, link: LinkName): boolean {
  const {mac, vlan} = link
  const [type, kinds] = vlan === undefined ? ['ether', ['veth', '']] : ['vlan', ['vlan']]
  return (
    !match.isEmpty &&
    fits(match.names, [interfaceOf(link)]) &&
    fits(match.macs, [mac]) &&
    fits(match.permanentMacs, vlan === undefined ? [mac] : []) &&
    fits(match.types, [type]) &&
    fits(match.kinds, kinds)
  )
}

/** Tells whether the file is about this one interface and can be about no other. */
export function isForAlone(match: Match, link: LinkName): boolean {
  const isOnly = (words: readonly ByteText[], word: string) => words.length === 1 && words[0] === word
  const isByName = isOnly(match.names, interfaceOf(link))
  const isByMac = isOnly(match.macs, link.mac) || isOnly(match.permanentMacs, link.mac)
  return (isByName || (isByMac && link.vlan === undefined)) && canMatch(match, link)
}

/** The names and MACs by which a file can be about one interface alone. */
export function soleNames({names, macs, permanentMacs}: Match): ByteText[] {
  return [names, macs, permanentMacs].flatMap(words => (words.length === 1 ? words : []))
}

function isUnmanaged({section, key, value}: Setting): boolean {
  return section === 'Link' && key === 'Unmanaged' && /^(1|yes|y|true|t|on)$/i.test(value)
}

function normalizeMac(word: ByteText): ByteText {
  return parseMac(word) ?? word.toLowerCase()
}

/** No word: anything. A list that begins with `!` is one of what must not fit. */
function fits(words: readonly ByteText[], values: readonly string[]): boolean {
  const [first = ''] = words
  if (first === '') return true
  const isInverse = first.startsWith('!')
  const patterns = [isInverse ? first.slice(1) : first, ...words.slice(1)]
  const matches = (value: string) => patterns.some(pattern => matchesGlob(pattern, value))
  return isInverse ? !values.every(matches) : values.some(matches)
}
