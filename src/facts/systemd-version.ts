// Which systemd a root has: what its network files may say depends on it.

import type {System} from '../system/system.ts'

/** Debian, Ubuntu: the second kind of path; the others: the first. */
const directories = ['/usr/lib/systemd', '/lib/systemd']

/** Reads the version from the name of the library that all of its programs share; undefined where there is none. */
export function readSystemdVersion({files}: System): number | undefined {
  const multiarch = files.list('/usr/lib').filter(name => name.endsWith('-linux-gnu'))
  const places = [...directories, ...multiarch.map(name => `/usr/lib/${name}/systemd`)]
  for (const place of places) {
    const versions = files
      .list(place)
      .flatMap(name => /^libsystemd-shared-(\d+)/.exec(name)?.slice(1, 2) ?? [])
    if (versions[0] !== undefined) return Number(versions[0])
  }
  return undefined
}
