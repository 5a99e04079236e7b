// The text of an authorized_keys file: what is added, revoked and folded, with every other line as it stands.

import type {AuthorizedKey, ByteText} from '../action.ts'
import {parseKey} from './authorized-key.ts'

export type KeysEdit = {
  text: ByteText
  added: AuthorizedKey[]
  revoked: string[]
}

/** The keys that an account shall have; `revokes`: those of ours that are not among them go. */
export type WantedKeys = {keys: readonly AuthorizedKey[]; revokes: boolean}

/**
 * Makes the wanted keys present and takes out what is `owned` and no longer wanted. A key that is there already,
 * whoever put it there, is not added again; a line of ours gets its new text.
 */
export function editKeys(
  text: ByteText,
  {keys: wanted, revokes}: WantedKeys,
  owned: readonly string[],
): KeysEdit {
  const lines = text.split('\n')
  const blobs = lines.map(blobOf)
  const isWanted = (blob: string) => wanted.some(key => key.blob === blob)
  const kept = lines.flatMap((line, index) => {
    const blob = blobs[index]
    if (blob === undefined || !owned.includes(blob)) return [line]
    const key = wanted.find(candidate => candidate.blob === blob)
    if (key === undefined) return revokes ? [] : [line]
    return [asBytes(key.line)]
  })
  const added = wanted.filter(key => !blobs.includes(key.blob))
  const body = kept.join('\n')
  const separator = body === '' || body.endsWith('\n') ? '' : '\n'
  const addition = added.map(key => `${asBytes(key.line)}\n`).join('')
  const revoked = revokes ? owned.filter(blob => blobs.includes(blob) && !isWanted(blob)) : []
  return {text: addition === '' ? body : body + separator + addition, added, revoked}
}

/** Takes out exact repetitions of lines that hold an owned key; the first stays. */
export function foldKeys(text: ByteText, owned: readonly string[]): ByteText {
  const seen = new Set<string>()
  const lines = text.split('\n').filter(line => {
    const blob = blobOf(line)
    if (blob === undefined || !owned.includes(blob)) return true
    const isRepeated = seen.has(line.trim())
    seen.add(line.trim())
    return !isRepeated
  })
  return lines.join('\n')
}

function blobOf(line: string): string | undefined {
  const trimmed = line.trim()
  if (trimmed === '' || trimmed.startsWith('#')) return undefined
  const key = parseKey(trimmed)
  return typeof key === 'string' ? undefined : key.blob
}

function asBytes(text: string): ByteText {
  return Buffer.from(text, 'utf8').toString('latin1')
}
