// The one way out: a request to an address that the context names, to tell it something. Nothing is ever fetched that
// decides what is done here. node:http and node:https are loaded when they are needed: most guests never do.

import type {ClientRequest, IncomingMessage, RequestOptions} from 'node:http'
import {stopSignal} from './commands.ts'
import {codeOf, describeCause} from './errors.ts'

export type Delivery = {
  /** http or https. */
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** For all of it, from the name to the answer. */
  timeoutMs: number
  /** Certificates (PEM) of authorities that are trusted besides those that Node knows. */
  authorities: readonly string[]
}

/** What came of it. `text` is the beginning of what the other side said, as it came. */
export type Answer =
  | {ended: 'answered'; status: number; location?: string | undefined; text: string}
  | {ended: 'failed'; code: string; cause: string}

/** After so many bytes of an answer no more is read: its status tells, the rest is for a person. */
const textLimit = 2048

/**
 * Puts something somewhere: one attempt, without proxies, without following redirections, over a connection of its
 * own. Never throws.
 */
export async function putText(delivery: Delivery): Promise<Answer> {
  const signal = stopSignal()
  const request = await startRequest(delivery)
  const {promise, begun, give} = awaitAnswer(request)
  const onStop = () => give({ended: 'failed', code: 'STOPPED', cause: 'vmcontext was told to stop'})
  const onTimeout = () => {
    // Once the status is known it stands, whatever becomes of the text.
    if (begun() === undefined)
      give({ended: 'failed', code: 'TIMED_OUT', cause: 'there was no answer in time'})
    else begun()?.destroy()
  }
  const timer = setTimeout(onTimeout, delivery.timeoutMs)
  if (signal.aborted) onStop()
  signal.addEventListener('abort', onStop)
  request.end(delivery.body)
  const answer = await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', onStop)
  request.destroy()
  return answer
}

/** What comes first counts: the answer, an error, or what is given. */
function awaitAnswer(request: ClientRequest) {
  const {promise, resolve: give} = Promise.withResolvers<Answer>()
  let response: IncomingMessage | undefined
  const begin = (found: IncomingMessage) => {
    response = found
    void readAnswer(found).then(give)
  }
  request.once('response', begin)
  // Whoever changes the protocol (101) has answered, too; unasked, Node would end the request without a word.
  request.once('upgrade', (found, socket) => {
    begin(found)
    socket.destroy()
  })
  // Destroyed requests may tell of their end more than once.
  request.on('error', error => {
    if (response === undefined) give({ended: 'failed', code: codeOf(error), cause: describeCause(error)})
  })
  return {promise, begun: () => response, give}
}

async function startRequest({url, headers, body, authorities}: Delivery): Promise<ClientRequest> {
  const length = {'Content-Length': `${Buffer.byteLength(body)}`}
  const options: RequestOptions = {method: 'PUT', headers: {...headers, ...length, Connection: 'close'}}
  if (url.startsWith('http:')) {
    const {Agent, request} = await import('node:http')
    // An agent of our own: the common one may have learned of a proxy from the environment.
    return request(url, {...options, agent: new Agent()})
  }
  const [{Agent, request}, {rootCertificates}] = await Promise.all([import('node:https'), import('node:tls')])
  // Said outright, for NODE_TLS_REJECT_UNAUTHORIZED would turn it off.
  const trust = {ca: [...rootCertificates, ...authorities], rejectUnauthorized: true}
  return request(url, {...options, ...trust, agent: new Agent()})
}

/** Resolves once the status is known, and so much of the text as there is for an error to be told. */
async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const {statusCode: status = 0, headers} = response
  let text = ''
  try {
    // Of a success nothing more is wanted. Latin-1 makes a character of every byte.
    for await (const chunk of status >= 300 ? response.setEncoding('latin1') : []) {
      text += chunk
      if (text.length >= textLimit) break
    }
  } catch {
    // It broke off, or took too long. The status stands all the same.
  }
  return {ended: 'answered', status, location: headers.location, text}
}

/** The certificates in a file, PEM or DER, each as PEM; none if there is none in it, or one that is damaged. */
export async function readCertificates(bytes: Buffer): Promise<string[]> {
  const {X509Certificate} = await import('node:crypto')
  const blocks = bytes.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  try {
    return (blocks ?? [bytes]).map(block => new X509Certificate(block).toString())
  } catch {
    return []
  }
}
