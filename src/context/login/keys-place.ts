// Where the keys of an account belong: AuthorizedKeysFile of sshd_config(5), a list of paths with tokens in them.

/** A path below the home of the account (`.ssh/authorized_keys`), or an absolute one, which is root's. */
export type KeysPlace = string

/** The account as sshd looks at it. */
export type KeysOwner = {name: string; uid: number; home: string}

/** AuthorizedKeysFile as it holds for an account. */
export type KeysFiles = {
  /** The paths as they are written, with their tokens. */
  paths: readonly string[]
  /** They hold for this account and no other. */
  isForOne: boolean
  /** Where this is written; undefined: it is what sshd does by itself. */
  file?: string | undefined
  line?: number | undefined
}

export const defaultPlace: KeysPlace = '.ssh/authorized_keys'

/** What sshd does if nobody says anything. */
export const defaultKeysFiles: KeysFiles = {
  paths: [defaultPlace, '.ssh/authorized_keys2'],
  isForOne: false,
}

/** The first path in the home of the account, else the first of its own elsewhere; undefined if there is none. */
export function chooseKeysPlace(files: KeysFiles, owner: KeysOwner): KeysPlace | undefined {
  const places = files.paths
    .filter(path => refusePath(path, files) === undefined)
    .map(path => findPlace(path, owner))
  return places.find(place => !place.startsWith('/')) ?? places[0]
}

/** Why keys can be put in none of the files, in words; undefined if they can. */
export function refuseKeysFiles(files: KeysFiles): string | undefined {
  const refusals = files.paths.map(path => refusePath(path, files))
  return refusals.includes(undefined) ? undefined : (refusals[0] ?? 'sshd looks for keys nowhere')
}

function refusePath(path: string, {isForOne}: KeysFiles): string | undefined {
  if (path.toLowerCase() === 'none') return 'sshd looks for keys in no file'
  if (path.replaceAll(/%[hUu%]/g, '').includes('%'))
    return `${path} has a token that sshd does not know there`
  if (path.split('/').includes('..')) return `${path} leads out of where it begins`
  const isShared = path.startsWith('/') && !isForOne && !/%[hUu]/.test(path.replaceAll('%%', ''))
  return isShared
    ? `${path} is one file for all users, and a key in it would let its owner in as anybody`
    : undefined
}

/** sshd takes a path that is not absolute from the home on. */
function findPlace(path: string, {name, uid, home}: KeysOwner): KeysPlace {
  const values: Record<string, string> = {h: home, u: name, U: `${uid}`, '%': '%'}
  const expanded = tidy(path.replaceAll(/%([hUu%])/g, (_, token: string) => values[token]!))
  const above = `${tidy(home)}/`
  return above !== '//' && expanded.startsWith(above) ? expanded.slice(above.length) : expanded
}

/** Without the parts that lead nowhere. */
function tidy(path: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}
