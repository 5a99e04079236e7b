// What whoever asks may not look at, and which deeds of a plan are therefore not known to be left to do.

import type {Action, Step} from '../../action.ts'
import type {Prepared} from '../../prepare.ts'
import {statePath} from '../../report/boot-state.ts'
import {manifestPath} from '../../report/manifest.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'

export type Sight = {
  /** Paths of the guest that could not be read, in order. */
  unseen: readonly string[]
  /** Deeds that may be done already: what would tell is not to be seen. */
  doubtful: ReadonlySet<Action>
}

/** Finds out what could not be seen while a plan was made. */
export function findSight(system: System, prepared: Prepared): Sight {
  const {plan, problems} = prepared
  const refused = problems.flatMap(({code, file}) =>
    code === 'fact-unseen' && file !== undefined ? [file] : [],
  )
  const unseen = [...new Set([...refused, ...findRefusal(system, statePath)])].sort()
  const doubtful = plan.steps.flatMap(step => findDoubtful(step, prepared, unseen))
  return {unseen, doubtful: new Set(doubtful)}
}

/** Says what could not be looked at, and the cure. */
export function describeUnseen(paths: readonly string[]): string {
  return `Not seen as this user: ${paths.join(', ')}; run as root to see it all.`
}

/** The agent's note of this boot is passed over in silence by those who make the plan. */
function findRefusal({files}: System, path: string): string[] {
  return unlessRefused(
    () => {
      files.readAt(path, 0, 0)
      return []
    },
    ({unseen}) => (unseen === undefined ? [] : [unseen]),
  )
}

function findDoubtful({actions}: Step, prepared: Prepared, unseen: readonly string[]): Action[] {
  if (unseen.length === 0) return []
  const leaders = actions.filter(action => !followers.has(action.kind))
  const doubtful = leaders.filter(action => isDoubtful(action, prepared, unseen))
  const areAll = doubtful.length === leaders.length
  return actions.filter(action => doubtful.includes(action) || (areAll && followers.has(action.kind)))
}

/** They are done because of the others. */
const followers: ReadonlySet<Action['kind']> = new Set([
  'run',
  'probe-gateways',
  'verify-network',
  'mark-once',
  'fold-keys',
])

function isDoubtful(action: Action, {facts}: Prepared, unseen: readonly string[]): boolean {
  const isHidden = (path: string) => unseen.some(hidden => path === hidden || path.startsWith(`${hidden}/`))
  switch (action.kind) {
    case 'write':
    case 'remove':
    case 'link':
    case 'write-sudo-rule':
      return isHidden(action.path)
    case 'set-password':
      return isHidden(manifestPath)
    case 'authorize-keys': {
      const keys = facts.authorizedKeys.get(action.account)
      return isHidden(manifestPath) || (keys?.place !== undefined && keys.text === undefined)
    }
    case 'write-user-file':
      return isHidden(manifestPath) || isHidden(statePath)
    case 'run-script':
      return isHidden(statePath) || (action.once !== undefined && isHidden(manifestPath))
    case 'keep-one-env':
    case 'report-ready':
    case 'take-dns-name':
    case 'await-network':
      return isHidden(statePath)
    default:
      return false
  }
}
