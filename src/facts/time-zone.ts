// What a guest has for a time zone: the zone itself, and in what form its own is kept.

import type {ByteText} from '../action.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

/** A zone by its file: the directory that holds it, and the file's bytes (tzfile(5)). */
export type Zone = {directory: string; content: ByteText}

export type TimeZone = {
  /** The zone that the context names; undefined if the guest does not have it. */
  zone?: Zone | undefined
  /** There are zones at all. */
  hasZones: boolean
  localtime: Localtime
}

/** What /etc/localtime is: `link` where it leads, as written in it; `content` the bytes of a copy. */
export type Localtime = {link?: string | undefined; content?: ByteText | undefined}

export const localtimePath = '/etc/localtime'
/** Files that say the zone's name. */
export const timeZoneFiles: readonly string[] = ['/etc/timezone', '/etc/sysconfig/clock']

/** Alpine's setup-timezone keeps a copy of the one zone in the second and may leave the first out. */
const zoneDirectories = ['/usr/share/zoneinfo', '/etc/zoneinfo']
/** The largest zones have a few thousand bytes. */
const sizeLimit = 1024 * 1024

/** Reads what there is for a zone of a name. */
export function readTimeZone(system: System, name: string | undefined): TimeZone | undefined {
  if (name === undefined) return undefined
  const {files} = system
  const zones = zoneDirectories.flatMap(directory => readZone(system, directory, name) ?? [])
  const link = files.readLink(localtimePath)
  return {
    zone: zones[0],
    hasZones: zoneDirectories.some(directory => files.status(directory)?.isDirectory()),
    localtime: {link, content: link === undefined ? readSmall(system, localtimePath) : undefined},
  }
}

/** Debian's zoneinfo/localtime leads to /etc/localtime, and whatever else leads out of the directory is no zone. */
function readZone(system: System, directory: string, name: string): Zone | undefined {
  return unlessRefused(
    () => {
      const path = `${directory}/${name}`
      const home = `${system.files.followLinks(directory)}/`
      if (!system.files.followLinks(path).startsWith(home)) return undefined
      const content = readSmall(system, path)
      return content?.startsWith('TZif') ? {directory, content} : undefined
    },
    () => undefined,
  )
}

function readSmall({files}: System, path: string): ByteText | undefined {
  const status = files.status(path)
  if (!status?.isFile() || status.size > sizeLimit) return undefined
  return files.read(path)?.toString('latin1')
}
