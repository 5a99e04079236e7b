// Asking name servers. Names for the guest come from here, never a context: anybody on the wire may answer.

import {setTimeout as sleep} from 'node:timers/promises'
import {codeOf} from './errors.ts'

/** The names that a server told, perhaps none; `trouble`, in words, where nobody has answered. */
export type DnsAnswer = {names: readonly string[]} | {trouble: string}

const tries = 3
const tryMs = 5000
/** MAXNS of glibc: further ones nobody asks. */
const mostServers = 3
const pauseMs = 500

/**
 * Asks for the names of a domain such as `5.0.168.192.in-addr.arpa`: at most three times, five seconds each for all
 * servers together, so that one that is down leaves time for the next. The servers are given: those that Node reads by
 * itself would be those of the machine that built this program. Files such as /etc/hosts are not asked.
 */
export async function lookUpNames(domain: string, servers: readonly string[]): Promise<DnsAnswer> {
  const {Resolver} = await import('node:dns/promises')
  const asked = servers.slice(0, mostServers)
  let trouble = ''
  for (let count = 0; count < tries; count += 1) {
    if (count > 0) await sleep(pauseMs)
    const resolver = new Resolver({timeout: Math.floor(tryMs / asked.length), tries: 1})
    const timer = setTimeout(() => resolver.cancel(), tryMs + pauseMs)
    try {
      resolver.setServers(asked)
      return {names: await resolver.resolvePtr(domain)}
    } catch (error) {
      const code = codeOf(error)
      // The domain, or a name in it, is not there: that is an answer.
      if (code === 'ENOTFOUND' || code === 'ENODATA') return {names: []}
      trouble = words[code] ?? code
    } finally {
      clearTimeout(timer)
    }
  }
  return {trouble}
}

/** Codes of c-ares. */
const words: Record<string, string> = {
  EBADRESP: 'the answer was malformed',
  ECANCELLED: 'no answer came in time',
  ECONNREFUSED: 'nobody listens there',
  EREFUSED: 'the question was refused',
  ESERVFAIL: 'the server failed',
  ETIMEOUT: 'no answer came in time',
}
