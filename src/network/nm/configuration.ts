// NetworkManager.conf and the files beside it, merged as NetworkManager does it: nm-config.c, read_entire_config.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {splitSpecs} from './device-spec.ts'
import {type Keyfile, readKeyfile} from './keyfile.ts'

const mainPath = '/etc/NetworkManager/NetworkManager.conf'
/** From the weakest to the strongest; a file hides those of the same name before it. */
const directories = [
  '/usr/lib/NetworkManager/conf.d',
  '/run/NetworkManager/conf.d',
  '/etc/NetworkManager/conf.d',
] as const

/** The files to read for it. */
export const configurationSources = [mainPath, ...directories.map(directory => `${directory}/*.conf`)]

/** Where files of ours may stand: the strongest place there is. */
export const configurationDirectory = directories[2]

/** Reads the configuration. `isLeftOut` names files that shall not count. */
export function readConfiguration(
  files: FileTree,
  isLeftOut: (path: string) => boolean = () => false,
): Keyfile {
  const merged = new Map<string, Map<string, ByteText>>()
  for (const path of orderFiles(files)) {
    if (isLeftOut(path)) continue
    const keyfile = readKeyfile(files.get(path)!.content)
    if (!isSwitchedOff(keyfile, path)) mergeInto(merged, keyfile)
  }
  return merged
}

/** The `[device*]` groups, those first that NetworkManager looks at first. */
export function listDeviceGroups(configuration: Keyfile): ReadonlyMap<string, ByteText>[] {
  const groups = [...configuration].filter(([name]) => name.startsWith('device'))
  const named = groups.filter(([name]) => name !== 'device').reverse()
  return [...named, ...groups.filter(([name]) => name === 'device')].map(([, group]) => group)
}

function orderFiles(files: FileTree): string[] {
  const listed = directories.map(directory =>
    [...files.keys()].filter(path => posix.dirname(path) === directory && path.endsWith('.conf')).sort(),
  )
  const names = listed.map(paths => new Set(paths.map(path => posix.basename(path))))
  const isHidden = (path: string, level: number) =>
    names.slice(level + 1).some(stronger => stronger.has(posix.basename(path)))
  const [vendor, runtime, local] = listed.map((paths, level) => paths.filter(path => !isHidden(path, level)))
  return [...vendor!, ...runtime!, ...(files.has(mainPath) ? [mainPath] : []), ...local!]
}

function isSwitchedOff(keyfile: Keyfile, path: string): boolean {
  const enable = keyfile.get('.config')?.get('enable')
  return path !== mainPath && enable !== undefined && /^(false|no|off|0)$/i.test(enable)
}

/** Device groups of one file come in reverse: the whole is turned round in the end, and files count from the last. */
function mergeInto(merged: Map<string, Map<string, ByteText>>, keyfile: Keyfile): void {
  const isDevice = ([name]: readonly [string, unknown]) => name.startsWith('device')
  const groups = [...keyfile]
  const ordered = [...groups.filter(group => !isDevice(group)), ...groups.filter(isDevice).reverse()]
  for (const [name, group] of ordered) {
    const into = merged.get(name) ?? new Map<string, ByteText>()
    merged.set(name, into)
    for (const [key, value] of group) setKey(into, key, value)
  }
}

/** `KEY+=` adds to a list, `KEY-=` takes away. */
function setKey(group: Map<string, ByteText>, key: string, value: ByteText): void {
  const [, name = key, sign] = /^(.*?)\s*([+-])$/.exec(key) ?? []
  const [before, items] = [splitSpecs(group.get(name) ?? ''), splitSpecs(value)]
  const without = before.filter(item => !items.includes(item))
  if (sign === undefined) group.set(name, value)
  else group.set(name, (sign === '+' ? [...without, ...items] : without).join(';'))
}
