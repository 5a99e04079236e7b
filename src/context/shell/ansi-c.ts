// The escapes of $'…' as bash gives them in the C locale (bash manual, 3.1.2.4; lib/sh/strtrans.c, ansicstr).

/** The value of a `$'…'`. `unspelled`: it names a character beyond ASCII, which the C locale cannot spell. */
export type AnsiC = {text: string; unspelled: boolean}

/** Decodes what stands between `$'` and `'`. The value ends at the first NUL, as a C string does. */
export function decodeAnsiC(body: string): AnsiC {
  let unspelled = false
  const decoded = body.replace(escapes, (written: string) => {
    const text = decodeEscape(written)
    unspelled ||= /^\\[uU]/.test(text) && text.length > 2
    return text
  })
  const end = decoded.indexOf('\0')
  return {text: end === -1 ? decoded : decoded.slice(0, end), unspelled}
}

// `\c\\` is one escape of four characters, `\c\a` one of three and then an `a`; `\x{…` needs neither digits nor `}`.
const escapes =
  /\\(?:[0-7]{1,3}|x\{[0-9A-Fa-f]*\}?|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|c(?:\\\\|.)|.)/gs

const named: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** Decodes one escape; one that bash does not know stays as it is written. */
function decodeEscape(written: string): string {
  const [kind, rest] = [written[1]!, written.slice(2)]
  if (kind >= '0' && kind <= '7') return byte(Number.parseInt(written.slice(1), 8))
  if (rest === '' && kind !== 'x') return named[kind] ?? written
  if (kind === 'c') return control(rest[0]!)
  if (kind === 'x')
    return rest === '' ? written : byte(Number.parseInt(`0${rest.replace(/[{}]/g, '').slice(-2)}`, 16))
  return character(Number.parseInt(rest, 16))
}

function byte(code: number): string {
  return String.fromCharCode(code & 0xff)
}

function control(character: string): string {
  return character === '?' ? '\x7f' : byte(character.charCodeAt(0) & 0x1f)
}

/** What the C locale cannot spell, bash writes as an escape again (lib/sh/unicode.c, u32tocesc). */
function character(code: number): string {
  if (code <= 0x7f) return byte(code)
  if (code > 0x7fffffff || isTag(code)) return ''
  const digits = code.toString(16).toUpperCase()
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}

/** The tags of languages, U+E0000 to U+E007F: glibc's iconv, which bash asks, leaves them out (gconv_simple.c). */
function isTag(code: number): boolean {
  return code >> 7 === 0xe0000 >> 7
}
