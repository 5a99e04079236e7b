// Name servers and the domains that short names are looked up in.

import {parseAnyAddress} from './ip-address.ts'

/** Reads the address of a name server. One of this host itself is fine: many run a cache of their own. */
export function parseNameServer(text: string): string | undefined {
  const address = parseAnyAddress(text)
  return address === '0.0.0.0' || address === '::' ? undefined : address
}

/** Reads a domain; a dot at its end goes. Underscores do occur in names that are only looked up. */
export function parseSearchDomain(text: string): string | undefined {
  const domain = text.replace(/\.$/, '')
  const isName = domain.split('.').every(label => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label))
  return isName && domain.length <= 253 ? domain : undefined
}
