// What stays when the agent goes, in words: what contexts have made of the guest.

import {count} from '../../report/lines.ts'
import {adoptedPaths, type Manifest, stateDirectory} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import {classifyFiles} from '../give-back/concerns.ts'

/** Lists it, a line each. */
export function listStaying(
  system: System,
  manifest: Manifest,
  {restoresNetwork}: {restoresNetwork: boolean},
): string[] {
  const concernOf = classifyFiles(system, manifest)
  const adopted = adoptedPaths(manifest)
  const own = Object.keys(manifest.files).filter(path => !adopted.includes(path))
  const network = own.filter(path => concernOf(path) === 'network')
  const others = own.filter(path => concernOf(path) !== 'network')
  const {accounts, keys, passwords} = manifest
  return [
    ...(restoresNetwork ? [] : list('the network works on without the agent', network)),
    ...list('files of the context', others),
    ...list('accounts', Object.keys(accounts)),
    ...list('keys', Object.entries(keys).map(describeKeys)),
    ...list('passwords', Object.keys(passwords)),
    ...(hasLogs(system) ? ['logs: /var/log/vmcontext.log, /var/log/vmcontext/'] : []),
    ...(own.length + Object.keys(keys).length > 0
      ? [`${stateDirectory}, by which a later installation knows all that`]
      : []),
  ]
}

function list(label: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${label}: ${names.join(', ')}`]
}

function describeKeys([account, places]: [string, Record<string, string[]>]): string {
  return `${count(Object.values(places).flat().length, 'key')} of ${account}`
}

function hasLogs({files}: System): boolean {
  return ['/var/log/vmcontext.log', '/var/log/vmcontext'].some(path => files.status(path) !== undefined)
}
