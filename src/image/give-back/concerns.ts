// What a file of the manifest belongs to. Of the network are those files that a dialect of it reads or writes.

import {sudoersPath} from '../../context/login/sudo.ts'
import {type FileTree, readFileTree} from '../../facts/files.ts'
import {loginPath} from '../../facts/screen.ts'
import {localtimePath, timeZoneFiles} from '../../facts/time-zone.ts'
import {dialects} from '../../network/dialects.ts'
import {matchesGlob} from '../../network/glob.ts'
import {isOfNetwork} from '../../plan/network/adopted.ts'
import {adoptedPaths, type Manifest, readOriginals} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Concern} from './deeds.ts'

const named: Readonly<Record<string, Concern>> = {
  '/etc/resolv.conf': 'network',
  '/etc/hostname': 'hostname',
  '/etc/HOSTNAME': 'hostname',
  '/etc/hosts': 'hosts',
  [localtimePath]: 'time-zone',
  ...Object.fromEntries(timeZoneFiles.map(path => [path, 'time-zone' as const])),
  [loginPath]: 'console',
  [sudoersPath]: 'sudo',
}

/** Gives the function that tells what a file of the manifest belongs to. What no step of a boot writes is a user's. */
export function classifyFiles(system: System, manifest: Manifest): (path: string) => Concern {
  const patterns = networkPatterns(system, manifest)
  const adopted = new Set(adoptedPaths(manifest))
  return path => {
    if (adopted.has(path)) return isOfNetwork(path) ? 'network' : 'sudo'
    return named[path] ?? (patterns.some(pattern => matchesGlob(pattern, path)) ? 'network' : 'user-file')
  }
}

/** One file may name others, and may have done so only before us. */
function networkPatterns(system: System, manifest: Manifest): string[] {
  const sources = (known: FileTree) => dialects.flatMap(dialect => dialect.sources(known))
  const now = readFileTree(system, sources, () => undefined)
  const originals = [...readOriginals(system, manifest)].flatMap(([path, fact]) =>
    fact === undefined ? [] : [[path, fact] as const],
  )
  return [...new Set([...sources(now), ...sources(new Map(originals))])]
}
