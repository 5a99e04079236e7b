// What rivals left becomes ours: entered into the manifest, so that the next network of a context is written as on a
// fresh image, and sealing and uninstalling know it. The files themselves are not touched: until then the guest needs
// them.

import {type HostsLine, hashBytes, type KeptCopy, type Manifest} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import type {AdoptedFile} from '../install/record.ts'
import {keepBytes, keepFile} from './displace.ts'
import {findLeftFiles, type LeftFile} from './left-files.ts'

export type Adoption = {
  /** They keep copies; nothing else is written. */
  deeds: readonly Deed[]
  adopted: Readonly<Record<string, AdoptedFile>>
  manifest: Manifest
}

/** Adopts every file that a rival left and nobody has entered yet. */
export function adoptFiles(system: System, manifest: Manifest, hasOneContext: boolean): Adoption {
  const left = findLeftFiles(system, hasOneContext).filter(({path}) => manifest.files[path] === undefined)
  const deeds: Deed[] = []
  const adopted: Record<string, AdoptedFile> = {}
  const files = {...manifest.files}
  for (const file of left) {
    const kept = keepFile(system, file.path)
    if (kept === undefined) continue
    const former = keepFormer(system, file, kept.previous)
    deeds.push(...kept.deeds, ...former.deeds)
    adopted[file.path] = {...kept.previous, former: former.copy?.sha256}
    files[file.path] = {sha256: kept.previous.sha256, previous: former.copy, adopted: true}
  }
  return {deeds, adopted, manifest: {...manifest, files, hosts: adoptHosts(system, manifest.hosts)}}
}

function keepFormer(
  system: System,
  {path, former}: LeftFile,
  {mode, uid, gid}: KeptCopy,
): {copy: KeptCopy | null; deeds: Deed[]} {
  if (former === undefined) return {copy: null, deeds: []}
  const bytes = Buffer.from(former, 'latin1')
  const copy = {sha256: hashBytes(bytes), mode, uid, gid}
  return {copy, deeds: keepBytes(system, copy, bytes, `${path} without its cards`)}
}

/** one-context marks its line in /etc/hosts. */
export function isLineOfOneContext(line: string): boolean {
  return /# one-contextd\s*$/.test(line)
}

function adoptHosts({files}: System, hosts: readonly HostsLine[]): HostsLine[] {
  const lines = (files.read('/etc/hosts')?.toString('latin1') ?? '').split('\n')
  const theirs = lines.filter(isLineOfOneContext)
  const unknown = theirs.filter(line => hosts.every(each => each.line !== line))
  return [...hosts, ...unknown.map(line => ({line}))]
}
