// Texts that stand for others and say nothing of them but their shape.

import {recogniseHash} from '../../context/login/crypt.ts'

/** Replaces what is told: every letter, digit and sign; blanks, line ends and control characters stay. */
export function blank(text: string, filler = 'x'): string {
  return text.replace(/[^\x00-\x20\x7f]/gu, character => fill(character, filler))
}

/** Replaces letters and digits alone: what is left is what a grammar sees. */
export function blankWords(text: string): string {
  return text.replace(/[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]/gu, character =>
    /\d/.test(character) ? '0' : fill(character, 'x'),
  )
}

/** A script as a plan tells of it: its first line if that names an interpreter, and how long it is. */
export function blankScript(text: string): string {
  const head = /^(?:\ufeff|\u00ef\u00bb\u00bf)?(?:#![^\r\n]{0,78})?/.exec(text)![0]
  return head + blank(text.slice(head.length))
}

/** A hash of crypt(5) of the same scheme that no password has; undefined if it is none. */
export function blankHash(hash: string): string | undefined {
  const escaped = hash.includes('\\$')
  const plain = hash.replaceAll('\\$', '$').trim()
  const scheme = recogniseHash(plain)
  if (scheme === undefined) return undefined
  const parameters =
    /^(\$(?:6|5)\$(?:rounds=\d+\$)?|\$2[abxy]\$\d\d\$|\$(?:g?y)\$[./0-9A-Za-z]+\$|\$7\$.{11}|\$[^$]+\$|\$md5[^$]*\$|_)?/
  const head = parameters.exec(plain)![0]
  const stand = head + plain.slice(head.length).replace(/[^$]/g, 'x')
  return hash.replace(hash.trim(), escaped ? stand.replaceAll('$', '\\$') : stand)
}

/** As many bytes of UTF-8, so that what counts bytes counts as many. */
function fill(character: string, filler: string): string {
  const bytes = Buffer.byteLength(character)
  return [filler, 'ß', '€', '😀'][bytes - 1]!
}
