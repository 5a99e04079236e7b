// Which .network files are about an interface, and which of them holds: of all directories together the first by file
// name, and of two with the same name that of the first directory. systemd.network(5), DESCRIPTION.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {LinkName} from '../model.ts'
import {canMatch, isForAlone, type Match, readMatch, soleNames} from './match.ts'

/** Where people write. What is below the others is made at boot (netplan), or came with a package. */
export const ownDirectory = '/etc/systemd/network'
const directories = [ownDirectory, '/run/systemd/network', '/usr/lib/systemd/network', '/lib/systemd/network']

/** `10-` would sort behind cloud-init's and netplan's. */
const prefix = '05-vmcontext-'

export const definitionPatterns = directories.map(directory => `${directory}/*.network`)

/** The path of our .network file of an interface. */
export function networkPath(name: string): string {
  return `${ownDirectory}/${prefix}${name}.network`
}

/** The path of our .netdev file of a VLAN. */
export function netdevPath(name: string): string {
  return `${ownDirectory}/${prefix}${name}.netdev`
}

export function isOwnPath(path: string): boolean {
  return path.startsWith(`${ownDirectory}/${prefix}`)
}

/** All .network files in the order in which networkd tries them, to be asked about one interface after another. */
export type Definitions = {
  /** Those of one interface alone. */
  alone(link: LinkName): Definition[]
  /** Those of others that can be about an interface too. */
  shared(link: LinkName): Definition[]
}

export type Definition = {path: string; match: Match}

/** Reads each file once: there may be one for each of hundreds of NICs. */
export function readDefinitions(files: FileTree): Definitions {
  const bySoleName = new Map<ByteText, Definition[]>()
  const broad: Definition[] = []
  for (const definition of listDefinitions(files)) {
    const names = soleNames(definition.match)
    if (names.every(isPattern)) broad.push(definition)
    for (const name of names) bySoleName.set(name, [...(bySoleName.get(name) ?? []), definition])
  }
  const candidates = ({device, mac, vlan}: LinkName) =>
    new Set([vlan?.name ?? device, mac].flatMap(name => bySoleName.get(name) ?? []))
  return {
    alone: link => [...candidates(link)].filter(({match}) => isForAlone(match, link)),
    shared: link =>
      [...new Set([...candidates(link), ...broad])].filter(
        ({match}) => canMatch(match, link) && !isForAlone(match, link),
      ),
  }
}

/** Tells whether networkd tries a file before another one. */
export function sortsBefore(path: string, other: string): boolean {
  return posix.basename(path) < posix.basename(other)
}

function listDefinitions(files: FileTree): Definition[] {
  const byName = new Map<string, Definition>()
  for (const directory of directories) {
    for (const [path, {content}] of files) {
      const name = posix.basename(path)
      const isOne = posix.dirname(path) === directory && name.endsWith('.network')
      if (isOne && !byName.has(name)) byName.set(name, {path, match: readMatch(content)})
    }
  }
  return [...byName.values()].sort((one, other) => (sortsBefore(one.path, other.path) ? -1 : 1))
}

function isPattern(name: ByteText): boolean {
  return /[*?[!]/.test(name)
}
