// `vmcontext rollback`: what a run changed in the guest's files is taken back. Looked at, shown and asked for first.

import {type Prepared, prepareBoot} from '../../prepare.ts'
import {formatProblem, hasFailure} from '../../problem.ts'
import {type History, type HistoryRun, readHistory} from '../../report/history.ts'
import {openLog} from '../../report/log.ts'
import {stringifyMasked} from '../../report/mask.ts'
import {lockPath} from '../../report/progress.ts'
import {chooseFrom, chooseLast} from '../../rollback/choose.ts'
import {performRollback, type Rolled} from '../../rollback/perform.ts'
import {planRollback, type RollbackPlan} from '../../rollback/plan.ts'
import {settleRollback} from '../../rollback/settle.ts'
import {parseOverride} from '../../settings/settings.ts'
import {placeForLooking} from '../../source/mount.ts'
import {escapeControls} from '../../system/commands.ts'
import {SystemError, unlessRefused} from '../../system/errors.ts'
import {takeLock} from '../../system/lock.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {RollbackInvocation} from '../commands/rollback.ts'
import {askYes} from '../image/confirm-machine.ts'
import {readRequest} from '../request.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {chooseStyle} from '../style.ts'
import {openGuest, UsageError} from '../usage.ts'
import {type Row, renderRows} from './page.ts'
import {describeHistory, describeRollback} from './rollback/data.ts'
import {formatResult} from './rollback/result.ts'
import {formatRuns} from './rollback/runs.ts'
import {formatRollback} from './rollback/show.ts'

const usualSeconds = 10

/** Prints what is asked for, or does it, and gives the exit code. */
export async function runRollback(
  invocation: RollbackInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  const {list, json, dryRun, yes} = invocation
  if (json && !list && !dryRun && !yes) throw new UsageError('--json asks nothing: say --yes, or --dry-run')
  const system = openGuest(invocation.root)
  const history = readRecord(system)
  const runs = list ? [] : chooseRuns(history, invocation.run)
  const prepared = await look(system, invocation)
  const print = createPrinter(terminal, prepared, json)
  if (list) {
    print(describeHistory(history), formatRuns(history))
    return exitCodes.done
  }
  if (runs.length === 0) {
    print({version: 1, runs: [], outcome: 'done'}, [{text: nothingOnRecord}])
    return exitCodes.done
  }
  const plan = planRollback(system, history, runs, prepared)
  const shown = formatRollback(plan, prepared, terminal.isTerminal())
  if (dryRun) {
    print(describeRollback(plan), [...shown, {text: 'Nothing was done.'}])
    return exitCodes.done
  }
  if (!json) print(undefined, shown)
  if (!yes && !askYes(terminal, question(plan), nobody)) {
    print(undefined, [{text: 'Nothing was done.'}])
    return exitCodes.failed
  }
  const rolled = await carryOut(system, invocation, plan)
  print(describeRollback(plan, rolled), formatResult(plan, rolled))
  return hasFailure(rolled.problems) || isAnyLeft(plan) ? exitCodes.failed : exitCodes.done
}

const nothingOnRecord = 'There is nothing to take back: no run on record has changed a file.'
const nobody = 'nobody is there to ask: say --yes, or --dry-run to see what would be done'

/** @throws SystemError also to whoever may not look: the records are root's alone. */
function readRecord(system: System): History {
  return unlessRefused(
    () => readHistory(system),
    refusal => {
      if (refusal.unseen === undefined) throw refusal
      throw new SystemError(`read ${refusal.unseen}`, new Error('permission denied; run it as root'))
    },
  )
}

function question({runs}: RollbackPlan): string {
  const ids = runs.map(({id}) => id)
  return ids.length === 1 ? `Take back run ${ids[0]}? [y/N] ` : `Take back runs ${ids.join(', ')}? [y/N] `
}

function isAnyLeft({files}: RollbackPlan): boolean {
  return files.some(({state}) => state !== 'return' && state !== 'same')
}

/** @throws UsageError if no such run is on record. */
function chooseRuns(history: History, named: string | undefined): HistoryRun[] {
  if (named === undefined) return chooseLast(history)
  const runs = /^\d{1,15}$/.test(named) ? chooseFrom(history, Number(named)) : undefined
  if (runs !== undefined) return runs
  const ids = history.runs.map(({id}) => id)
  const known = ids.length === 0 ? 'none is on record' : `on record are ${ids.join(', ')}`
  throw new UsageError(`there is no run ${named}: ${known} (vmcontext rollback --list)`)
}

/** What the guest is, even where the agent is switched off: what it did can still be taken back. */
async function look(system: System, {root}: Pick<RollbackInvocation, 'root'>): Promise<Prepared> {
  const request = readRequest({root, overrides: [parseOverride('VMCONTEXT=on')!]})
  const prepared = await prepareBoot(system, request, () => placeForLooking(openSystem('/')))
  if (prepared === 'switched off') throw new SystemError('look at the guest', new Error('it is switched off'))
  if (prepared.source.state === 'found') await prepared.source.release()
  return prepared
}

/** Everything is read once more under the lock: a boot may have come between the question and the answer. */
async function carryOut(
  system: System,
  {root, verification}: RollbackInvocation,
  shown: RollbackPlan,
): Promise<Rolled> {
  const release = takeLock(system.files, lockPath)
  try {
    const history = readHistory(system)
    const runs = history.runs.filter(({id}) => shown.runs.some(run => run.id === id)).toReversed()
    const prepared = await look(system, {root})
    const isSame = JSON.stringify(runs) === JSON.stringify(shown.runs)
    const plan = isSame ? planRollback(system, history, runs, prepared) : undefined
    if (plan === undefined || JSON.stringify(plan) !== JSON.stringify(shown))
      throw new SystemError('go on', new Error('the guest has changed since it was shown; look again'))
    const seconds = verification.seconds === false ? undefined : (verification.seconds ?? usualSeconds)
    const rolled = await performRollback(system, prepared.manifest, plan, {seconds})
    logRollback(system, plan, rolled, prepared)
    if (rolled.isTakenBack) return rolled
    const problems = settleRollback(system, history, prepared.manifest, plan, rolled.returned)
    return {...rolled, problems: [...rolled.problems, ...problems]}
  } finally {
    release()
  }
}

/** Whoever reads the log later finds out why the files are not what the last boot wrote. */
function logRollback(
  system: System,
  {runs}: RollbackPlan,
  {returned, isTakenBack, problems}: Rolled,
  {mask}: Prepared,
): void {
  const log = openLog({consoleKind: 'plain', system})
  const ids = runs.map(({id}) => id).join(', ')
  const paths = returned.map(({path}) => path).join(' ')
  const words = isTakenBack ? 'failed and was undone' : `is done: ${paths}`
  log.log('info', mask(escapeControls(`vmcontext: rollback of ${ids} ${words}`)))
  for (const problem of problems) log.log('warn', mask(escapeControls(formatProblem(problem))))
}

/** As JSON, or in lines for a person; nothing where there is no such form. */
function createPrinter(terminal: Terminal, {mask}: Prepared, json: boolean) {
  const style = chooseStyle(terminal)
  return (value: unknown, rows: readonly Row[]) => {
    if (!json) terminal.print(renderRows(rows, {mask, style}))
    else if (value !== undefined) terminal.print(`${stringifyMasked(value, mask)}\n`)
  }
}
