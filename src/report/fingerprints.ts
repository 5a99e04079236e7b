// The fingerprints of the ssh host keys, on the console once: whoever logs in for the first time can compare them.

import {createHash} from 'node:crypto'
import {parseKey, splitFields} from '../context/login/authorized-key.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {ReportLine} from './lines.ts'
import type {Manifest} from './manifest.ts'

/** A host key as `ssh-keygen -lf` shows it. */
export type Fingerprint = {sha256: string; text: string}

/** Gives the fingerprints of host keys if there is one among them that was not shown yet, and notes that they are. */
export function takeNewFingerprints(
  system: System,
  manifest: Pick<Manifest, 'shownHostKeys'>,
  paths: readonly string[],
): Fingerprint[] {
  const fingerprints = readFingerprints(system, paths)
  const isNew = fingerprints.some(({sha256}) => !manifest.shownHostKeys.includes(sha256))
  if (isNew) manifest.shownHostKeys = fingerprints.map(({sha256}) => sha256)
  return isNew ? fingerprints : []
}

/** Reads the public halves of host keys; one that is not there is left out. */
function readFingerprints({files}: System, paths: readonly string[]): Fingerprint[] {
  return paths.flatMap(path => {
    const text = unlessRefused(
      () => files.readText(`${path}.pub`),
      () => undefined,
    )
    const fingerprint = text === undefined ? undefined : describeKey(text.trim())
    return fingerprint ?? []
  })
}

/** The lines for the console, between the marks of cloud-init, by which tools find them; none for none. */
export function formatFingerprints(fingerprints: readonly Fingerprint[]): ReportLine[] {
  if (fingerprints.length === 0) return []
  const lines = [
    '-----BEGIN SSH HOST KEY FINGERPRINTS-----',
    ...fingerprints.map(({text}) => text),
    '-----END SSH HOST KEY FINGERPRINTS-----',
  ]
  return lines.map(text => ({level: 'info', text, entry: text}))
}

/** `256 SHA256:… root@web (ED25519)`; undefined if it is no key. */
export function describeKey(line: string): Fingerprint | undefined {
  const key = parseKey(line)
  if (typeof key === 'string') return undefined
  const bytes = Buffer.from(key.blob, 'base64')
  const hash = createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')
  const sha256 = `SHA256:${hash}`
  const comment = line.slice(line.indexOf(key.blob) + key.blob.length).trim() || 'no comment'
  return {sha256, text: `${countBits(key.type, bytes)} ${sha256} ${comment} (${nameType(key.type)})`}
}

/** The size of a key: of RSA's and DSA's modulus (RFC 4253 section 6.6), of the curve of the others. */
function countBits(type: string, bytes: Buffer): number {
  const {parts} = splitFields(bytes)
  const modulus = {'ssh-rsa': parts[2], 'ssh-dss': parts[1]}[type]
  if (modulus !== undefined) return BigInt(`0x0${modulus.toString('hex')}`).toString(2).length
  return Number(/nistp(\d+)/.exec(type)?.[1] ?? 256)
}

function nameType(type: string): string {
  const name = /^(?:sk-)?(?:ssh|ecdsa)(?=-)/.exec(type)?.[0]
  if (type === 'ssh-dss') return 'DSA'
  return (name === 'ecdsa' ? name : type.replace(/^ssh-|@.*$/g, '')).toUpperCase()
}
