// The homes of a tree, in which histories and keys lie.

import {type Account, readAccounts} from '../../facts/login/accounts.ts'
import type {Look} from './look.ts'

export type Home = {path: string; account?: Account | undefined}

/** Lists the homes of accounts, and of those that are below /home all the same. `listNames` lists a directory. */
export function listHomes(look: Look, listNames: (directory: string) => string[]): Home[] {
  const accounts = look.troubles.orElse(() => readAccounts(look.system), [])
  const named = accounts.map(account => ({path: account.home, account}))
  const others = listNames('/home').map(name => ({path: `/home/${name}`}))
  const all = [...named, {path: '/root'}, ...others].filter(({path}) => isHome(look, path))
  // Of one home with two accounts the first counts.
  return [...new Map(all.reverse().map(home => [home.path, home])).values()].reverse()
}

function isHome(look: Look, path: string): boolean {
  return path.startsWith('/') && !notHomes.test(path) && look.leads(path)
}

/** What services have for a home and is none. */
const notHomes =
  /^\/?$|^\/(bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr)(\/|$)|^\/(nonexistent|var\/run)\b|\/\.\.?(\/|$)/
