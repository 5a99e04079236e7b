// The network, as far as uninstalling has to do with it: the files of the agent stay and work without it, unless those
// from before are asked for.

import {isOfNetwork} from '../../plan/network/adopted.ts'
import type {Problem} from '../../problem.ts'
import type {Manifest} from '../../report/manifest.ts'
import {adoptedPaths} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import {classifyFiles} from '../give-back/concerns.ts'
import type {GiveBackDeed} from '../give-back/deeds.ts'
import {planGiveBack} from '../give-back/give-back.ts'
import {returnOriginal} from '../give-back/original.ts'
import {findEntry} from '../install/found.ts'
import type {AdoptedFile, InstallRecord} from '../install/record.ts'
import {isLineOfOneContext} from '../take-over/adopt.ts'

const options = {what: 'network', accounts: false, passwords: 'keep', changed: 'keep'} as const

/** Plans that what stood there before the agent, and before whom it took over from, stands there again. */
export function planNetworkReturn(
  system: System,
  manifest: Manifest,
  {adopted}: InstallRecord,
): {deeds: readonly GiveBackDeed[]; problems: readonly Problem[]} {
  const untouched = new Set(adoptedPaths(manifest))
  const own = planGiveBack(system, withoutAdopted(manifest), options)
  const others = Object.entries(adopted).flatMap(([path, copy]): GiveBackDeed[] => {
    if (untouched.has(path) || !isOfNetwork(path) || !isFree(system, manifest, path, copy)) return []
    const original = returnOriginal(system, {path}, copy)
    return 'deed' in original ? [{...original.deed, concerns: 'network'}] : []
  })
  const replaced = new Set(others.flatMap(deed => ('path' in deed ? [deed.path] : [])))
  const rest = own.deeds.filter(deed => !('path' in deed && replaced.has(deed.path)))
  return {deeds: [...rest, ...others], problems: own.problems}
}

/** Whoever was taken over from comes back, and would find a network that somebody else has written. */
export function describeRivalry(system: System, manifest: Manifest, {displaced}: InstallRecord): Problem[] {
  const concernOf = classifyFiles(system, manifest)
  const own = Object.keys(withoutAdopted(manifest).files).filter(path => concernOf(path) === 'network')
  if (Object.keys(displaced).length === 0 || own.length === 0) return []
  const message = `what was taken over from is at work again, beside the network files that stay (${own.join(', ')})`
  return [{code: 'rival', message, cure: 'uninstall with --restore-network, and these go'}]
}

/** Nothing stands there but what we wrote, or what we left when we gave it up. */
function isFree({files}: System, manifest: Manifest, path: string, {former}: AdoptedFile): boolean {
  const found = findEntry(files, path)
  if (found.kind === 'nothing') return true
  return found.kind === 'file' && [manifest.files[path]?.sha256, former].includes(found.sha256)
}

/** What a rival left and no boot has replaced is the rival's again. */
export function withoutAdopted(manifest: Manifest): Manifest {
  const adopted = new Set(adoptedPaths(manifest))
  const files = Object.entries(manifest.files).filter(([path]) => !adopted.has(path))
  const hosts = manifest.hosts.filter(({line}) => !isLineOfOneContext(line))
  return {...manifest, files: Object.fromEntries(files), hosts}
}
