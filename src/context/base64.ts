// base64 as it comes through templates, browsers and YAML (RFC 4648): broken into lines, with the alphabet for URLs,
// without its padding. What can mean one thing only is read; anything else is refused.

/** Reads base64. Gives what is wrong with it, in words, if it is none. */
export function decodeBase64(text: string): Buffer | string {
  const [, data = '', padding = ''] = /^([^=]*)(=*)$/.exec(text.replaceAll(/\s+/g, '')) ?? []
  const stranger = /[^A-Za-z0-9+/_-]/.exec(data)
  if (stranger !== null || (data === '' && text.trim() !== '')) return 'is not base64'
  const bytes = Buffer.from(data, 'base64')
  // Of a last group of four, one character is no byte; bits that are left over and not 0 belong to a byte that is gone.
  const isCut = data.length % 4 === 1 || (padding === '' && !hasWholeEnd(data, bytes))
  return isCut ? 'is not whole base64: its end is missing' : bytes
}

function hasWholeEnd(data: string, bytes: Buffer): boolean {
  const length = data.length % 4
  const last = bytes.subarray(bytes.length - (length === 0 ? 0 : length - 1))
  return length === 0 || last.toString('base64url') === toUrlAlphabet(data.slice(-length))
}

function toUrlAlphabet(data: string): string {
  return data.replaceAll('+', '-').replaceAll('/', '_')
}
