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
  const asked = servers.slice(0, mostServers)
  let trouble = ''
  for (let count = 0; count < tries; count += 1) {
    if (count > 0) await sleep(pauseMs)
    const resolver = await openResolver(Math.floor(tryMs / asked.length))
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

/** Asks each server once, and waits for each so long. */
async function openResolver(timeoutMs: number) {
  const {Resolver} = await import('node:dns/promises')
  return new Resolver({timeout: timeoutMs, tries: 1})
}

/** What a name server does with a question: answers it, answers that it will not, or is not heard of. */
export type ServerState = {state: 'answers'} | {state: 'refuses' | 'silent'; trouble: string}

/** Asks one server, once, for the name servers of the root: whatever it knows of that, it is there. */
export async function askServer(server: string, limitMs: number): Promise<ServerState> {
  const resolver = await openResolver(limitMs)
  // c-ares doubles the time for its second try over TCP.
  const timer = setTimeout(() => resolver.cancel(), limitMs * 2)
  try {
    resolver.setServers([server])
    await resolver.resolveNs('.')
    return {state: 'answers'}
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOTFOUND' || code === 'ENODATA') return {state: 'answers'}
    const trouble = words[code] ?? code
    return {state: isAnswer(code) ? 'refuses' : 'silent', trouble}
  } finally {
    clearTimeout(timer)
  }
}

function isAnswer(code: string): boolean {
  return ['EBADRESP', 'EFORMERR', 'ENOTIMP', 'EREFUSED', 'ESERVFAIL'].includes(code)
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
