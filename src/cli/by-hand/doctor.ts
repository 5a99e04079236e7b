// `vmcontext doctor`: what is wrong with a guest, what it comes from, and the cure.

import type {Check} from '../../doctor/check.ts'
import {checks} from '../../doctor/checks.ts'
import type {Exam} from '../../doctor/exam.ts'
import {type Examined, makeRound, prepareExam} from '../../doctor/examine.ts'
import {stringifyMasked} from '../../report/mask.ts'
import {isRoot} from '../../system/privilege.ts'
import {openSystem} from '../../system/system.ts'
import type {DoctorInvocation} from '../commands/doctor.ts'
import {wrapLine} from '../paragraph.ts'
import {readRequest} from '../request.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {chooseStyle} from '../style.ts'
import {suggestName} from '../suggest.ts'
import {openRoot, UsageError} from '../usage.ts'
import {describeRound, judgeFinding} from './doctor/describe.ts'
import {createFormatter} from './doctor/format.ts'
import {createWaiting, type Waiting} from './doctor/waiting.ts'

/** Prints what is wrong and gives the exit code. */
export async function runDoctor(
  invocation: DoctorInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const chosen = chooseChecks(invocation.only)
  if (invocation.list) return listChecks(chosen, invocation, terminal)
  // Not openGuest: that others could write the records is for the doctor to find, not to stop at.
  const system = openSystem(openRoot(invocation.root))
  const waiting = createWaiting(terminal)
  // A drive that does not answer is waited for.
  waiting.say('looking for the context')
  const exam = await prepareExam(system, readRequest(invocation), isRoot())
  try {
    const round = await printRound(chosen, exam, {...invocation, terminal, version, waiting})
    return exitCodeOf(round, invocation.strict)
  } finally {
    await exam.release()
  }
}

/** @throws UsageError on a name that is no check. */
function chooseChecks(only: readonly string[] | undefined): readonly Check[] {
  if (only === undefined) return checks
  const ids = checks.map(({id}) => id)
  const unknown = only.find(id => !ids.includes(id))
  if (unknown === undefined) return checks.filter(({id}) => only.includes(id))
  const near = suggestName(unknown, ids)
  const cure = near === undefined ? '' : `; did you mean ${near}?`
  const list = wrapLine(`The checks are ${ids.join(', ')}.`, 0, '').join('\n')
  throw new UsageError(`--only: there is no check ${JSON.stringify(unknown)}${cure}\n${list}`)
}

function listChecks(chosen: readonly Check[], {json}: DoctorInvocation, {print}: Terminal): number {
  const width = Math.max(...chosen.map(({id}) => id.length))
  const list = chosen.map(({id, title, isSlow = false, needs = []}) => ({id, title, isSlow, needs}))
  const lines = list.map(({id, title}) => `${id.padEnd(width)}  ${title}`)
  print(json ? `${JSON.stringify({version: 1, checks: list}, null, 2)}\n` : `${lines.join('\n')}\n`)
  return exitCodes.done
}

type PrintOptions = DoctorInvocation & {terminal: Terminal; version: string; waiting: Waiting}

/** A person reads each check as soon as it is done; a program gets the whole. */
async function printRound(
  chosen: readonly Check[],
  exam: Exam,
  {json, terminal, version, waiting}: PrintOptions,
): Promise<readonly Examined[]> {
  const round: Examined[] = []
  const {mask} = exam.prepared
  const formatter = createFormatter(mask, chooseStyle(terminal))
  waiting.end()
  if (!json) terminal.print(formatter.formatHead(exam, version))
  for await (const examined of makeRound(chosen, exam, waiting.begin)) {
    waiting.end()
    round.push(examined)
    if (!json) terminal.print(formatter.formatCheck(examined))
  }
  terminal.print(json ? `${stringifyMasked(describeRound(round, exam), mask)}\n` : formatter.formatEnd(round))
  return round
}

function exitCodeOf(round: readonly Examined[], isStrict: boolean): number {
  const outcomes = round.map(({finding}) => judgeFinding(finding))
  if (outcomes.includes('wrong')) return exitCodes.failed
  return isStrict && outcomes.includes('warning') ? exitCodes.failed : exitCodes.done
}
