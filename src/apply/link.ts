// Symbolic links of the guest, such as /etc/localtime. Of what was there a copy is kept before it goes.

import type {LinkAction} from '../action.ts'
import {findFile, type KeptCopy, type KeptLink, keepCopy, type OwnedFile} from '../report/manifest.ts'
import type {System} from '../system/system.ts'
import type {Handler} from './workshop.ts'

export const linkHandler: Handler<LinkAction> = {
  prepare({path, target}, {system, manifest, recorder}) {
    const current = keepEntry(system, path)
    if (current !== undefined && 'link' in current && current.link === target) return
    const entry = manifest.files[path]
    recorder?.note(path, {before: current ?? null, after: {link: target}, owned: entry ?? null})
    const {adopted: _, ...known} =
      entry === undefined ? {previous: current ?? null} : {...entry, ...overwritten(entry, current)}
    manifest.files[path] = {...known, sha256: null, link: target}
  },

  perform({path, target}, {system}) {
    const current = system.files.readLink(path)
    if (current === target) return {status: 'unchanged', detail: path}
    system.files.link(path, target)
    return {status: 'changed', detail: `linked ${path} to ${target}`, paths: [path]}
  },
}

type Kept = KeptCopy | KeptLink

/** What stands there now: a link as it is, of a file a copy. */
function keepEntry(system: System, path: string): Kept | undefined {
  const link = system.files.readLink(path)
  if (link !== undefined) return {link}
  const found = findFile(system, path)
  return found && keepCopy(system, found)
}

/** What somebody else has put in the place of ours is kept besides what stood there first. */
function overwritten(entry: OwnedFile, current: Kept | undefined): Pick<OwnedFile, 'overwritten'> {
  const earlier = entry.overwritten ?? []
  const known = [entry, entry.previous, ...earlier]
  const isKnown = known.some(
    each => (each?.sha256 ?? undefined) === current?.sha256 && each?.link === current?.link,
  )
  return current === undefined || isKnown ? {} : {overwritten: [...earlier, current]}
}
