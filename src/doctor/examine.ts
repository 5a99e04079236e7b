// The doctor's round: every check in its order, whatever one of them comes to.

import {type Prepared, prepareBoot, type Request} from '../prepare.ts'
import {describeDefect} from '../problem.ts'
import {readRunsOfBoot} from '../report/report.ts'
import {parseOverride} from '../settings/settings.ts'
import {placeForLooking} from '../source/mount.ts'
import {SystemError} from '../system/errors.ts'
import {openSystem, type System} from '../system/system.ts'
import type {Check, Finding} from './check.ts'
import type {Exam} from './exam.ts'

/** Looks at the guest once, for all checks. A disc that was mounted stays so until `release`. */
export async function prepareExam(
  system: System,
  request: Request,
  isRoot: boolean,
): Promise<Exam & {release(): Promise<void>}> {
  const prepare = (overrides: Request['overrides']) =>
    prepareBoot(system, {...request, overrides}, () => placeForLooking(openSystem('/')))
  const prepared = await prepare(request.overrides)
  const isSwitchedOff = prepared === 'switched off'
  const seen = isSwitchedOff ? await prepare([...request.overrides, switchedOn]) : prepared
  const release = async () => {
    if (source.state === 'found') await source.release()
  }
  const {source} = seen as Prepared
  return {system, isRoot, prepared: seen as Prepared, isSwitchedOff, runs: readRunsOfBoot(system), release}
}

/** An agent that is switched off is looked at as if it were not. */
const switchedOn = parseOverride('VMCONTEXT=on')!

/** Does one check. What it throws costs this check alone. */
export async function examine(check: Check, exam: Exam): Promise<Finding> {
  const skipped = findObstacle(check, exam)
  if (skipped !== undefined) return {facts: [], problems: [], skipped}
  try {
    return await check.examine(exam)
  } catch (error) {
    if (!(error instanceof SystemError)) return {facts: [], problems: [describeDefect(error)]}
    return {facts: [], problems: [{code: 'found-note', message: error.message}]}
  }
}

function findObstacle({needs = []}: Check, {system, isRoot, prepared}: Exam): string | undefined {
  if (needs.includes('context') && prepared.context === undefined) return 'there is no context'
  if (needs.includes('kernel') && !system.live) return 'only where the guest is running'
  return needs.includes('root') && !isRoot ? 'only as root' : undefined
}
