// Looking at a guest for a bundle: its plan is made, and what is read for it is noted.

import {type Prepared, prepareBoot, type Request} from '../prepare.ts'
import {placeForLooking} from '../source/mount.ts'
import type {FoundSource, Source} from '../source/source.ts'
import {unlessRefused} from '../system/errors.ts'
import {openSystem, type System} from '../system/system.ts'
import type {Guest} from './guest.ts'
import type {PlanTexts, RenderPlan} from './plan.ts'
import type {Trace, Traces} from './traces.ts'
import {watchSource, watchSystem} from './watch.ts'

export type Seen = {
  prepared: Prepared | 'switched off'
  plan: PlanTexts
  source: Source | undefined
  guest: Guest
}

/** Plans as boot would, and notes what is read for it. */
export async function lookAt(system: System, request: Request, render: RenderPlan): Promise<Seen> {
  const watch = watchSystem(system)
  const contextTraces: Traces = new Map()
  let source: Source | undefined
  const acquire: Request['acquire'] = async look => {
    source = await watch.unnoted(look)
    return source.state === 'found' ? watchSource(source, contextTraces) : source
  }
  const prepared = await prepareBoot(watch.system, {...request, acquire}, () =>
    placeForLooking(openSystem('/')),
  )
  try {
    const plan = render(watch.system, prepared)
    if (source?.state === 'found') listFiles(watchSource(source, contextTraces))
    lookAtPasswords(watch)
    const {root, live} = system
    const {overrides, links} = request
    const {traces, answers} = watch
    const guest: Guest = {
      root,
      live,
      overrides,
      links,
      source: source && describeSource(source),
      traces,
      contextTraces,
      answers,
    }
    return {prepared, plan, source, guest}
  } finally {
    if (source?.state === 'found') await source.release()
  }
}

/** No plan asks for them, and whoever wonders why nobody can log in does. */
function lookAtPasswords({system, traces}: ReturnType<typeof watchSystem>): void {
  unlessRefused(
    () => system.files.read('/etc/shadow'),
    () => traces.delete('/etc/shadow'),
  )
}

/** What else is on the disc: names, sizes and modes. */
function listFiles({files, directory}: FoundSource): void {
  for (const name of files.list(directory).slice(0, 1000)) files.status(`${directory}/${name}`)
}

function describeSource(source: Source): Guest['source'] {
  if (source.state !== 'found') return source
  const {files: _, release: __, ...fact} = source
  return fact
}

/** Gives the paths that whoever looked had no right to look at. */
export function findRefused(traces: Traces): string[] {
  const isRight = ({refusals = {}}: Trace) =>
    Object.values(refusals).some(({code}) => code === 'EACCES' || code === 'EPERM')
  return [...traces]
    .filter(([, trace]) => isRight(trace))
    .map(([path]) => path)
    .sort()
}
