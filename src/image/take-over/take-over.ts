// Taking over from what does the same job: it is disabled, not removed, and what it left becomes ours. The network that
// runs now is not touched.

import type {Problem} from '../../problem.ts'
import {formatManifest, type Manifest, manifestPath} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {isSysv, readInitSystem} from '../install/init-system.ts'
import type {InstalledFile, InstallRecord} from '../install/record.ts'
import {adoptFiles} from './adopt.ts'
import {disableCloudInit} from './cloud-init.ts'
import {joinParts, type Part} from './displace.ts'
import {findOldScripts, removeOldScripts} from './old-script.ts'
import {quietLocalScripts} from './rc-local.ts'
import {disableServices, listRunlevels} from './services.ts'
import {disableTriggers} from './triggers.ts'

export type TakeOver = {
  /** What disables rivals, in order; copies are kept first, then the manifest is written. None if nothing competes. */
  deeds: readonly Deed[]
  problems: readonly Problem[]
  /** The record with what is displaced and adopted. To be written before the deeds are done. */
  record: InstallRecord
  /** For a person: what is ours from now on. */
  notes: readonly string[]
}

/** Plans it beside what `record` says is installed. Reads the system, changes nothing; a second plan is empty. */
export function planTakeOver(system: System, record: InstallRecord, manifest: Manifest): TakeOver {
  const hasOneContext = isOneContextHere(system)
  const all = joinParts([
    disableCloudInit(system),
    disableServices(system, findOldScripts(system)),
    disableTriggers(system),
    removeOldScripts(system, listRunlevels(system)),
    quietLocalScripts(system),
  ])
  const parts = withoutPaths(all, record.files)
  const adoption = adoptFiles(system, manifest, hasOneContext)
  const problems = [...parts.problems, ...(hasOneContext ? describeRest(system) : [])]
  return {
    deeds: [...adoption.deeds, ...planManifest(adoption.manifest, manifest), ...parts.deeds],
    problems,
    record: {
      ...record,
      displaced: mergeDisplaced(record.displaced, parts.displaced),
      adopted: {...adoption.adopted, ...record.adopted},
    },
    notes: Object.keys(adoption.adopted).map(describeAdopted),
  }
}

function planManifest(manifest: Manifest, before: Manifest): Deed[] {
  const content = formatManifest(manifest)
  if (content === formatManifest(before)) return []
  const reason = 'so that the next boot replaces them'
  return [
    {
      kind: 'write',
      path: manifestPath,
      content,
      mode: 0o600,
      reason: `the files that rivals left are ours, ${reason}`,
    },
  ]
}

const traces = [
  '/usr/sbin/one-contextd',
  '/etc/one-context.d',
  '/etc/sudoers.d/one-context',
  '/var/lib/one-context',
]

function isOneContextHere({files}: System): boolean {
  return traces.some(path => files.status(path) !== undefined)
}

function describeAdopted(path: string): string {
  return `${path} is of another agent; the next boot with a context replaces it`
}

/** Where `install` puts something of its own, whatever stands there gives way to that. */
function withoutPaths({deeds, displaced, problems}: Part, own: InstallRecord['files']): Part {
  const others = Object.entries(displaced).filter(([path]) => own[path] === undefined)
  return {
    deeds: deeds.filter(deed => !('path' in deed) || own[deed.path] === undefined),
    displaced: Object.fromEntries(others),
    problems,
  }
}

/** What stood there before the first time is what comes back. */
function mergeDisplaced(
  earlier: Readonly<Record<string, InstalledFile>>,
  now: Readonly<Record<string, InstalledFile>>,
): Record<string, InstalledFile> {
  const merged = Object.entries(now).map(([path, file]): [string, InstalledFile] => {
    const first = earlier[path]
    return [path, first === undefined ? file : {...file, previous: first.previous}]
  })
  return {...earlier, ...Object.fromEntries(merged)}
}

function describeRest(system: System): Problem[] {
  const left = 'what one-context left without a mark stays as it is'
  const message = `${left}: accounts, passwords, keys in authorized_keys, the servers in /etc/resolv.conf`
  const problems: Problem[] = [{code: 'deed-left-out', message, cure: 'see to what is not wanted any more'}]
  if (!isSysv(readInitSystem(system).kind)) return problems
  const upgrade = 'an upgrade of the package one-context enables it anew on SysV init'
  return [...problems, {code: 'deed-left-out', message: upgrade, cure: 'remove the package'}]
}
