// The text of an authorized_keys file: what is added, revoked and folded, with every other line as it stands.

import type {AuthorizedKey} from '../../action/login.ts'
import type {ByteText} from '../../action.ts'
import {parseKey} from './authorized-key.ts'

export type KeysEdit = {
  text: ByteText
  added: AuthorizedKey[]
  revoked: string[]
}

/** The keys that an account shall have; `revokes`: those of ours that are not among them go. */
export type WantedKeys = {keys: readonly AuthorizedKey[]; revokes: boolean}

/** A key of ours and the line that we wrote for it; undefined where an older version did not note it. */
export type OwnedKey = {blob: string; line?: string | undefined}

/**
 * Makes the wanted keys present and takes out what is `owned` and no longer wanted. A key that is there already,
 * whoever put it there, is not added again; a line of ours gets its new text.
 */
export function editKeys(
  text: ByteText,
  {keys: wanted, revokes}: WantedKeys,
  owned: readonly OwnedKey[],
): KeysEdit {
  const lines = splitLines(text)
  const blobs = lines.map(blobOf)
  const kept = lines.flatMap((line, index) => {
    const ours = owned.find(({blob}) => blob === blobs[index])
    if (ours === undefined) return [line]
    const key = wanted.find(({blob}) => blob === ours.blob)
    if (key === undefined) return revokes ? [] : [line]
    return [isKept(line, ours, key) ? line : `${asBytes(key.line)}\n`]
  })
  const added = wanted.filter(({blob}) => !blobs.includes(blob))
  const revoked = revokes
    ? owned.filter(({blob}) => blobs.includes(blob) && !wanted.some(key => key.blob === blob))
    : []
  return {text: append(kept.join(''), added), added, revoked: revoked.map(({blob}) => blob)}
}

/** Takes out exact repetitions of lines that hold an owned key; the first stays. */
export function foldKeys(text: ByteText, owned: readonly OwnedKey[]): ByteText {
  const seen = new Set<string>()
  const lines = splitLines(text).filter(line => {
    const blob = blobOf(line)
    if (blob === undefined || !owned.some(key => key.blob === blob)) return true
    const isRepeated = seen.has(line.trim())
    seen.add(line.trim())
    return !isRepeated
  })
  return lines.join('')
}

/** It says what it shall say, or somebody has changed it since, `from="…"` say, and the context still asks for the same. */
function isKept(line: ByteText, {line: written}: OwnedKey, key: AuthorizedKey): boolean {
  return (
    line.trim() === asBytes(key.line).trim() || (written === key.line && line.trim() !== asBytes(written))
  )
}

/** Each line with its end; the last may have none. */
function splitLines(text: ByteText): ByteText[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function append(body: ByteText, added: readonly AuthorizedKey[]): ByteText {
  const separator = body === '' || body.endsWith('\n') || added.length === 0 ? '' : '\n'
  return body + separator + added.map(key => `${asBytes(key.line)}\n`).join('')
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
