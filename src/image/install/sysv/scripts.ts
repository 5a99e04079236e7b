// The scripts of a root's /etc/init.d, by what their headers say.

import type {System} from '../../../system/system.ts'
import {expandFacilities, type LsbHeader, parseFacilities, parseLsbHeader} from './lsb.ts'

export const scriptDirectory = '/etc/init.d'

/** Ours: what the network needs, and what needs the network. */
export const sysvScripts = ['vmcontext.sh', 'vmcontext-final.sh'] as const

export function isOurScript(name: string): boolean {
  return sysvScripts.some(script => script === name)
}

export type Scripts = {
  headers: ReadonlyMap<string, LsbHeader>
  facilities: ReadonlyMap<string, readonly string[]>
}

/** Reads the headers, and what facilities like `$local_fs` consist of (insserv.conf(5)). */
export function readScripts({files}: System): Scripts {
  const headers = new Map<string, LsbHeader>()
  for (const name of files.list(scriptDirectory)) {
    const path = `${scriptDirectory}/${name}`
    if (!name.startsWith('.') && files.status(path)?.isFile())
      headers.set(name, parseLsbHeader(files.readText(path) ?? ''))
  }
  const more = files.list('/etc/insserv.conf.d').map(name => `/etc/insserv.conf.d/${name}`)
  const texts = ['/etc/insserv.conf', ...more].map(path => files.readText(path) ?? '')
  return {headers, facilities: parseFacilities(texts.join('\n'))}
}

/** The scripts among `names` that a header means; `$all`: all of them. */
export function resolveNames(
  {headers, facilities}: Scripts,
  wanted: readonly string[],
  names: readonly string[],
): string[] {
  if (wanted.includes('$all')) return [...names]
  const services = new Set(expandFacilities(wanted, facilities))
  return names.filter(name => [name, ...(headers.get(name)?.provides ?? [])].some(each => services.has(each)))
}
