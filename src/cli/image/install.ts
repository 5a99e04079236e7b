// `vmcontext install`.

import {restoreLabels} from '../../apply/labels.ts'
import {findRivals} from '../../facts/rivals.ts'
import {readStartedServices} from '../../facts/started-services.ts'
import {listMade} from '../../image/deed.ts'
import {type AgentProgram, findAgentProgram} from '../../image/install/agent-program.ts'
import {checkStart} from '../../image/install/check/check.ts'
import {type InitSystem, initWords, readInitSystem} from '../../image/install/init-system.ts'
import {findPackage} from '../../image/install/package.ts'
import {builtAgent, payload} from '../../image/install/payload.ts'
import {type InstallPlan, planInstall} from '../../image/install/plan.ts'
import {findHindrance} from '../../image/install/requirements.ts'
import {settleRecord} from '../../image/install/settle.ts'
import {findShortage} from '../../image/install/space.ts'
import {takeImageLock} from '../../image/lock.ts'
import {performDeeds} from '../../image/perform.ts'
import {findOwnHooks} from '../../image/take-over/hooks.ts'
import {readTarget, type Target} from '../../image/target.ts'
import {formatProblem, hasFailure, type Problem} from '../../problem.ts'
import {escapeLine} from '../../system/commands.ts'
import {SystemError} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {InstallInvocation} from '../commands/install.ts'
import {formatParagraph} from '../paragraph.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openGuest, UsageError} from '../usage.ts'
import {confirmMachine} from './confirm-machine.ts'
import {formatDeeds, formatDone, formatProblems} from './show-install.ts'

/** Runs the command and gives its exit code. */
export async function runInstall(
  invocation: InstallInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const system = openGuest(invocation.root)
  const target = readTarget(system)
  if (target.obstacle !== undefined) throw new UsageError(`--root: ${target.obstacle}`)
  const {dryRun} = invocation
  // Whoever has a package installed has been asked by the package manager.
  const yes = invocation.yes || invocation.packaged
  if (!dryRun && !confirmMachine(system, target, {deed: 'install into', yes, terminal})) {
    terminal.print('Nothing was done.\n')
    return exitCodes.failed
  }
  const release = dryRun ? () => {} : takeImageLock(system)
  try {
    return await install(system, target, invocation, terminal, version)
  } finally {
    release()
  }
}

async function install(
  system: System,
  target: Target,
  invocation: InstallInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const {takeOver, dryRun} = invocation
  const init = readInitSystem(system)
  if (init.kind === 'none') {
    const message = `nothing would start the agent: there is no /sbin/init in ${system.root}`
    if (!invocation.packaged) throw new UsageError(message)
    // A package may be unpacked before the init is.
    terminal.print(`vmcontext: ${message} yet; vmcontext install --packaged when there is one\n`)
    return exitCodes.done
  }
  const isPackaged = invocation.packaged || findPackage(system) !== undefined
  const program = isPackaged ? undefined : findProgram(terminal)
  const hindrance = program && findHindrance(system, program, target.architecture)
  if (hindrance !== undefined) throw new UsageError(`${hindrance.message} (${hindrance.cure})`)
  const agent = `vmcontext ${version}`
  const plan = planInstall(system, init, {agent, payload, program, takesOver: takeOver})
  const obstacle = plan.obstacles[0] ?? findShortage(system, plan.deeds)
  if (obstacle !== undefined) throw new SystemError(`install into ${system.root}`, new Error(obstacle))
  terminal.print(formatHead(system, target, init, plan))
  if (isPackaged && !invocation.packaged)
    terminal.print(formatParagraph('package', [`the files are those of ${findPackage(system)}`]))
  if (dryRun) return showOnly(system, plan, terminal, takeOver)
  return perform(system, init, plan, terminal, takeOver)
}

function findProgram(terminal: Terminal): AgentProgram {
  const {VMCONTEXT_PORTABLE, VMCONTEXT_BINARY} = terminal.environment
  return findAgentProgram(VMCONTEXT_PORTABLE, VMCONTEXT_BINARY ?? builtAgent)
}

function formatHead(system: System, target: Target, init: InitSystem, plan: InstallPlan): string {
  const where = system.live ? 'this machine' : system.root
  const architecture = target.architecture === undefined ? '' : `, ${target.architecture}`
  const {agent} = plan.record
  const former = plan.former !== undefined && plan.former !== agent ? `${plan.former}; now ${agent}` : agent
  const root = `${where}: ${init.operatingSystem.name}${architecture}`
  return `${formatParagraph('agent', [former])}${formatParagraph('root', [root])}${formatParagraph('boots with', [initWords[init.kind]])}`
}

function showOnly(system: System, plan: InstallPlan, terminal: Terminal, takeOver: boolean): number {
  terminal.print(formatDeeds(plan.deeds))
  terminal.print(formatParagraph('kept', plan.notes))
  const problems = [...plan.problems, ...(takeOver ? findOwnHooks(system) : listRivals(system))]
  terminal.print(formatProblems(problems))
  terminal.print(plan.deeds.length === 0 ? 'Already installed; nothing to do.\n' : 'Nothing was done.\n')
  return hasFailure(problems) ? exitCodes.failed : exitCodes.done
}

async function perform(
  system: System,
  init: InitSystem,
  plan: InstallPlan,
  terminal: Terminal,
  takeOver: boolean,
): Promise<number> {
  const performance = await performDeeds(system, plan.deeds, {mode: 'all'})
  if (hasFailure(performance.problems)) {
    const end = performance.problems.length === 1 ? '; everything is as it was before' : ''
    terminal.printError(
      `vmcontext: ${escapeLine(performance.problems.map(formatProblem).join('; '))}${end}\n`,
    )
    return exitCodes.failed
  }
  const labels = await restoreLabels(system, listMade(plan.deeds))
  settleRecord(system, plan.record)
  const check = checkStart(system, init.kind)
  const rivals = listRivals(system)
  const problems: Problem[] = [
    ...plan.problems,
    ...performance.problems,
    ...labels,
    ...check.problems,
    ...rivals,
  ]
  const isDone = plan.deeds.length === 0
  terminal.print(isDone ? 'Already installed; nothing to do.\n' : formatDone(plan))
  terminal.print(formatParagraph('at boot', check.lines))
  terminal.print(formatProblems(problems))
  terminal.print(formatParagraph('next', nextSteps(system, rivals, takeOver)))
  return hasFailure(problems) ? exitCodes.failed : exitCodes.done
}

function listRivals(system: System): Problem[] {
  return [...findRivals(system, readStartedServices(system)), ...findOwnHooks(system)]
}

function nextSteps(system: System, rivals: readonly Problem[], takeOver: boolean): string[] {
  const root = system.live ? '' : ` --root ${quoteWord(system.root)}`
  return [
    ...(rivals.some(({code}) => code === 'rival') && !takeOver
      ? [`vmcontext install --take-over${root} disables what competes`]
      : []),
    system.live
      ? 'vmcontext plan shows what the next boot will do'
      : `vmcontext seal${root} makes the image fit to be cloned`,
  ]
}

/** As a shell needs it. */
function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
