// What stood in a place before: from the kept copy, as a link, or nothing.

import {isOurs} from '../../network/signature.ts'
import {hashBytes, type KeptCopy, type KeptLink, keptPath} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'

/**
 * The deed that brings it back; the path of the copy if that is missing or damaged. `inside` as in a deed.
 */
export function returnOriginal(
  {files}: System,
  place: {path: string; inside?: string | undefined},
  previous: KeptCopy | KeptLink | null,
): {deed: Deed} | {missing: string} {
  const remove = {deed: {kind: 'remove', ...place, reason: 'nothing stood there before'}} as const
  if (previous === null) return remove
  if (previous.link !== undefined)
    return {deed: {kind: 'link', ...place, target: previous.link, reason: 'the link that stood there before'}}
  const content = files.read(keptPath(previous))
  if (content === undefined || hashBytes(content) !== previous.sha256) return {missing: keptPath(previous)}
  // The records were lost once: what was found then was of our own making.
  if (isOurs(content.toString('latin1'))) return remove
  const {mode, uid, gid} = previous
  return {
    deed: {kind: 'write', ...place, content, mode, owner: {uid, gid}, reason: 'what stood there before'},
  }
}
