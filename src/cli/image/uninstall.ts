// `vmcontext uninstall`.

import {restoreLabels} from '../../apply/labels.ts'
import {listMade} from '../../image/deed.ts'
import {findPackage} from '../../image/install/package.ts'
import {type InstallRecord, readRecord, recordPath} from '../../image/install/record.ts'
import {takeGuestLock} from '../../image/lock.ts'
import {performDeeds} from '../../image/perform.ts'
import {readTarget, type Target} from '../../image/target.ts'
import {isInstalled, planUninstall, type UninstallPlan} from '../../image/uninstall/plan.ts'
import {removeRemains, settleRecords} from '../../image/uninstall/records.ts'
import {listStaying} from '../../image/uninstall/staying.ts'
import {formatProblem, hasFailure, type Problem} from '../../problem.ts'
import {type Manifest, readManifest} from '../../report/manifest.ts'
import {escapeLine} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import type {UninstallInvocation} from '../commands/install.ts'
import {formatParagraph} from '../paragraph.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openGuest, UsageError} from '../usage.ts'
import {askYes, confirmMachine} from './confirm-machine.ts'
import {formatDeeds, formatDone, formatProblems} from './show-install.ts'

/** Runs the command and gives its exit code. */
export async function runUninstall(invocation: UninstallInvocation, terminal: Terminal): Promise<number> {
  const system = openGuest(invocation.root)
  const target = readTarget(system)
  if (target.obstacle !== undefined) throw new UsageError(`--root: ${target.obstacle}`)
  const release = invocation.dryRun ? () => {} : takeGuestLock(system)
  try {
    return await uninstall(system, target, invocation, terminal)
  } finally {
    release()
  }
}

async function uninstall(
  system: System,
  target: Target,
  invocation: UninstallInvocation,
  terminal: Terminal,
): Promise<number> {
  const where = system.live ? 'this machine' : system.root
  const problems: Problem[] = []
  const record = readRecord(system, problems)
  const manifest = readManifest(system, problems)
  const {restoreNetwork: restoresNetwork, dryRun} = invocation
  if (problems.some(({file}) => file === recordPath)) {
    terminal.print(formatProblems(problems))
    terminal.printError('vmcontext: nothing was done: install it again, then uninstall it\n')
    return exitCodes.failed
  }
  if (!isInstalled(record) && !restoresNetwork) {
    if (!dryRun) removeRemains(system)
    terminal.print(`vmcontext is not installed on ${where}, as far as its records say; nothing to do.\n`)
    return exitCodes.done
  }
  const plan = planUninstall(system, record, manifest, {restoresNetwork})
  const staying = listStaying(system, manifest, {restoresNetwork})
  terminal.print(formatParagraph('agent', [record.agent]) + formatParagraph('root', [where]))
  if (dryRun) return showOnly({...plan, problems: [...problems, ...plan.problems]}, staying, terminal)
  if (!mayGoOn(system, target, invocation, terminal)) return exitCodes.failed
  return perform(
    system,
    record,
    manifest,
    {...plan, problems: [...problems, ...plan.problems]},
    invocation,
    terminal,
  )
}

function showOnly({deeds, problems}: UninstallPlan, staying: readonly string[], terminal: Terminal): number {
  terminal.print(formatDeeds(deeds) + formatParagraph('stays', staying) + formatProblems(problems))
  terminal.print('Nothing was done.\n')
  return hasFailure(problems) ? exitCodes.failed : exitCodes.done
}

function mayGoOn(
  system: System,
  target: Target,
  {yes, packaged}: UninstallInvocation,
  terminal: Terminal,
): boolean {
  if (yes || packaged) return true
  const question = `Uninstall vmcontext from ${system.live ? 'this machine' : system.root}? [y/N] `
  const ifNobody = 'nobody is there to ask: say --yes, or --dry-run to see what would be done'
  const isMeant =
    system.live && target.guest === undefined
      ? confirmMachine(system, target, {deed: 'uninstall from', yes, terminal})
      : askYes(terminal, question, ifNobody)
  if (!isMeant) terminal.print('Nothing was done.\n')
  return isMeant
}

/** What fails costs itself; then the records stay, and another try goes on from there. */
async function perform(
  system: System,
  record: InstallRecord,
  manifest: Manifest,
  plan: UninstallPlan,
  {restoreNetwork: restoresNetwork}: UninstallInvocation,
  terminal: Terminal,
): Promise<number> {
  const {deeds, keepsCopies} = plan
  const performance = await performDeeds(system, deeds, {mode: 'each'})
  const labels = await restoreLabels(system, listMade(deeds))
  const hasFailed = hasFailure(performance.problems)
  const staying = listStaying(system, manifest, {restoresNetwork})
  if (!hasFailed) settleRecords(system, record, manifest, {restoresNetwork, keepsCopies})
  const problems = [...plan.problems, ...performance.problems, ...labels]
  terminal.print(formatDone({deeds, notes: []}))
  terminal.print(formatParagraph('stays', staying) + formatProblems(problems))
  terminal.print(formatParagraph('next', nextSteps(system, plan, restoresNetwork)))
  if (hasFailed) {
    const message = performance.problems
      .filter(problem => hasFailure([problem]))
      .map(formatProblem)
      .join('; ')
    terminal.printError(`vmcontext: not everything could be removed: ${escapeLine(message)}; run it again\n`)
  } else terminal.print('vmcontext is uninstalled.\n')
  return hasFailure(problems) ? exitCodes.failed : exitCodes.done
}

function nextSteps(system: System, {deeds}: UninstallPlan, restoresNetwork: boolean): string[] {
  const isNetworkBack = restoresNetwork && deeds.some(deed => 'concerns' in deed)
  const name = findPackage(system)
  return [
    ...(isNetworkBack ? ['the network from before counts from the next boot on'] : []),
    ...(name === undefined ? [] : [`the files are those of ${name}: remove it with the package manager`]),
  ]
}
