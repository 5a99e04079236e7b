// Checks the agent's own records: what it does not know of, it can neither give back nor take away.

import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {
  keptPath,
  type Manifest,
  ManifestTooNewError,
  manifestPath,
  readManifest,
} from '../../report/manifest.ts'
import {lockPath} from '../../report/progress.ts'
import {unlessRefused} from '../../system/errors.ts'
import {readLockOwner} from '../../system/lock.ts'
import type {System} from '../../system/system.ts'
import type {Check, Finding} from '../check.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {judgeAccess, judgePlaces} from './access.ts'

export const recordsCheck: Check = {
  id: 'records',
  title: "the agent's records",
  examine({system}) {
    const places = judgePlaces(system)
    // What lies in a place of others is no record of ours, whatever it says.
    if (places.length > 0) return {facts: [], problems: places}
    const found = [...judgeLock(system), ...judgeAccess(system)]
    const records = readRecords(system)
    return {...records, problems: [...records.problems, ...found]}
  },
}

const damage = 'nothing that was set up earlier is known to be ours: it is neither revoked nor given back'

function readRecords(system: System): Finding {
  const said: Problem[] = []
  const manifest = readUnlessTooNew(system, said)
  if (typeof manifest === 'string') {
    const cure = 'install the newer program again, or undo with it what it did: vmcontext uninstall'
    return {facts: [], problems: [wrong({message: manifest, cure})]}
  }
  const aside = setAside(system)
  if (said.some(({code}) => code === 'record-damaged')) {
    const cure =
      'vmcontext boot begins new ones, and keeps these beside them; if the disk is damaged, mend that first'
    const problem = wrong({file: manifestPath, message: `the records are damaged: ${damage}`, cure})
    return {facts: [], problems: [problem, ...aside], covers: said}
  }
  if (said.length > 0) return {facts: [], problems: [], covers: said, skipped: 'only as root'}
  return {
    facts: [describeRecords(system, manifest)],
    problems: [...judgePending(manifest), ...judgeKeptCopies(system, manifest), ...aside],
  }
}

function readUnlessTooNew(system: System, said: Problem[]): Manifest | string {
  try {
    return readManifest(system, said)
  } catch (error) {
    if (error instanceof ManifestTooNewError) return error.message
    throw error
  }
}

function describeRecords({files}: System, {files: owned, keys, accounts}: Manifest): string {
  if (files.status(manifestPath) === undefined) return 'no records: the agent has set up nothing here yet'
  const [accountsMade, accountsWithKeys] = [Object.keys(accounts).length, Object.keys(keys).length]
  return [
    `${count(Object.keys(owned).length, 'file')} of the agent`,
    ...(accountsWithKeys === 0 ? [] : [`keys of ${count(accountsWithKeys, 'account')}`]),
    ...(accountsMade === 0 ? [] : [`${count(accountsMade, 'account')} made`]),
  ].join(', ')
}

function setAside({files}: System): Problem[] {
  const file = `${manifestPath}.damaged`
  const isThere = unlessRefused(
    () => files.status(file) !== undefined,
    () => false,
  )
  if (!isThere) return []
  const message = `the records were damaged once, and are kept here: what was set up before is not known to be ours`
  const cure = `look into it for what is to be revoked or given back by hand, then remove it: rm ${file}`
  return [doubtful({file, message, cure})]
}

function judgePending({accounts}: Manifest): Problem[] {
  const names = Object.keys(accounts).filter(name => accounts[name]!.isPending)
  return names.map(name => {
    const message = `a run was ended while it made the account ${name}, which may lack something`
    return doubtful({file: manifestPath, message, cure: 'vmcontext boot --only account finishes it'})
  })
}

function judgeKeptCopies({files}: System, {files: owned}: Manifest): Problem[] {
  return Object.entries(owned).flatMap(([path, {previous, overwritten = []}]) => {
    const copies = [previous, ...overwritten].filter(copy => copy?.sha256 !== undefined)
    const missing = copies.filter(copy => files.status(keptPath(copy!)) === undefined)
    if (missing.length === 0) return []
    const message = `the kept copy of ${path} is gone: rollback and uninstall cannot bring back what stood there`
    return [doubtful({file: keptPath(missing[0]!), message, cure: 'take it from a backup, if it is wanted'})]
  })
}

function judgeLock({files}: System): Problem[] {
  const owner = readLockOwner(files, lockPath)
  if (owner === undefined) return []
  if (owner.isAlive) {
    const message = `a run is at work right now (process ${owner.pid}): what follows may be only half done`
    return [note({file: lockPath, message, cure: 'vmcontext status --wait, then look again'})]
  }
  const message = `the last run was killed (process ${owner.pid} is gone): what it did not come to is not done`
  return [doubtful({file: lockPath, message, cure: 'vmcontext boot takes over where it was'})]
}
