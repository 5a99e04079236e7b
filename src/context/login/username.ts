// Account names. Stricter than some useradd, so that no name can be an option, a path or two fields of passwd(5).

const nameLimit = 32

/** Why a text cannot be an account name, in words; undefined if it can. */
export function refuseUsername(name: string): string | undefined {
  if (name.length > nameLimit) return `is longer than ${nameLimit} characters`
  if (!/^[A-Za-z_]/.test(name)) return 'does not begin with a letter or _'
  if (!/^[A-Za-z0-9_.-]+\$?$/.test(name)) return 'has characters other than letters, digits, _ . and -'
  return undefined
}
