// What OneGate answered, or why it did not, in words for whoever has to mend it.

import {escapeControls} from '../../system/commands.ts'
import type {Answer} from '../../system/https.ts'

/** Completes the sentence "could not report to … : it …". */
export type Refusal = {
  reason: string
  cure?: string | undefined
  /** It may be otherwise in a while. */
  mayPass: boolean
}

export type Circumstances = {
  timeoutMs: number
  /** A file of authorities was named already. */
  hasAuthorityFile: boolean
  /** By the clock of this guest. */
  now: Date
  /** Takes out of a text what must not be seen. */
  mask(text: string): string
}

/** Tells why a report was not taken; undefined if it was. */
export function describeAnswer(answer: Answer, circumstances: Circumstances): Refusal | undefined {
  if (answer.ended === 'failed') return describeFailure(answer.code, answer.cause, circumstances)
  const {status} = answer
  const location = answer.location && circumstances.mask(answer.location)
  if (status >= 200 && status < 300) return undefined
  const said = quote(circumstances.mask(answer.text))
  const refuse = (words: string, mayPass: boolean, cure?: string): Refusal => {
    return {reason: `answered ${status}${words}${said === '' ? '' : `: ${said}`}`, cure, mayPass}
  }
  if (status >= 300 && status < 400) {
    const where = location === undefined ? '' : ` to ${quote(location)}`
    const cure = 'let ONEGATE_ENDPOINT name the right place: the token is not carried elsewhere'
    return {reason: `answered ${status}, a redirection${where}, which is not followed`, cure, mayPass: false}
  }
  // OneGate says 401 to everybody while it cannot ask oned (OneGateCloudAuth.rb).
  if (status === 401) return refuse(', it does not accept the token', true, tokenCure)
  if (status === 403) return refuse(', a machine may not tell it that', false, permissionCure)
  if (status === 404) return refuse(', it does not know this machine or this path', true, endpointCure)
  return refuse('', status >= 500 || status === 408 || status === 429, undefined)
}

const tokenCure = 'the token is of this VM and this instantiation alone: is VMID right, is the disc a copy?'
const permissionCure = 'see :permissions: and :restricted_attrs: in onegate-server.conf'
const endpointCure = 'see that ONEGATE_ENDPOINT and VMID are right'

function describeFailure(code: string, cause: string, circumstances: Circumstances): Refusal {
  const certificate = describeCertificate(code, cause, circumstances)
  if (certificate !== undefined) return certificate
  const seconds = circumstances.timeoutMs / 1000
  const reasons: Record<string, string> = {
    STOPPED: 'was not waited for, as vmcontext was told to stop',
    TIMED_OUT: `did not answer within ${seconds} s`,
    ETIMEDOUT: 'did not answer',
    ECONNREFUSED: 'refused the connection',
    ECONNRESET: 'broke the connection off',
    EPIPE: 'broke the connection off',
    EHOSTUNREACH: 'cannot be reached from here',
    ENETUNREACH: 'cannot be reached from here: there is no route to it',
    ENOTFOUND: 'has a name that nobody here knows',
    EAI_AGAIN: 'has a name that no name server answers for',
    EPROTO: 'does not speak TLS as it should',
    ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  }
  const reason =
    reasons[code] ?? (code.startsWith('HPE_') ? 'does not speak HTTP' : `failed: ${quote(cause)}`)
  const cure = code.includes('SSL_WRONG_VERSION')
    ? 'is its address one with http instead of https?'
    : undefined
  // An answer that is no HTTP or TLS will not become one.
  return {reason, cure, mayPass: code !== 'STOPPED' && !/^(HPE_|EPROTO|ERR_SSL_)/.test(code)}
}

/** The names are those of openssl-verification-options(1), which Node gives as codes. */
function describeCertificate(code: string, cause: string, circumstances: Circumstances): Refusal | undefined {
  const date = circumstances.now.toISOString().slice(0, 16).replace('T', ' ')
  if (code === 'CERT_NOT_YET_VALID') {
    const reason = `has a certificate that is not valid yet: here it is ${date} UTC`
    // A clock that is wrong at boot is often set a little later.
    return {reason, cure: 'is the clock of this guest right?', mayPass: true}
  }
  if (code === 'CERT_HAS_EXPIRED') {
    const reason = `has a certificate that has expired: here it is ${date} UTC`
    return {reason, cure: 'renew it, or set the clock of this guest', mayPass: true}
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const reason = `has a certificate for another name: ${quote(cause)}`
    return {reason, cure: 'let ONEGATE_ENDPOINT name it as its certificate does', mayPass: false}
  }
  if (
    !/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA/.test(
      code,
    )
  )
    return undefined
  const file = circumstances.hasAuthorityFile ? 'the file that READY_CA names' : 'a file that READY_CA names'
  const cure = `put the certificate of who signed it into the guest's CA store or into ${file}`
  return {reason: 'has a certificate by nobody whom this guest trusts', cure, mayPass: false}
}

/** A line of the other side's words: it may say anything. */
function quote(text: string): string {
  const line = text
    .split(/[\r\n]/)
    .find(each => each.trim() !== '')
    ?.trim()
  if (line === undefined) return ''
  const words = escapeControls(line).replaceAll(/[^\x20-\x7e]/g, '?')
  return words.length > 160 ? `${words.slice(0, 160)}…` : words
}
