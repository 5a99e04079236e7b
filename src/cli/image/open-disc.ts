// The disc that `disc show` and `disc check` are given.

import {resolve} from 'node:path'
import {type DiscLook, lookAtDisc} from '../../image/disc/look.ts'
import {openSystem} from '../../system/system.ts'
import {refuseEmpty, UsageError} from '../usage.ts'

/** Looks at it. @throws UsageError if nothing is there. */
export async function openDisc(path: string): Promise<DiscLook> {
  const {files} = openSystem('/')
  if (files.status(resolve(refuseEmpty('path', path))) === undefined)
    throw new UsageError(`there is no ${path}: name an ISO image, a directory, a context.sh or a device`)
  return lookAtDisc(path)
}
