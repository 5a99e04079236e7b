// Hashed passwords as crypt(5) defines them. One that has lost a part on its way matches no form, and is refused: it
// would lock the account for good.

/** What is known of a hash: what it is called, and whether it is too weak for today. */
export type CryptScheme = {prefix: string; isWeak: boolean}

const text = '[./0-9A-Za-z]'
const rounds = '(rounds=[1-9][0-9]+\\$)?'
const salt = (limit: number) => `[!-#%-9;-~]{1,${limit}}`

/** The forms of crypt(5), by their prefix. */
const forms: readonly (readonly [prefix: string, rest: string, isWeak?: true])[] = [
  ['$y$', `${text}+\\$${text}{0,86}\\$${text}{43}`],
  ['$gy$', `${text}+\\$${text}{0,86}\\$${text}{43}`],
  ['$7$', `${text}{11,97}\\$${text}{43}`],
  ...['$2a$', '$2b$', '$2x$', '$2y$'].map(prefix => [prefix, `[0-9]{2}\\$${text}{53}`] as const),
  ['$6$', `${rounds}${salt(16)}\\$${text}{86}`],
  ['$5$', `${rounds}${salt(16)}\\$${text}{43}`],
  ['$sha1$', `[1-9][0-9]*\\$${text}{0,64}\\$${text}{28}${text}{0,4}`, true],
  ['$md5', `(,rounds=[1-9][0-9]+)?\\$${text}{1,16}\\$\\$?${text}{22}`, true],
  ['$1$', `${salt(8)}\\$${text}{22}`, true],
  // DES extended by BSDi, and DES itself.
  ['_', `${text}{19}`, true],
  ['', `${text}{13}`, true],
]

/** Recognises a hash; undefined if it is none of crypt(5), or not all of one. */
export function recogniseHash(hash: string): CryptScheme | undefined {
  const form = forms.find(([prefix, rest]) => {
    return hash.startsWith(prefix) && new RegExp(`^${rest}$`).test(hash.slice(prefix.length))
  })
  if (form === undefined) return undefined
  const [prefix, , isWeak = false] = form
  // A shell that took `$6$salt` for variables leaves the end of the hash, from its first `.` or `/` on. Of real DES
  // hashes one in 32 is lost by that rule.
  return prefix === '' && /^[./]/.test(hash) ? undefined : {prefix, isWeak}
}
