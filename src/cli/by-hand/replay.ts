// `vmcontext replay`: the plan of a guest that is somewhere else, made from its bundle. Nothing of it is executed.

import {resolve} from 'node:path'
import {BundleError, refuseLarge, unpackEntries} from '../../bundle/archive.ts'
import {comparePlans} from '../../bundle/compare.ts'
import {describeScenario} from '../../bundle/extract.ts'
import {type Guest, unpackGuest} from '../../bundle/guest.ts'
import {type PlanTexts, planRecalled} from '../../bundle/plan.ts'
import {count} from '../../report/lines.ts'
import {escapeControls} from '../../system/commands.ts'
import {layOutTree} from '../../system/lay-out.ts'
import {openSystem} from '../../system/system.ts'
import type {ReplayInvocation} from '../commands/report.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {refuseEmpty, UsageError} from '../usage.ts'
import {renderPlan} from './render-plan.ts'

/** Prints the plan and gives the exit code. */
export async function runReplay(
  invocation: ReplayInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  const {bundle, json, check, extractPath} = invocation
  const path = resolve(refuseEmpty('bundle', bundle))
  try {
    const files = await unpackEntries(readBundle(path, bundle))
    const guest = unpackGuest(files)
    if (extractPath !== undefined) return extract(guest, extractPath, terminal)
    const {text, json: data, unknown} = await planRecalled(guest, renderPlan)
    if (unknown.size > 0) terminal.printError(formatUnknown([...unknown]))
    if (check) return compare({text, json: data}, files, terminal)
    terminal.print(json ? data : text)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof BundleError)) throw error
    terminal.printError(`vmcontext: ${escapeControls(`${bundle}: ${error.message}`)}\n`)
    return exitCodes.notStarted
  }
}

function readBundle(path: string, name: string): Buffer {
  const {files} = openSystem('/')
  refuseLarge(files.status(path)?.size ?? 0)
  const bytes = files.read(path)
  if (bytes === undefined) throw new UsageError(`there is no bundle ${name}`)
  return bytes
}

/** The guest's own plan is in the bundle. */
function compare(plan: PlanTexts, files: ReadonlyMap<string, Buffer>, {print}: Terminal): number {
  const [text, json] = ['plan.txt', 'plan.json'].map(name => files.get(name)?.toString('utf8'))
  if (text === undefined || json === undefined)
    throw new BundleError('there is no plan in it to compare with')
  const difference = comparePlans({text, json}, plan)
  print(difference === undefined ? 'The plan is the one that the guest made.\n' : escapeControls(difference))
  return difference === undefined ? exitCodes.done : exitCodes.failed
}

/** Makes a scenario of it: a root, a context, the links, and how to plan for it. */
function extract(guest: Guest, path: string, {print}: Terminal): number {
  const directory = resolve(refuseEmpty('--extract', path))
  if (openSystem('/').files.linkStatus(directory) !== undefined)
    throw new UsageError(`--extract: ${path} exists already; name a new directory`)
  const {entries, command} = describeScenario(guest)
  const refused = layOutTree(directory, entries)
  print(`${directory}: ${count(entries.length, 'entry', 'entries')}\n`)
  if (refused.length > 0)
    print(`owners not set, for want of rights: ${count(refused.length, 'entry', 'entries')}\n`)
  print(`Plan for it: ${command(path)}\n`)
  return exitCodes.done
}

function formatUnknown(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map(escapeControls).join(', ')
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : ''
  return `vmcontext: this program asks for what the bundle does not hold: ${shown}${more}\n`
}
