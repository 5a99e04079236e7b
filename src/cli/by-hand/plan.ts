// `vmcontext plan`: what boot would do now, as a person reads it. Nothing is changed, no mount is left.

import {type Prepared, prepareBoot, type Request} from '../../prepare.ts'
import {weighProblem} from '../../problem.ts'
import {placeForLooking} from '../../source/mount.ts'
import {openSystem, type System} from '../../system/system.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {thingsToDo} from './plan-data.ts'
import {renderPlan} from './render-plan.ts'

export type PlanOptions = {json: boolean; check: boolean; strict: boolean; terminal: Terminal}

/** Prints the plan and gives the exit code. */
export async function showPlan(system: System, request: Request, options: PlanOptions): Promise<number> {
  const {terminal, json} = options
  const prepared = await prepareBoot(system, request, () => placeForLooking(openSystem('/')))
  if (prepared !== 'switched off' && prepared.source.state === 'found') await prepared.source.release()
  const plan = renderPlan(system, prepared, terminal)
  terminal.print(json ? plan.json : plan.text)
  return prepared === 'switched off' ? exitCodes.done : judge(prepared, options)
}

/** What may be left to do counts as well: `--check` vouches for a guest only where it could see it. */
function judge(prepared: Prepared, {check, strict}: PlanOptions): number {
  const weights = planProblems(prepared).map(weighProblem)
  const hasWork = thingsToDo(prepared).length > 0
  if (weights.includes('failure') || (strict && weights.includes('warning'))) return exitCodes.failed
  return check && hasWork ? exitCodes.failed : exitCodes.done
}

function planProblems({plan, problems, contextReport}: Prepared) {
  return [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)]
}
