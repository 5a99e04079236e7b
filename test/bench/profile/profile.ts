// What a boot asks of the kernel, what it starts, what it reads, and where its time goes: the first boot, and the next
// one, which changes nothing.

import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import type {ReportFile} from '../../../src/report/report.ts'
import type {Disc} from '../../guests/context-disc.ts'
import type {Guest} from '../../guests/guest.ts'
import {makeKeyPair} from '../../guests/manual-context.ts'
import {discForEach, discWithoutScript} from '../contexts.ts'
import {forget, nodePath, provideNodeLayer, startBenchGuest} from '../guests.ts'
import {measure} from '../measure.ts'
import {type ModuleProfile, profileModules} from './modules.ts'
import {mediansOf, type Phase, phasesOf} from './timeline.ts'
import {parseTrace, type TracedProcess} from './trace.ts'

/** Times under strace are long; those of the phases are without it. */
export type BootProfile = {
  title: string
  phases: readonly Phase[]
  agent: TracedProcess
  others: readonly TracedProcess[]
}

export type Profile = {
  boots: readonly BootProfile[]
  /** What starting costs without a boot: bare Node, and the agent that says its version. */
  starts: readonly {name: string; agent: TracedProcess}[]
  modules: ModuleProfile
}

const timedBoots = 7

/** Profiles both boots, each in a guest of its own. */
export async function runProfile(tell: (progress: string) => void): Promise<Profile> {
  tell('profile')
  await using key = await makeKeyPair()
  await using node = await provideNodeLayer()
  const start = (disc: Disc) => startBenchGuest(2, disc, {layers: [node.path]})
  await using first = await start(discForEach(key.publicKey))
  const modules = await profileModules(first)
  await using next = await start(discWithoutScript(key.publicKey))
  await next.expect(['vmcontext', 'boot'])
  const boots = [
    await profileBoot(first, 'The first boot', () => first.expect(['sh', '-c', forget])),
    await profileBoot(next, 'The next boot, nothing changed', () => next.reboot()),
  ]
  const starts = [
    {name: 'bare Node', agent: await traceAgent(first, [nodePath, '-e', '0'])},
    {name: '--version', agent: await traceAgent(first, ['vmcontext', '--version'])},
  ]
  return {boots, starts, modules}
}

async function profileBoot(
  guest: Guest,
  title: string,
  prepare: () => Promise<unknown>,
): Promise<BootProfile> {
  const phases: Phase[][] = []
  for (let count = 0; count < timedBoots; count += 1) {
    await prepare()
    const {wallMs} = await measure(guest, ['vmcontext', 'boot'])
    const report: ReportFile = JSON.parse(await guest.readFile('/run/vmcontext/report.json'))
    phases.push(phasesOf(report.runs.at(-1)!, wallMs))
  }
  await prepare()
  const processes = await trace(guest, ['vmcontext', 'boot'])
  const agent = findProgram(processes, 'vmcontext')
  const others = processes.filter(process => process !== agent && isBelow(process, agent, processes))
  return {title, phases: mediansOf(phases), agent, others}
}

async function traceAgent(guest: Guest, argv: readonly string[]): Promise<TracedProcess> {
  return findProgram(await trace(guest, argv), argv[0]!)
}

function findProgram(processes: readonly TracedProcess[], program: string): TracedProcess {
  const found = processes.find(({argv}) => argv[0] === program)
  if (found === undefined) throw new Error(`the trace shows no ${program}`)
  return found
}

/** From outside: the guest has no strace. */
async function trace({pid}: Guest, argv: readonly string[]): Promise<TracedProcess[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'vmcontext-trace-'))
  const file = join(scratch, 'trace')
  const options = ['-f', '-ttt', '-T', '--pidns-translation', '-s', '300', '-o', file]
  const enter = ['nsenter', '--target', `${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--']
  const env = {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root'}
  try {
    await execa('strace', [...options, ...enter, ...argv], {env, extendEnv: false})
    return parseTrace(await readFile(file, 'utf8'))
  } finally {
    await rm(scratch, {recursive: true})
  }
}

function isBelow(
  {parent}: TracedProcess,
  ancestor: TracedProcess,
  processes: readonly TracedProcess[],
): boolean {
  if (parent === undefined || parent === ancestor.id) return parent !== undefined
  const found = processes.find(({id}) => id === parent)
  return found !== undefined && isBelow(found, ancestor, processes)
}
