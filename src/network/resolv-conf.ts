// /etc/resolv.conf, where nobody else makes it: resolv.conf(5).

import type {ByteText, FileAction} from '../action.ts'
import type {FileFact} from '../facts/files.ts'
import type {Problem} from '../problem.ts'
import type {Surroundings} from './dialect.ts'
import {planFile, splitLines} from './file-edit.ts'
import type {Network} from './model.ts'
import {isSignature} from './signature.ts'

const path = '/etc/resolv.conf'
const signature = '# vmcontext: name servers of the context'
/** MAXNS in glibc's resolv.h: further ones are ignored. */
const mostServers = 3

type Plan = {files: FileAction[]; problems: Problem[]}

/**
 * Plans the file. What the network says nothing of, servers or domains, stays as it was before us; with neither, the
 * whole file does.
 */
export function planResolvConf(network: Network, surroundings: Surroundings): Plan {
  const {files, originals, resolvConfTarget} = surroundings
  const hasNames = network.dns.length > 0 || network.searchDomains.length > 0
  if (resolvConfTarget !== undefined) {
    return {files: [], problems: hasNames ? [describeLink(resolvConfTarget)] : []}
  }
  const current = files.get(path)?.content ?? ''
  const isOurs = splitLines(current).some(isSignature)
  const before = isOurs ? originals.get(path) : files.get(path)
  if (hasNames) {
    const content = formatResolvConf(network, before?.content ?? '', current)
    return {files: planFile(files, path, content), problems: describeSurplus(network.dns)}
  }
  if (!isOurs || !originals.has(path)) return {files: [], problems: []}
  return {files: giveBack(before, surroundings), problems: []}
}

function formatResolvConf({dns, searchDomains}: Network, before: ByteText, current: ByteText): ByteText {
  const servers = dns.slice(0, mostServers).map(server => `nameserver ${server}`)
  const search = searchDomains.length === 0 ? [] : [`search ${searchDomains.join(' ')}`]
  const lines = [
    signature,
    ...(servers.length > 0 ? servers : selectLines(before, /^nameserver\s/)),
    ...(search.length > 0 ? search : selectLines(before, /^(search|domain)\s/)),
    // Of these no context speaks: they are as somebody wrote them last.
    ...selectLines(current, /^(options|sortlist)\s/),
  ]
  return `${lines.join('\n')}\n`
}

function selectLines(text: ByteText, pattern: RegExp): ByteText[] {
  return splitLines(text)
    .map(line => line.trimEnd())
    .filter(line => pattern.test(line))
}

function giveBack(before: FileFact | undefined, {files}: Surroundings): FileAction[] {
  const plan = planFile(files, path, before?.content)
  return plan.map(action => (action.kind === 'write' && before ? {...action, mode: before.mode} : action))
}

/** The link is somebody's who keeps what it leads to: written through, it would be overwritten soon; cut, he is. */
function describeLink(target: string): Problem {
  const message = `the name servers of the context are not written: this leads to ${target}, which is another service's`
  const cure = /systemd\/resolve/.test(target)
    ? 'enable systemd-resolved, or put a plain file in its place'
    : 'enable the service that keeps it, or put a plain file in its place'
  return {code: 'value-ignored', file: path, key: 'DNS', message, cure}
}

function describeSurplus(servers: readonly string[]): Problem[] {
  const surplus = servers.slice(mostServers)
  if (surplus.length === 0) return []
  const message = `programs read ${mostServers} name servers here and no more, so these are left out: ${surplus.join(' ')}`
  return [{code: 'choice-made', file: path, key: 'DNS', message}]
}
