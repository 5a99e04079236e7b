// Which distribution a root file system holds.

import type {System} from '../system/system.ts'

/** `busybox`: Alpine, and what Buildroot makes. */
export type Family = 'debian' | 'redhat' | 'suse' | 'busybox' | 'unknown'
export type OperatingSystem = {
  family: Family
  /** `debian`, `ubuntu`, `centos`, … as in os-release(5). */
  id: string
  /** The leading number of the version, e.g. 12 or 15.6; undefined for a rolling release. */
  version?: number | undefined
  /** For people: "Debian GNU/Linux 12 (bookworm)". */
  name: string
}

/** What is taken where no file tells. os-release(5) gives no system this id. */
export const unknownSystem: OperatingSystem = {family: 'unknown', id: 'unknown', name: 'an unknown system'}

/** Reads os-release(5), or the files that distributions had before it. */
export function readOperatingSystem(system: System): OperatingSystem {
  const read = (path: string) => system.files.readText(path)
  const release = read('/etc/os-release') ?? read('/usr/lib/os-release')
  if (release !== undefined) return parseOsRelease(release)
  const redhat = read('/etc/redhat-release')
  if (redhat !== undefined)
    return describe('redhat', /centos/i.test(redhat) ? 'centos' : 'rhel', firstLine(redhat))
  const suse = read('/etc/SuSE-release')
  if (suse !== undefined)
    return describe('suse', /opensuse/i.test(suse) ? 'opensuse' : 'sles', firstLine(suse))
  const debian = read('/etc/debian_version')
  if (debian !== undefined) return describe('debian', 'debian', `Debian ${firstLine(debian)}`)
  return unknownSystem
}

/** Reads the text of os-release(5). */
export function parseOsRelease(text: string): OperatingSystem {
  const fields = new Map<string, string>()
  for (const [, key, value] of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    fields.set(key!, value!.trim().replace(/^(["'])(.*)\1$/, '$2'))
  }
  const id = fields.get('ID') ?? 'linux'
  const version = Number.parseFloat(fields.get('VERSION_ID') ?? '')
  return {
    family: familyOf([id, ...(fields.get('ID_LIKE') ?? '').split(' ')]),
    id,
    version: Number.isNaN(version) ? undefined : version,
    name: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? id,
  }
}

/** Where a derivative says nothing of its own in ID_LIKE. */
const families: Record<string, Family> = {
  debian: 'debian',
  ubuntu: 'debian',
  devuan: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  suse: 'suse',
  sles: 'suse',
  opensuse: 'suse',
  alpine: 'busybox',
  buildroot: 'busybox',
}

function familyOf(ids: readonly string[]): Family {
  const known = ids.map(id => families[id] ?? (id.startsWith('opensuse') ? 'suse' : undefined))
  return known.find(family => family !== undefined) ?? 'unknown'
}

function describe(family: Family, id: string, name: string): OperatingSystem {
  const version = Number.parseFloat(/\d+(\.\d+)?/.exec(name)?.[0] ?? '')
  return {family, id, version: Number.isNaN(version) ? undefined : version, name}
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.trim()
}
