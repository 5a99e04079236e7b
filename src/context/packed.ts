// Values that come packed for their way through a template: base64, gzip, or both, under the names that cloud-init has
// for them (its cc_write_files.py).

import {decodeBase64} from './base64.ts'
import {gunzip} from './gunzip.cjs'

/** Whatever a context brings fits into this many bytes; a bomb does not. */
export const unpackedLimit = 16 * 1024 * 1024

const encodings: Record<string, readonly ('base64' | 'gzip')[]> = {
  '': [],
  ...{text: [], plain: [], 'text/plain': []},
  ...{b64: ['base64'], base64: ['base64']},
  ...{gz: ['gzip'], gzip: ['gzip']},
  ...{'gz+b64': ['base64', 'gzip'], 'gz+base64': ['base64', 'gzip']},
  ...{'gzip+b64': ['base64', 'gzip'], 'gzip+base64': ['base64', 'gzip']},
}

/** Unpacks a value to at most `limit` bytes. Gives what is wrong with it, in words that follow its name. */
export function unpack(bytes: Buffer, encoding: string, limit = unpackedLimit): Buffer | string {
  const name = encoding.trim().toLowerCase()
  const layers = Object.hasOwn(encodings, name) ? encodings[name] : undefined
  if (layers === undefined) return `has the encoding ${JSON.stringify(encoding)}, which is not known here`
  return layers.reduce<Buffer | string>(
    (packed, layer) => (typeof packed === 'string' ? packed : unpackLayer(packed, layer, limit)),
    bytes,
  )
}

/** Unpacks what is gzip by its first bytes, as cloud-init does; anything else stays as it is. */
export function unpackIfGzip(bytes: Buffer): Buffer | string {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? unpackLayer(bytes, 'gzip', unpackedLimit) : bytes
}

function unpackLayer(bytes: Buffer, layer: 'base64' | 'gzip', limit: number): Buffer | string {
  if (layer === 'base64') return decodeBase64(bytes.toString('latin1'))
  try {
    return gunzip(bytes, limit)
  } catch {
    return `is not gzip of at most ${Math.floor(limit / 1024)} KiB`
  }
}
