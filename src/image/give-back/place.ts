// Where a path of the manifest really lies, and whether others than root could lead it somewhere else meanwhile.

import {posix} from 'node:path'
import {isOnlyOurs} from '../../system/directory.ts'
import type {System} from '../../system/system.ts'

/** `inside`: the first directory on the way that others may write; from there on no link is to be followed. */
export type SettledPlace = {path: string; inside?: string | undefined}

/** More links in one path are a circle (path_resolution(7)). */
const linkLimit = 40

/**
 * Follows the links on the way to a path, as long as only root could have made them; one at its end too if asked for,
 * as whoever wrote the file did. Gives why not, in words, where somebody else could.
 */
export function settlePlace(
  {files}: System,
  path: string,
  {followsEnd = false} = {},
): SettledPlace | {obstacle: string} {
  let place = '/'
  let inside: string | undefined
  let pending = path.split('/').filter(Boolean)
  for (let links = 0; pending.length > 0; ) {
    const next = posix.join(place, pending[0]!)
    const status = files.linkStatus(next)
    const isEnd = pending.length === 1
    if (status?.isSymbolicLink() && (!isEnd || followsEnd)) {
      if (inside !== undefined) return {obstacle: `${next} is a symbolic link that others than root can make`}
      links += 1
      if (links > linkLimit) return {obstacle: 'links lead in a circle'}
      const target = posix.resolve(place, files.readLink(next) ?? '')
      pending = [...target.split('/').filter(Boolean), ...pending.slice(1)]
      place = '/'
      continue
    }
    if (!isEnd && status?.isDirectory() && !isOnlyOurs(status)) inside ??= next
    place = next
    pending.shift()
  }
  return {path: place, inside}
}
