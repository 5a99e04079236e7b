// Files that a rival wrote and `install --take-over` has made ours: as soon as a context describes the network, it is
// written as if they had never been there, and those that nobody writes anew go.

import type {FileAction} from '../../action.ts'
import type {FileFact} from '../../facts/files.ts'
import type {Network} from '../../network/model.ts'
import {adoptedPaths, hashBytes} from '../../report/manifest.ts'
import type {PlanInput} from '../input.ts'

/** What is to come in the place of an adopted file; undefined: nothing. */
export type Left = ReadonlyMap<string, FileFact | undefined>

/** Gives the guest as it would be without them, and what they leave behind. Others than the network's stay. */
export function hideAdopted(input: PlanInput, {nics}: Network): {input: PlanInput; left: Left} {
  const isDescribed = nics.some(({origin}) => origin === 'context')
  const {facts, manifest} = input
  const paths = isDescribed
    ? adoptedPaths(manifest).filter(path => isOfNetwork(path) && isAsLeft(input, path))
    : []
  if (paths.length === 0) return {input, left: new Map()}
  const left = new Map(paths.map(path => [path, facts.originals.get(path)]))
  const files = new Map(facts.files)
  for (const [path, original] of left) {
    if (original === undefined) files.delete(path)
    else files.set(path, original)
  }
  return {input: {...input, facts: {...facts, files}}, left}
}

/** Takes away, or makes what it was, what no dialect has written. */
export function giveUpAdopted(left: Left, written: readonly FileAction[]): FileAction[] {
  const rest = [...left].filter(([path]) => !written.some(action => action.path === path))
  return rest.map(([path, original]) =>
    original === undefined ? {kind: 'remove', path} : {kind: 'write', path, ...original},
  )
}

/** Tells which step takes the place of what is adopted: the network's, unless it is a rule of sudo. */
export function isOfNetwork(path: string): boolean {
  return !path.startsWith('/etc/sudoers.d/')
}

/** Whoever has changed it since has made it theirs; and what cannot be given back stays. */
function isAsLeft({facts, manifest}: PlanInput, path: string): boolean {
  const [now, entry] = [facts.files.get(path), manifest.files[path]]
  const hasOriginal = entry?.previous === null || facts.originals.get(path) !== undefined
  const isSame = now !== undefined && hashBytes(Buffer.from(now.content, 'latin1')) === entry?.sha256
  return hasOriginal && isSame
}
