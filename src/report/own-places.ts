// The directories of the agent's records, which no command uses if others could have written what is in them.

import {ForeignPlaceError, requireOwnDirectory} from '../system/own-place.ts'
import type {System} from '../system/system.ts'
import {stateDirectory} from './manifest.ts'
import {runDirectory} from './progress.ts'

/** Tells of each directory of the records why it must not be used. */
export function findForeignPlaces({files}: System): ForeignPlaceError[] {
  // /run/vmcontext is made by every run, and looked at again then.
  const places = [stateDirectory, ...(files.linkStatus(runDirectory) === undefined ? [] : [runDirectory])]
  return places.flatMap(path => {
    try {
      requireOwnDirectory(files, path)
      return []
    } catch (error) {
      if (error instanceof ForeignPlaceError) return [error]
      throw error
    }
  })
}
