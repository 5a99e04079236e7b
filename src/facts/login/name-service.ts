// Accounts that /etc/passwd does not have and a directory (LDAP, a Windows domain) may. Where nsswitch.conf(5) names
// one it is asked, through the guest's own getent, for the few names that a context is about; a guest without one is
// asked nothing. Early in a boot the service mostly cannot answer, and its "no such account" is then worth nothing.

import {SystemError} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {type Account, parseAccounts, readAccounts, rememberAccounts} from './accounts.ts'

export type NameServiceAnswer = {
  /** Those that the service knows. */
  accounts: readonly Account[]
  /** Those it could not be asked for. */
  unasked: readonly UnaskedAccount[]
}

/** An account that a service may have. */
export type UnaskedAccount = {
  name: string
  /** The sources of nsswitch.conf that do not answer. */
  sources: readonly string[]
  /** Whom its home belongs to, if that is an account that /etc/passwd does not know either: so it has been in use. */
  homeOwner?: number | undefined
}

export const nothingElsewhere: NameServiceAnswer = {accounts: [], unasked: []}

/** The network may not be up, and the boot does not wait for a directory. */
const timeoutMs = 3000

/** Sources that read nothing but this guest's own files. */
const localSources = new Set(['files', 'compat', 'db', 'systemd'])

/** What is there while the service answers; a source that is not named here answers by itself. */
const signs: Readonly<Record<string, readonly string[]>> = {
  sss: ['/var/run/sssd.pid'],
  ldap: ['/var/run/nslcd/nslcd.pid', '/var/run/nslcd/socket'],
  winbind: ['/var/run/samba/winbindd.pid', '/var/run/winbindd.pid'],
  nis: ['/var/run/ypbind.pid'],
}

/**
 * Asks for those of some accounts that /etc/passwd does not have. Starts nothing where only files are named. What an
 * ordinary user may not look at, while making a plan, counts as not there.
 */
export async function askNameService(system: System, names: readonly string[]): Promise<NameServiceAnswer> {
  try {
    return await askSources(system, names)
  } catch (error) {
    if (error instanceof SystemError) return nothingElsewhere
    throw error
  }
}

async function askSources(system: System, names: readonly string[]): Promise<NameServiceAnswer> {
  const sources = names.length === 0 ? [] : readSources(system)
  if (sources.length === 0) return nothingElsewhere
  const known = readAccounts(system)
  const missing = names.filter(name => known.every(account => account.name !== name))
  if (missing.length === 0) return nothingElsewhere
  const accounts = system.live ? await ask(system, missing) : undefined
  rememberAccounts(system, accounts ?? [])
  const silent =
    accounts === undefined ? sources : sources.filter(source => !isAnswering(system, signs[source]))
  const unknown = missing.filter(name => !accounts?.some(account => account.name === name))
  return {
    accounts: accounts ?? [],
    unasked: silent.length === 0 ? [] : unknown.map(name => describeUnasked(system, name, silent, known)),
  }
}

/** The sources of accounts besides files. Red Hat names sss everywhere: without a configuration there is none. */
function readSources({files}: System): string[] {
  const text = files.readText('/etc/nsswitch.conf') ?? ''
  const line = /^[ \t]*passwd:([^#\n]*)/m.exec(text)?.[1] ?? ''
  const names = line.replace(/\[[^\]]*\]/g, ' ').split(/\s+/)
  const hasSssd = () =>
    files.status('/etc/sssd/sssd.conf') !== undefined ||
    files.list('/etc/sssd/conf.d').some(name => name.endsWith('.conf'))
  return names.filter(name => name !== '' && !localSources.has(name) && (name !== 'sss' || hasSssd()))
}

/** What getent answers; undefined if it did not in time. */
async function ask(system: System, names: readonly string[]): Promise<Account[] | undefined> {
  const result = await system.run({argv: ['getent', 'passwd', ...names], timeoutMs})
  if (result.ended !== 'exited') return undefined
  const found = parseAccounts(result.output)
  // A Windows domain has no case, and may answer with another one than it was asked in.
  return names.flatMap(name => {
    const account = found.find(each => each.name.toLowerCase() === name.toLowerCase())
    return account === undefined ? [] : [{...account, name, isElsewhere: true as const}]
  })
}

function isAnswering({files}: System, paths: readonly string[] | undefined): boolean {
  return paths === undefined || paths.some(path => files.status(path) !== undefined)
}

function describeUnasked(
  {files}: System,
  name: string,
  sources: readonly string[],
  known: readonly Account[],
): UnaskedAccount {
  const owner = files.status(`/home/${name}`)?.uid
  const isKnown = owner === undefined || known.some(({uid}) => uid === owner)
  return {name, sources, homeOwner: isKnown ? undefined : owner}
}
