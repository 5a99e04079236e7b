// OneGate, the cloud's ear for its guests: where it is, and how this guest proves who it is (contract §3).

import type {Problem} from '../../problem.ts'
import {Secret} from '../../secret.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {pickVariable, readPlainValue} from '../variables.ts'

/** What the context tells of OneGate. What is wrong in it is not here. */
export type OneGate = {
  /** A URL without a slash at its end. */
  endpoint?: string | undefined
  token?: Secret | undefined
  vmid?: string | undefined
}

/** OpenNebula puts the token on the disc under this name (src/vm/VirtualMachineContext.cc, TOKEN=YES). */
const tokenFile = 'token.txt'

/** Reads ONEGATE_ENDPOINT, ONEGATE_TOKEN or token.txt, and VMID. */
export function readOneGate(disc: Disc, problems: Problem[]): OneGate {
  const endpoint = readEndpoint(disc, problems)
  const token = readToken(disc, problems)
  const vmid = pickVariable(disc.variables, 'VMID')
  // For other purposes any VMID will do.
  const isWanted = endpoint !== undefined || token !== undefined
  return {endpoint, token, vmid: vmid && isWanted ? readVmid(disc, vmid, problems) : undefined}
}

function readEndpoint(disc: Disc, problems: Problem[]): string | undefined {
  const variable = pickVariable(disc.variables, 'ONEGATE_ENDPOINT')
  if (variable === undefined) return undefined
  const parsed = parseEndpoint(readPlainValue(variable) ?? '')
  if ('url' in parsed) return parsed.url
  const message = `this ${parsed.refusal}, so OneGate cannot be told anything`
  problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
  return undefined
}

/** The base of OneGate's paths, or in words why it can be none. */
export function parseEndpoint(value: string): {url: string} | {refusal: string} {
  const url = URL.parse(value)
  if (url === null || !/^https?:\/\//i.test(value)) return {refusal: 'is no http or https address'}
  // They would go along with every request, and into logs.
  if (url.username !== '' || url.password !== '') return {refusal: 'has a user name or password in it'}
  if (/[?#]/.test(value)) return {refusal: 'has more than host, port and path in it'}
  return {url: url.href.replace(/\/+$/, '')}
}

function readToken(disc: Disc, problems: Problem[]): Secret | undefined {
  const variable = pickVariable(disc.variables, 'ONEGATE_TOKEN')
  const value = variable?.value ?? readTokenFile(disc)
  const refusal = variable === undefined ? disc.refusalOf?.(tokenFile) : undefined
  if (refusal !== undefined) problems.push({code: 'source-incomplete', file: tokenFile, message: refusal})
  const token = value?.trim() ?? ''
  if (token === '') return undefined
  // It is base64 (aes256cbc_encrypt in src/common/NebulaUtil.cc); any other text of one word can still be a header.
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return new Secret(token)
  const place = variable === undefined ? {file: tokenFile} : placeOf(disc, variable)
  problems.push({
    ...place,
    code: 'value-rejected',
    message: 'this cannot be a token: it is not one word of ASCII',
  })
  return undefined
}

/** The text of token.txt; undefined if the disc has none. */
export function readTokenFile(disc: Disc): string | undefined {
  return disc.names.includes(tokenFile) ? disc.readFile(tokenFile) : undefined
}

function readVmid(disc: Disc, variable: Assignment, problems: Problem[]): string | undefined {
  const vmid = readPlainValue(variable)
  if (vmid !== undefined && /^\d{1,10}$/.test(vmid)) return vmid
  const message = 'this is no number of a machine, so OneGate would not know who speaks'
  problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
  return undefined
}
