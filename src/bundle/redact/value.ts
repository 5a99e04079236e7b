// The value of one variable as it goes into a bundle.

import {decodeBase64} from '../../context/base64.ts'
import {unpack, unpackIfGzip} from '../../context/packed.ts'
import {gzip} from '../zlib.cjs'
import {redactUserData} from './cloud-config.ts'
import {blank, blankScript} from './filler.ts'
import {redactKeys} from './keys.ts'
import {treatmentOf} from './public.ts'
import type {StandIns} from './stand-ins.ts'

export type RedactValue = (name: string, value: string) => string

/** Makes the function that redacts values. `encoding` is that of USER_DATA. */
export function createRedactValue(standIns: StandIns, encoding: string): RedactValue {
  return (name, value) => {
    if (value === '') return value
    switch (treatmentOf(name, value)) {
      case 'as it is':
        return value
      case 'secret':
        return standIns.forVariable(name, value)
      case 'script':
        return noteLong(standIns, value, redactScript(name, value))
      case 'user data':
        return noteLong(standIns, value, redactPacked(value, encoding))
      case 'keys':
        return redactKeys(value)
      case 'address':
        return value.replace(/\/\/[^/]*@/, '//withheld@').replace(/\?.*$/s, '?withheld')
      case 'withheld':
        return blank(value)
    }
  }
}

/** What is a word only may stand anywhere else; a text does not come up by chance. */
function noteLong(standIns: StandIns, value: string, redacted: string): string {
  return value.length < 40 ? redacted : standIns.noteText(value, redacted)
}

function redactScript(name: string, value: string): string {
  if (!name.endsWith('_BASE64')) return blankScript(value)
  const bytes = decodeBase64(value)
  if (typeof bytes === 'string') return value.replace(/[A-Za-z0-9]/g, 'A')
  return Buffer.from(blankScript(bytes.toString('latin1')), 'latin1').toString('base64')
}

/** Packed again the same way; bytes of gzip alone would not survive in a text. */
function redactPacked(value: string, encoding: string): string {
  const bytes = unpack(Buffer.from(value), encoding)
  const content = typeof bytes === 'string' ? bytes : unpackIfGzip(bytes)
  if (typeof content === 'string') return blank(value)
  const redacted = redactUserData(content.toString('utf8'))
  if (encoding.trim() === '' || /^text/.test(encoding)) return redacted
  if (!/b(ase)?64/i.test(encoding)) return blank(value, 'A')
  return (/gz/i.test(encoding) ? gzip(Buffer.from(redacted)) : Buffer.from(redacted)).toString('base64')
}
