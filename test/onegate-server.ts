// A OneGate for tests, over http or https: takes what a guest puts to /vm as the real one does
// (src/onegate/onegate-server.rb), and answers as it is told to. As a program it appends to
// LOG: a line when it listens, then one of JSON for each request.
//
//   node test/onegate-server.ts PORT ANSWERS LOG [CERTIFICATE KEY]

import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer as createHttp, type IncomingMessage, type ServerResponse} from 'node:http'
import {createServer as createHttps} from 'node:https'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'

export const token = 'ePLAhGOmaL6hTtKm2uHAkVzZmzM1yv4='
export const vmid = '42'

export type Told = {method: string; path: string; type?: string | undefined; body: string}

/** How it answers, one after another; the last one is kept to. A number is a status. */
export type AnswerKind =
  | number
  | 'hang'
  | 'huge'
  | 'drip'
  | 'garbage'
  | 'hang up'
  | 'echo'
  | 'elsewhere'
  | 'other protocol'

export type Identity = {certificate: string; key: string}

export type OneGateServer = AsyncDisposable & {port: number; told: Told[]}

export async function startOneGate(options: {
  answers?: readonly AnswerKind[]
  identity?: Identity | undefined
  port?: number
  onTold?(told: Told): void
}): Promise<OneGateServer> {
  const told: Told[] = []
  const answers = [...(options.answers ?? [200])]
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await buffer(request)).toString()
    const {method = '', url = '', headers} = request
    const entry = {method, path: url, type: headers['content-type'], body}
    told.push(entry)
    options.onTold?.(entry)
    const isKnown = headers['x-onegate-token'] === token && headers['x-onegate-vmid'] === vmid
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    give(
      isKnown && answer === 200 && url !== '/vm' && url !== '/prefix/vm' ? 404 : isKnown ? answer : 401,
      response,
      headers,
    )
  }
  const {identity} = options
  const server =
    identity === undefined
      ? createHttp(handle)
      : createHttps({cert: readFileSync(identity.certificate), key: readFileSync(identity.key)}, handle)
  await once(server.listen(options.port ?? 0, '::'), 'listening')
  return {
    told,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function give(answer: AnswerKind, response: ServerResponse, headers: IncomingMessage['headers']): void {
  if (typeof answer === 'number') response.writeHead(answer).end(answer === 200 ? '' : `status ${answer}\n`)
  else if (answer === 'hang up') response.socket!.destroy()
  else if (answer === 'garbage') response.socket!.end('220 mail.example.org ESMTP\r\n')
  else if (answer === 'echo') response.writeHead(500).end(`\x1b[2J<h1>${headers['x-onegate-token']}</h1>`)
  else if (answer === 'other protocol')
    response.socket!.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')
  else if (answer === 'elsewhere') response.writeHead(302, {location: 'http://192.0.2.1/steal'}).end()
  else if (answer === 'huge') endless(response.writeHead(500), 65_536, 0)
  else if (answer === 'drip') endless(response.writeHead(500), 1, 20)
  // 'hang': nothing ever comes.
}

function endless(response: ServerResponse, bytes: number, delayMs: number): void {
  const write = () => {
    if (!response.destroyed) response.write('x'.repeat(bytes), () => setTimeout(write, delayMs))
  }
  write()
}

/** From and to when a certificate is valid, as ASN.1 spells times. */
export type Validity = readonly [from: string, to: string]

/** A certificate for some names by an authority of its own, made by openssl. */
export function makeIdentity(
  directory: string,
  names: string,
  [from, to]: Validity = ['20200101000000Z', '20991231000000Z'],
): Identity & {authority: string} {
  const at = (name: string) => join(directory, name)
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, {cwd: directory, stdio: 'pipe'})
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  writeFileSync(at('index'), '')
  writeFileSync(at('ca.conf'), authorityConfiguration)
  const isCa = ['-subj', '/CN=test authority', '-addext', 'basicConstraints=critical,CA:TRUE']
  openssl(...newKey, '-x509', ...isCa, '-days', '30000', '-keyout', 'ca.key', '-out', 'ca.pem')
  const isFor = ['-subj', '/CN=onegate', '-addext', `subjectAltName=${names}`]
  openssl(...newKey, '-new', ...isFor, '-keyout', 'onegate.key', '-out', 'onegate.csr')
  const dates = ['-startdate', from, '-enddate', to]
  const ca = ['-batch', '-notext', '-config', 'ca.conf', '-cert', 'ca.pem', '-keyfile', 'ca.key']
  openssl('ca', ...ca, ...dates, '-in', 'onegate.csr', '-out', 'onegate.pem')
  return {authority: at('ca.pem'), certificate: at('onegate.pem'), key: at('onegate.key')}
}

const authorityConfiguration = `[ca]
default_ca = here
[here]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = policy
copy_extensions = copy
[policy]
commonName = supplied
`

if (import.meta.main) {
  const [port, answers = '[200]', log = '/dev/stdout', certificate, key] = process.argv.slice(2)
  const identity = certificate === undefined ? undefined : {certificate, key: key!}
  const onTold = (told: Told) => appendFileSync(log, `${JSON.stringify(told)}\n`)
  await startOneGate({port: Number(port), answers: JSON.parse(answers), identity, onTold})
  appendFileSync(log, 'listening\n')
}
