// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would expand

// Where the reader differs from a shell on purpose (contract, §2), each rule as narrow as can be.

/** Names that bash or dash keeps for itself even after `unset`, or that change how it reads what follows. */
const reserved = (
  'BASHOPTS SHELLOPTS BASH_ARGC BASH_ARGV BASH_SOURCE BASH_LINENO BASH_VERSINFO BASH_COMPAT PIPESTATUS POSIXLY_CORRECT ' +
  'LC_ALL LC_CTYPE LANG OPTIND EUID PPID UID'
).split(' ')
const reservedName = new RegExp(`\\b(?:${reserved.join('|')})\\b`, 'g')

/** Tells whether a shell keeps this name for itself. */
export function isReserved(name: string): boolean {
  return reserved.includes(name)
}

/** `$?` and the like, which only a shell has, as `${?}`. `$1`, `$@` and `$*` are empty there, too. */
const special = /\$\{[?#$!_-]\}/g

/**
 * The same text or value with names that are free and parameters that are empty, as many characters: a variable is
 * just data whatever it is called, and what only a shell has is empty.
 */
export function standIn(text: string): string {
  return text
    .replace(reservedName, name => `${name.slice(0, -1)}${name.endsWith('X') ? 'Y' : 'X'}`)
    .replace(special, '${9}')
}

/** The same for `$?` without braces, in texts where it is clear which dollar that is. */
export function standInUnbraced(text: string): string {
  return text.replace(/(?<![\\$c])\$[0?#$!-]/g, '$$9').replace(/\$\{[0?#$!-]\}/g, '$${9}')
}

/** Whether it is not clear. */
export const unclearDollar = /[\\$c]\$[0?#$!-]|\$\\\n/

/** A byte order mark is passed over, and a file whose lines all end in CR LF is read as if they ended in LF. */
export function straighten(text: string): string {
  const unmarked = text.replace(/^\xef\xbb\xbf/, '')
  return /\n/.test(unmarked) && !/(?<!\r)\n/.test(unmarked) ? unmarked.replaceAll('\r\n', '\n') : unmarked
}

/**
 * What a shell does with a variable though no command is run, and no reader of data knows: texts that have any of it
 * are not compared as a whole. Their assignments are, each for itself.
 */
export const runsAnyway: Readonly<Record<string, RegExp>> = {
  'arithmetic assigns': /\(\(|\$\[|\w(?:\\\n)*\[/,
  'an expansion assigns': /\$\{\w+:?=/,
  'a redirection assigns': /\{\w+\}(?:\\\n)*[<>]/,
  'a test assigns': /=~/,
  'an expansion that fails ends the file': /\$\{(?:\w+:?\?|[^}\s]*[^\w}\s:+=#%/^,@[\]*-])/,
  'an argument is put together': /\bexport\b(?:\\\n|[^\n])*?\w[$'"\\][^\s=]*=/,
  'a function may be called': /\(\s*\)|\bfunction\b/,
  'a builtin by another name': /\bbuiltin\b|\bcoproc\b/,
}

/**
 * A backslash that ends the file stands for itself, in dash always, in bash unless a quote on the same line began above
 * (seen with 5.2).
 */
export const lastBackslash = /\\$(?!\n)/

/** Tells whether two spellings of one name stand in a text: names have no case here. */
export function hasTwoSpellings(names: readonly string[]): boolean {
  return new Set(names.map(name => name.toUpperCase())).size < new Set(names).size
}
