// Whether a package manager has put the agent there: then its files are not ours to put.

import type {System} from '../../system/system.ts'
import {programPath} from './agent-program.ts'
import {packagedUnitDirectory} from './start/systemd.ts'

/** Names the package; undefined if there is none. */
export function findPackage({files}: System): string | undefined {
  const has = (path: string) => files.status(path) !== undefined
  if (has('/var/lib/dpkg/info/vmcontext.list')) return 'the Debian package vmcontext'
  // The data base of rpm is not ours to read; but only a package has units there.
  const isRpm = has(`${packagedUnitDirectory}/vmcontext-local.service`) && has(programPath)
  return isRpm ? 'a package' : undefined
}
