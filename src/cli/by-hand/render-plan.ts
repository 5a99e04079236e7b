// A plan as texts, as `vmcontext plan` prints it.

import type {PlanTexts} from '../../bundle/plan.ts'
import type {Prepared} from '../../prepare.ts'
import {stringifyMasked} from '../../report/mask.ts'
import type {System} from '../../system/system.ts'
import type {Terminal} from '../start.ts'
import {describePlan} from './plan-data.ts'
import {formatPlan} from './plan-page.ts'
import {findSight} from './sight.ts'

/** Where nothing is said of it, it is for a pipe. */
const pipe = {isTerminal: () => false, environment: {}}

/** Renders a plan for a person and for programs. */
export function renderPlan(
  system: System,
  prepared: Prepared | 'switched off',
  terminal: Pick<Terminal, 'isTerminal' | 'environment'> = pipe,
): PlanTexts {
  if (prepared === 'switched off') {
    const json = `${JSON.stringify({version: 1, state: prepared}, null, 2)}\n`
    return {text: 'vmcontext is switched off; boot would do nothing\n', json}
  }
  const sight = findSight(system, prepared)
  return {
    text: formatPlan(prepared, sight, terminal),
    json: `${stringifyMasked(describePlan(prepared, sight), prepared.mask)}\n`,
  }
}
