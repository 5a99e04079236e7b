// Name servers and search domains: netconfig(8) makes resolv.conf of NETCONFIG_DNS_STATIC_* in the file `config`, and
// of what DHCP brings.

import type {ByteText, FileAction} from '../../action.ts'
import type {Problem} from '../../problem.ts'
import type {Surroundings} from '../dialect.ts'
import {endLine} from '../file-edit.ts'
import type {Ground} from '../former.ts'
import type {Network} from '../model.ts'
import {isSignature} from '../signature.ts'
import {endAssignments, readSysconfigVariable, splitPieces} from '../sysconfig-file.ts'
import {planText} from './own-lines.ts'

export const configPath = '/etc/sysconfig/network/config'

/** Where the program may be. */
export const netconfigPaths = ['/sbin/netconfig', '/usr/sbin/netconfig']

/** Tells whether netconfig is there to make resolv.conf. */
export function hasNetconfig({landmarks}: Surroundings): boolean {
  return netconfigPaths.some(path => landmarks.has(path))
}

/**
 * Puts the names of the network in place of others. Where it has none (any more), what an earlier run put there makes
 * room for what stood there before; what somebody else wrote stays.
 */
export function planNames(network: Network, surroundings: Surroundings): FileAction[] {
  const names = hasNetconfig(surroundings) ? network : {dns: [], searchDomains: []}
  const before = surroundings.files.get(configPath)?.content ?? ''
  const edited = [
    ['NETCONFIG_DNS_STATIC_SERVERS', names.dns] as const,
    ['NETCONFIG_DNS_STATIC_SEARCHLIST', names.searchDomains] as const,
  ].reduce((text, [name, values]) => setList(text, name, values, surroundings), before)
  const original = surroundings.originals.get(configPath)?.content
  // Our lines needed a newline above them; without them it goes as well.
  const text = original !== undefined && edited === endAssignments(original) ? original : edited
  const wasThere = !surroundings.originals.has(configPath) || original !== undefined
  const isEmpty = text === '' && !wasThere
  return text === before ? [] : planText(surroundings, configPath, isEmpty ? undefined : text)
}

/** Tells of a policy by which netconfig passes over what we wrote. */
export function findDeafPolicy(network: Network, surroundings: Surroundings): Problem[] {
  const key = 'NETCONFIG_DNS_POLICY'
  const policy = readSysconfigVariable(surroundings.files.get(configPath)?.content ?? '', key)
  const isAsked = network.dns.length + network.searchDomains.length > 0 && hasNetconfig(surroundings)
  if (!isAsked || policy === undefined || /^\s*auto\s*$|\bSTATIC/.test(policy)) return []
  const message = 'netconfig leaves the name servers of the context out of resolv.conf'
  return [{code: 'rival', file: configPath, key, message, cure: `${key}="auto"`}]
}

/** Known again by the line above it. Whoever writes the variable anew below that, or takes the line out, has it. */
const mark = '# vmcontext: from the context\n'

function setList(text: ByteText, name: string, values: readonly string[], ground: Ground): ByteText {
  const pieces = splitPieces(text)
  const last = pieces.findLastIndex(piece => piece.name === name)
  const isOurs = last > 0 && isSignature(pieces[last - 1]!.text)
  const ours = `${mark}${name}="${values.join(' ')}"\n`
  if (last < 0) {
    // Behind a quote that never closes ours is no assignment, and yet it may be there.
    const others = text.replaceAll(new RegExp(`${mark}${name}="[^"\n]*"\n`, 'g'), '')
    return values.length === 0 ? others : `${endAssignments(others)}${ours}`
  }
  if (values.length === 0 && !isOurs) return text
  const replacement = values.length > 0 ? ours : recallVariable(name, ground)
  const head = pieces.slice(0, isOurs ? last - 1 : last)
  return [...head, {text: replacement}, ...pieces.slice(last + 1)].map(piece => piece.text).join('')
}

function recallVariable(name: string, {originals}: Ground): ByteText {
  if (!originals.has(configPath)) return `${name}=""\n`
  const pieces = splitPieces(originals.get(configPath)?.content ?? '')
  return endLine(pieces.findLast(piece => piece.name === name)?.text ?? '')
}
