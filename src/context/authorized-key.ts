// Public keys as they stand in authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). What identifies a key is its
// base64 blob, not its comment or options.

import type {AuthorizedKey} from '../action.ts'

/** A line that is no key, by its number from 1, and why. `line` is never shown whole: it may be something private. */
export type RejectedLine = {line: number; reason: string}
export type KeyList = {keys: AuthorizedKey[]; rejected: RejectedLine[]; unusual: string[]}

/** What sshd has known since OpenSSH 5 to 8; another type may be unknown to this guest's sshd. */
const commonTypes = new Set([
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
])

/** Reads keys, one a line; empty lines and comments are passed over, a key that came twice is taken once. */
export function parseKeys(text: string): KeyList {
  const list: KeyList = {keys: [], rejected: [], unusual: []}
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const key = parseKey(line)
    if (typeof key === 'string') list.rejected.push({line: index + 1, reason: key})
    else if (!list.keys.some(({blob}) => blob === key.blob)) {
      list.keys.push({line: key.line, blob: key.blob})
      if (!commonTypes.has(key.type)) list.unusual.push(key.type)
    }
  }
  return list
}

/** Reads one line and gives the key, or why it is none. */
export function parseKey(line: string): (AuthorizedKey & {type: string}) | string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return 'it has control characters'
  if (line.includes('PRIVATE KEY'))
    return 'it is part of a private key; give the public one, from the .pub file'
  const words = line.match(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g) ?? []
  for (const index of [0, 1]) {
    const [type, blob] = [words[index], words[index + 1]]
    if (type !== undefined && blob !== undefined && typeOfBlob(blob) === type) return {line, blob, type}
  }
  return words.some(word => commonTypes.has(word))
    ? 'its base64 part is damaged or belongs to another type'
    : 'it is no public key'
}

/** The type that a blob itself names: RFC 4253 section 6.6, a length of four bytes and the name. */
function typeOfBlob(blob: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return undefined
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length < 16 || bytes.toString('base64').replace(/=+$/, '') !== blob.replace(/=+$/, ''))
    return undefined
  const length = bytes.readUInt32BE(0)
  return length > 0 && length <= 64 ? bytes.toString('latin1', 4, 4 + length) : undefined
}
