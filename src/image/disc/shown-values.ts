// What may be shown of a variable. A list of what is harmless, not of what is secret: nobody knows what a template's
// author has put into a name of his own (contract §2).

import {parseEndpoint} from '../../context/cloud/onegate.ts'
import {consumerOf} from '../../context/consumed.ts'
import type {Assignment} from '../../context/shell.ts'
import {isNo, isYes} from '../../context/variables.ts'
import {count} from '../../report/lines.ts'
import {maskText} from '../../secret.ts'

/** Values of others than steps that are numbers or names of files. */
const alsoHarmless = new Set(['VMID', 'TARGET', 'FILES', 'DISK_ID'])
/** Of what these hold only the size is told; what it means is told elsewhere. */
const long = /^(START_SCRIPT(_BASE64)?|USER_?DATA|READY_SCRIPT|SSH_PUBLIC_KEY|EC2_PUBLIC_KEY|SSH_KEY)$/
const secret = /PASSWORD|TOKEN/
const shortest = 20

/** Gives the value in one line of so many characters, or in its place what it is. */
export function showValue({name, value}: Assignment, room = Number.POSITIVE_INFINITY): string {
  if (value === '') return "''"
  if (secret.test(name) && !isYes(value) && !isNo(value)) return maskText
  const size = `(${count(Buffer.byteLength(value), 'byte')})`
  if (!secret.test(name) && !isHarmless(name)) return size
  // It may have a password in it, which is not taken.
  if (name === 'ONEGATE_ENDPOINT' && 'refusal' in parseEndpoint(value.trim())) return size
  const line = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')
  const widest = Math.max(room, shortest)
  return line.length > widest ? `${line.slice(0, widest - 1)}…` : line
}

/** Tells whether what stands in a variable of this name may be seen by anybody. */
export function isHarmless(name: string): boolean {
  if (secret.test(name) || long.test(name)) return false
  return consumerOf(name) !== undefined || alsoHarmless.has(name)
}

/** Which step takes it. */
export function showConsumer({name}: Assignment): string {
  return consumerOf(name) ?? (name === 'VMID' ? 'onegate' : 'scripts')
}
