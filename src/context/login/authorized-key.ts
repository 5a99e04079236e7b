// Public keys as they stand in authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). What identifies a key is its
// base64 blob, not its comment or options.

import type {AuthorizedKey} from '../../action/login.ts'

/** A line that is no key, by its number from 1, and why. `line` is never shown whole: it may be something private. */
export type RejectedLine = {line: number; reason: string}
/** A key that is taken though this guest's sshd may not know its type. */
export type UnusualKey = {line: number; type: string}
export type KeyList = {keys: AuthorizedKey[]; rejected: RejectedLine[]; unusual: UnusualKey[]}

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
    const text = raw.trim()
    const line = index + 1
    if (text === '' || text.startsWith('#')) continue
    const key = parseKey(text)
    if (typeof key === 'string') list.rejected.push({line, reason: key})
    else if (!list.keys.some(({blob}) => blob === key.blob)) {
      list.keys.push({line: key.line, blob: key.blob})
      if (!commonTypes.has(key.type)) list.unusual.push({line, type: key.type})
    }
  }
  return list
}

/** Reads one line and gives the key, or why it is none. */
export function parseKey(line: string): (AuthorizedKey & {type: string}) | string {
  if (line.length > longestLine) return 'it is longer than any line with a key'
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return 'it has control characters'
  const words = splitWords(line)
  for (const index of [0, 1]) {
    const [type, blob] = [words[index], words[index + 1]]
    if (type !== undefined && blob !== undefined && typeOfBlob(blob) === type) return {line, blob, type}
  }
  if (line.includes('PRIVATE KEY'))
    return 'it is part of a private key; give the public one, from the .pub file'
  if (line.includes('SSH2 PUBLIC KEY'))
    return 'it is of the format of RFC 4716; convert it with ssh-keygen -i'
  return words.some(word => commonTypes.has(word))
    ? 'its base64 part is damaged or belongs to another type'
    : 'it is no public key'
}

/** sshd before 7.9 took 16 KiB. A user can make a line of any length, and would have us look at it for hours. */
const longestLine = 64 * 1024

/**
 * Words as sshd parts them (auth2-pubkeyfile.c, auth-options.c): at blanks and tabs outside of quotes, and only `\"` is
 * an escape. A quote that is never closed reaches to the end: looking for its end again from every place would take
 * the square of the time.
 */
function splitWords(line: string): string[] {
  return line.match(/(?:\\"|[^ \t"]|"(?:\\"|[^"])*(?:"|$))+/g) ?? []
}

/**
 * The type that a blob itself names: RFC 4253 section 6.6, a length of four bytes and the name. sshd takes no base64
 * but the one spelling that has its padding and no bits left over, and no key of which a part is missing.
 */
function typeOfBlob(blob: string): string | undefined {
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.toString('base64') !== blob) return undefined
  const fields = splitFields(bytes)
  const type = fields.parts[0]?.toString('latin1')
  if (type === undefined || type === '' || type.length > 64 || fields.parts.length < 2) return undefined
  // A certificate has numbers between its fields, and of other types we do not know.
  return fields.isWhole || !commonTypes.has(type) ? type : undefined
}

/** The parts of a blob, each with its length before it (RFC 4251 section 5), up to where that no longer holds. */
export function splitFields(bytes: Buffer): {parts: Buffer[]; isWhole: boolean} {
  const parts: Buffer[] = []
  let offset = 0
  while (offset + 4 <= bytes.length) {
    const end = offset + 4 + bytes.readUInt32BE(offset)
    if (end > bytes.length) break
    parts.push(bytes.subarray(offset + 4, end))
    offset = end
  }
  return {parts, isWhole: offset === bytes.length}
}
