// `vmcontext seal`: what is found is listed, then somebody is asked, then it is done.

import {restoreLabels} from '../../apply/labels.ts'
import {isInContainer} from '../../facts/screen.ts'
import {readMounts} from '../../facts/storage/mounts.ts'
import {takeGuestLock} from '../../image/lock.ts'
import {performDeeds} from '../../image/perform.ts'
import {formatComplaints, isClonable, listComplaints} from '../../image/seal/check.ts'
import {chooseForCheck, chooseOperations} from '../../image/seal/choose.ts'
import {listForeignMounts} from '../../image/seal/foreign-mounts.ts'
import {treatFreeSpace} from '../../image/seal/free-space.ts'
import {adviseAfter, planQuieting} from '../../image/seal/live.ts'
import {openLook} from '../../image/seal/look.ts'
import {notes} from '../../image/seal/notes.ts'
import type {Operation} from '../../image/seal/operation.ts'
import {listPartitions} from '../../image/seal/partitions.ts'
import {orderFindings, planSeal, type SealPlan} from '../../image/seal/plan.ts'
import {formatOperations, formatPlan} from '../../image/seal/show.ts'
import {readTarget} from '../../image/target.ts'
import {hasFailure, type Problem} from '../../problem.ts'
import {count, formatProblemLine} from '../../report/lines.ts'
import {escapeInJson} from '../../report/mask.ts'
import {escapeLine} from '../../system/commands.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {SealInvocation} from '../commands/seal.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openGuest, UsageError} from '../usage.ts'
import {askYes, describeForeign} from './confirm-machine.ts'

/** Runs the command and gives its exit code. */
export async function runSeal(invocation: SealInvocation, terminal: Terminal): Promise<number> {
  const {check, operations: names} = invocation
  if (names?.join() === 'help') {
    terminal.print(formatOperations())
    return exitCodes.done
  }
  const operations = check ? chooseForCheck(names) : chooseOperations(names)
  if (typeof operations === 'string') throw new UsageError(operations)
  const system = openGuest(invocation.root)
  const target = readTarget(system)
  if (target.obstacle !== undefined) throw new UsageError(`--root: ${target.obstacle}`)
  const space = readSpace(system)
  if (check) return runCheck(system, operations, space, invocation, terminal)
  refuseZeroing(system, space, invocation)
  // From the first look on: what was planned must still hold when somebody has answered.
  const release = invocation.dryRun ? () => {} : takeGuestLock(system)
  try {
    const look = openLook(system, {foreign: space.foreign, accounts: invocation.accounts})
    const plan = planSeal(look, operations)
    show(plan, invocation, terminal)
    if (invocation.dryRun) return exitCodes.done
    if (!mayGoOn(system, target.guest, plan, invocation, terminal)) {
      terminal.print('Nothing was done.\n')
      return exitCodes.failed
    }
    return await carryOut(system, plan, space, invocation, terminal)
  } finally {
    release()
  }
}

type Space = {foreign: string[]; partitions: string[]}

/** The mounts are those of this machine, whichever tree is looked at. */
function readSpace({root}: System): Space {
  const machine = openSystem('/')
  const mounts = readMounts(machine)
  const place = machine.files.followLinks(root)
  const foreign = listForeignMounts(mounts, place)
  return {foreign, partitions: listPartitions(mounts, place, foreign)}
}

function runCheck(
  system: System,
  operations: readonly Operation[],
  {foreign}: Space,
  {json, root, operations: names}: SealInvocation,
  terminal: Terminal,
): number {
  const isAll = names === undefined || names.some(name => name.trim().startsWith('-'))
  const plan = planSeal(openLook(system, {foreign}), isAll ? [...operations, ...notes] : operations)
  const complaints = listComplaints(plan, root)
  const isFit = isClonable(complaints) && !plan.isBlind
  if (json) {
    terminal.print(`${formatJson({root, fit: isFit, found: complaints, problems: plan.problems})}\n`)
  } else {
    printProblems(plan.problems, terminal)
    terminal.print(formatComplaints(complaints, plan))
  }
  return isFit ? exitCodes.done : exitCodes.failed
}

function show(plan: SealPlan, {json, dryRun, root}: SealInvocation, terminal: Terminal): void {
  if (json) {
    const operations = plan.found.map(({operation: {name, severity}, findings}) => ({
      operation: name,
      severity,
      found: findings.map(({deed, ...finding}) => ({...finding, deed: deed?.kind ?? 'none'})),
    }))
    terminal.print(`${formatJson({root, operations, problems: plan.problems})}\n`)
    return
  }
  printProblems(plan.problems, terminal)
  if (plan.found.length > 0) terminal.print(formatPlan(plan, {isWhole: dryRun}))
  else if (plan.isBlind) terminal.print('Nothing was found, but not everything could be looked at.\n')
  else terminal.print('There is nothing to seal: it is as clean as it can be.\n')
}

function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const problem of problems)
    terminal.printError(`${escapeLine(formatProblemLine(problem, 'seal').text.trim())}\n`)
}

function formatJson(value: unknown): string {
  return escapeInJson(JSON.stringify(value, null, 2))
}

/** A directory of a disk that others use has no free space of its own. */
function refuseZeroing(system: System, {partitions}: Space, {zero, root}: SealInvocation): void {
  if (!zero) return
  if (partitions.length === 0)
    throw new UsageError(
      `--zero: ${root} is no file system of its own, so it would fill yours, or it is read-only`,
    )
  if (system.live && isInContainer(system))
    throw new UsageError('--zero: the free space of a container is that of its host')
}

function mayGoOn(
  system: System,
  guest: string | undefined,
  {found}: SealPlan,
  {yes, zero}: SealInvocation,
  terminal: Terminal,
): boolean {
  if (found.length === 0 && !zero) return true
  if (system.live && guest === undefined) return isMeant(system, terminal)
  if (yes) return true
  const question = `Seal ${system.live ? 'this running guest' : system.root}? [y/N] `
  return askYes(terminal, question, 'nobody is there to be asked: --yes, or --dry-run')
}

/** What is lost on somebody's own machine cannot be made again: not even --yes says that this one is meant. */
function isMeant(system: System, terminal: Terminal): boolean {
  const name = system.files.readText('/proc/sys/kernel/hostname')?.trim() ?? ''
  describeForeign(system, terminal)
  const answer = terminal.ask(`Type its name to seal this machine itself: `)
  if (answer === undefined) {
    throw new UsageError('this machine is not a guest: --root DIR, or say at a terminal that it is meant')
  }
  return answer === name && name !== ''
}

async function carryOut(
  system: System,
  plan: SealPlan,
  {partitions}: Space,
  {trim, zero, json, root}: SealInvocation,
  terminal: Terminal,
): Promise<number> {
  const print = json ? () => {} : terminal.print
  const {problems, done} = await perform(system, plan)
  problems.push(...(await restoreLabels(system, listWritten(plan))))
  printProblems(problems, terminal)
  const isWhole = !hasFailure(problems) && !plan.isBlind
  if (plan.found.length > 0)
    print(`${isWhole ? 'sealed' : 'NOT wholly sealed'}: ${count(done, 'thing')} done\n`)
  const showProgress =
    terminal.isTerminal() && !json ? (text: string) => terminal.printError(`\r\x1b[K${text}`) : undefined
  const troubles = await treatFreeSpace(partitions, {trim, zero, live: system.live, print, showProgress})
  printProblems(troubles, terminal)
  if (plan.found.length > 0)
    for (const line of adviseAfter(system, plan.found, root)) print(`- ${escapeLine(line)}\n`)
  return isWhole && !hasFailure(troubles) ? exitCodes.done : exitCodes.failed
}

/** What is new in its place has no security label of its own yet. */
function listWritten({found}: SealPlan): string[] {
  const deeds = found.flatMap(({findings}) => findings.flatMap(({deed}) => deed ?? []))
  return deeds.flatMap(deed => (deed.kind === 'write' || deed.kind === 'link' ? [deed.path] : []))
}

/** As long as something could not be given back, the records of it stay: the next seal tries again. */
async function perform(system: System, plan: SealPlan): Promise<{problems: Problem[]; done: number}> {
  const {given, others, records} = orderFindings(plan)
  const first = await performDeeds(system, given, {mode: 'each'})
  const second = await performDeeds(system, [...planQuieting(system, plan.found), ...others], {mode: 'each'})
  const problems = [...first.problems, ...second.problems]
  if (hasFailure(first.problems)) {
    const message = 'what the agent knows of this guest stays, so that seal can be done again'
    return {problems: [...problems, {code: 'deed-left-out', message}], done: first.done + second.done}
  }
  const third = await performDeeds(system, records, {mode: 'each'})
  return {problems: [...problems, ...third.problems], done: first.done + second.done + third.done}
}
