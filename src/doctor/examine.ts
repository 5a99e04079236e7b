// The doctor's round: every check in its order, whatever one of them comes to.

import {type Prepared, prepareBoot, type Request} from '../prepare.ts'
import {describeDefect, type Problem} from '../problem.ts'
import {ManifestTooNewError} from '../report/manifest.ts'
import {readRunsOfBoot} from '../report/report.ts'
import {parseOverride} from '../settings/settings.ts'
import {placeForLooking} from '../source/mount.ts'
import {SystemError} from '../system/errors.ts'
import {openSystem, type System} from '../system/system.ts'
import type {Check, Finding} from './check.ts'
import {checks} from './checks.ts'
import type {Exam} from './exam.ts'
import {planCheck} from './plan.ts'
import {isSameProblem} from './problems.ts'

/** Looks at the guest once, for all checks. A disc that was mounted stays so until `release`. */
export async function prepareExam(
  system: System,
  request: Request,
  isRoot: boolean,
): Promise<Exam & {release(): Promise<void>}> {
  const prepare = (overrides: Request['overrides']) =>
    prepareBoot(system, {...request, overrides, toleratesNewerRecords: true}, () =>
      placeForLooking(openSystem('/')),
    )
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

export type Examined = {check: Check; finding: Finding}

/**
 * Does checks in their order, and gives what came of each. What an earlier one has told is not told again. The last
 * check wants to know what the others have told: where it is asked for, they are done as well, the quick ones.
 */
export async function* makeRound(
  chosen: readonly Check[],
  exam: Exam,
  onBegin: (check: Check) => void,
): AsyncGenerator<Examined> {
  const told: Problem[] = []
  for (const check of checks) {
    const isChosen = chosen.includes(check)
    if (!isChosen && (check.isSlow || !chosen.includes(planCheck))) continue
    if (isChosen) onBegin(check)
    const finding = leaveOut(await examine(check, {...exam, told}), told)
    told.push(...finding.problems, ...(finding.covers ?? []))
    if (isChosen) yield {check, finding}
  }
}

/** Does one check. What it throws costs this check alone. */
export async function examine(check: Check, exam: Exam): Promise<Finding> {
  const skipped = findObstacle(check, exam)
  if (skipped !== undefined) return {facts: [], problems: [], skipped}
  try {
    return await check.examine(exam)
  } catch (error) {
    if (error instanceof ManifestTooNewError)
      return {facts: [], problems: [], skipped: 'the records are of a newer vmcontext'}
    if (!(error instanceof SystemError)) return {facts: [], problems: [describeDefect(error)]}
    // An ordinary user may not look everywhere, and that is no fault of the guest.
    const code = exam.isRoot ? 'found-doubtful' : 'found-note'
    return {facts: [], problems: [{code, message: error.message}]}
  }
}

function findObstacle({needs = []}: Check, {system, isRoot, prepared}: Exam): string | undefined {
  if (needs.includes('context') && prepared.context === undefined) return 'there is no context'
  if (needs.includes('kernel') && !system.live) return 'only where the guest is running'
  return needs.includes('root') && !isRoot ? 'only as root' : undefined
}

function leaveOut(finding: Finding, told: readonly Problem[]): Finding {
  const isNew = (problem: Problem) => !told.some(each => isSameProblem(each, problem))
  return {...finding, problems: finding.problems.filter(isNew)}
}
