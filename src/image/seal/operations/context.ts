// What contexts have made of this guest, as the manifest has it, and the manifest itself.

import type {Problem} from '../../../problem.ts'
import {manifestPath, stateDirectory} from '../../../report/manifest.ts'
import {SystemError, unlessRefused} from '../../../system/errors.ts'
import type {Deed} from '../../deed.ts'
import type {GiveBackDeed} from '../../give-back/deeds.ts'
import {planGiveBack} from '../../give-back/give-back.ts'
import {formatRecord, type InstallRecord, readRecord, recordPath} from '../../install/record.ts'
import type {Coming, Look, Place} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {fromRows, removal, report, rewriting} from '../patterns.ts'

export const context: Operation = {
  name: 'context',
  severity: 'secret',
  isDefault: true,
  description: 'what contexts made: network, name, keys, passwords',
  find: look => [...findGiven(look), ...findRecords(look)],
}

function findGiven(look: Look): Finding[] {
  const {system, manifest, accounts, troubles} = look
  const plan = planGiveBack(system, manifest, {what: 'all', accounts, passwords: 'star', changed: 'keep'})
  for (const problem of plan.problems) troubles.tell(problem)
  look.expect(listComing(plan.deeds))
  return plan.deeds.map(deed => describe(look, deed))
}

/** What the files will be once it is done. */
function listComing(deeds: readonly GiveBackDeed[]): Coming {
  return new Map(
    deeds.flatMap((deed): [string, Buffer | null][] => {
      if (deed.kind === 'write') return [[deed.path, Buffer.from(deed.content)]]
      if (deed.kind === 'remove') return [[deed.path, null]]
      return []
    }),
  )
}

function describe({system}: Look, deed: GiveBackDeed): Finding {
  const path = 'path' in deed ? deed.path : 'account' in deed ? pathOf(deed) : ''
  const bytes = 'path' in deed ? (system.files.linkStatus(path)?.size ?? 0) : 0
  return {path, reason: deed.reason, files: 1, bytes, deed}
}

function pathOf(deed: Extract<Deed, {account: string}>): string {
  return deed.kind === 'revoke-keys' ? `keys of ${deed.account}` : deed.account
}

/** Records of boots, and logs. What `install` wrote down stays, and so do the copies that it refers to. */
function findRecords(look: Look): Finding[] {
  // Nothing was given back then: the kept copies are all that is left to do it with.
  if (!look.isManifestRead) return look.find(manifestPath).map(reportDamage(look))
  const isInstalled = look.has(recordPath)
  const record = isInstalled ? readInstalled(look) : undefined
  const kept = isInstalled ? listInstalled(look, record) : new Set<string>()
  const places = isInstalled
    ? [
        ...look.find(`${stateDirectory}/*`).filter(({path}) => path !== keptDirectory),
        ...look.find(`${keptDirectory}/*`),
      ]
    : look.find(stateDirectory)
  const records = places.filter(({path}) => !kept.has(path))
  const removals = records.map(place => removal(look, place, reasonOf(place)))
  return [...findLogs(look), ...findAdopted(look, record), ...removals]
}

function reportDamage(look: Look) {
  const reason = 'not readable: nobody knows what contexts made here, so none of it is given back'
  const cure = `look at ${keptDirectory}, then remove ${stateDirectory} by hand`
  return (place: Place) => report(look, place, reason, cure)
}

/** What another agent had left, and `install --take-over` has kept, is of the machine that was. */
function findAdopted(look: Look, record: InstallRecord | undefined): Finding[] {
  if (record === undefined || Object.keys(record.adopted).length === 0) return []
  const content = formatRecord({...record, adopted: {}})
  const reason = 'what another agent had left is not kept any longer'
  return look.find(recordPath).map(place => rewriting(look, place, content, reason))
}

const findLogs = fromRows([
  {paths: ['/var/log/vmcontext', '/var/log/vmcontext.log*'], reason: 'a log of the agent', trees: true},
])

const keptDirectory = `${stateDirectory}/kept`

function reasonOf({path}: Place): string {
  if (path.startsWith(keptDirectory)) return 'a file as it was before the agent came'
  return 'what the agent knows of this guest'
}

function listInstalled(look: Look, record: InstallRecord | undefined): Set<string> {
  // Each copy may be one that it refers to.
  if (record === undefined)
    return new Set([recordPath, ...look.find(`${keptDirectory}/*`).map(({path}) => path)])
  // An adopted copy is none of them (findAdopted).
  const {files, displaced} = record
  const copies = [...Object.values(files), ...Object.values(displaced)].map(({previous}) => previous)
  const hashes = copies.flatMap(copy => copy?.sha256 ?? [])
  return new Set([recordPath, ...hashes.map(hash => `${keptDirectory}/${hash}`)])
}

/** What `install` wrote down; undefined, and told, if it is damaged, or a newer program wrote it. */
function readInstalled(look: Look): InstallRecord | undefined {
  const problems: Problem[] = []
  return unlessRefused(
    () => {
      const record = readRecord(look.system, problems)
      if (problems.length > 0) throw new SystemError(`read ${recordPath}`, new Error('it is damaged'))
      return record
    },
    refusal => {
      look.troubles.tellRefusal(refusal)
      return undefined
    },
  )
}

/** Those that have to go last: as long as they are there, a seal that was killed can be done again. */
export function isRecord({path}: Finding): boolean {
  return path === stateDirectory || path.startsWith(`${stateDirectory}/`)
}
