// A plan for programs, and what of it counts as something to do.

import type {Action} from '../../action.ts'
import type {Prepared} from '../../prepare.ts'
import type {Sight} from './sight.ts'

/** What a boot would really do: of another root nothing is executed, and some deeds only accompany others. */
export function thingsToDo({plan, facts}: Prepared): Action[] {
  return plan.steps
    .flatMap(step => step.actions)
    .filter(({kind}) => !accompanying.has(kind) && (facts.live || !executed.has(kind)))
}

type Kinds = ReadonlySet<Action['kind']>

const accompanying: Kinds = new Set(['fold-keys', 'await-network', 'mark-once', 'probe-gateways'])
/** What src/apply leaves out where the guest is not the running machine. */
const executed: Kinds = new Set([
  ...(['run', 'run-script', 'take-dns-name', 'set-hostname', 'set-mtu', 'report-ready'] as const),
  ...(['verify-network', 'keep-screen-lit', 'make-host-keys', 'swap-on', 'mount-shared'] as const),
  ...(['unmount-shared', 'grow-partition', 'grow-logical-volume', 'grow-file-system'] as const),
])

/** The plan for programs. */
export function describePlan(prepared: Prepared, {unseen, doubtful}: Sight) {
  const {plan, facts} = prepared
  // How long it took to look is not of the plan: of a guest as it was, it is the same text again.
  const {durationMs: _, ...context} = prepared.contextReport
  const steps = plan.steps.map(({digest: _digest, actions, ...step}) => ({
    ...step,
    actions: actions.map(action => ({
      ...withoutEnvironment(action),
      ...(doubtful.has(action) ? {doubtful: true} : {}),
    })),
  }))
  const {live, root, os, manager, links} = facts
  const toDo = thingsToDo(prepared)
  const perhaps = toDo.filter(action => doubtful.has(action)).length
  return {
    version: 1,
    state: 'planned',
    toDo: {certain: toDo.length - perhaps, perhaps},
    unseen,
    guest: {live, root, os, links, networkManager: manager, dialect: facts.dialect?.name},
    context,
    network: plan.network,
    steps,
    problems: prepared.problems,
  }
}

/** A script's variables may be secrets: their names are enough. */
function withoutEnvironment(action: Action): object {
  if (action.kind === 'report-ready' && action.script !== undefined)
    return {...action, script: withoutEnvironment(action.script)}
  if (action.kind !== 'run-script') return action
  const {environment, ...rest} = action
  return {...rest, variables: Object.keys(environment)}
}
