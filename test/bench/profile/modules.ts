// Which modules a boot uses, of those that are in the snapshot. The script of the snapshot is run by bare Node, with
// V8 counting calls: first while it loads, then while it boots a guest. The script is made anew, to be legible: the one in
// the executable has no marks that tell one module from the next.

import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {bundle} from '../../../packaging/bundle.ts'
import type {Guest} from '../../guests/guest.ts'
import {nodePath} from '../guests.ts'

/** It stands in no function of its own (bundle of packaging/build.ts), and is evaluated with the whole. */
const entry = 'src/main.ts'

/** Functions as [start, end] in the script. */
type Functions = readonly (readonly [number, number])[]

/** A module of the script and where it begins and ends there. */
export type Region = {path: string; start: number; end: number}

/** Bytes are those of the bundled text. `functions`: how many of it ran in the boot. */
export type ModuleUse = {path: string; bytes: number; functions: number; isLoadedEarly: boolean}

export type ModuleProfile = {
  modules: number
  bytes: number
  /** Evaluated while the snapshot is taken. */
  early: number
  earlyBytes: number
  used: readonly ModuleUse[]
  usedBytes: number
  /** Of those that are evaluated early, the bytes of modules that the boot never enters. */
  idle: readonly ModuleUse[]
  /** Evaluated by the boot itself. */
  late: readonly ModuleUse[]
  /** Functions that the boot runs and the warm-up of the build has not compiled. */
  compiledLate: readonly {path: string; functions: number; bytes: number}[]
}

/** Boots a guest with the script instead of the executable. It has bare Node, and has not booted yet. */
export async function profileModules(guest: Guest): Promise<ModuleProfile> {
  const {script, metafile} = await bundle(entry, {isLegible: true})
  await guest.writeFile('/root/vmcontext.cjs', script)
  await guest.writeFile('/root/probe.cjs', await readFile(join(import.meta.dirname, 'probe.cjs'), 'utf8'))
  const warmUp = await probe(guest, 'warm-up')
  const boot = await probe(guest, 'boot')
  return judgeModules(findRegions(script, new Set(Object.keys(metafile.inputs))), boot, warmUp.run)
}

type Probe = {loaded: Functions; run: Functions}

async function probe(guest: Guest, what: 'boot' | 'warm-up'): Promise<Probe> {
  const run = `mkdir -p /root/warm-up && exec 8</root/warm-up && exec ${nodePath} --require /root/probe.cjs /root/vmcontext.cjs boot`
  const environment = {PROBE: what, PROBE_OUTPUT: '/root/probe.json'}
  await guest.expect(['sh', '-c', run], {environment})
  return JSON.parse(await guest.readFile('/root/probe.json'))
}

/** In a legible script each module begins with a line that names it. */
export function findRegions(script: string, paths: ReadonlySet<string>): Region[] {
  const heads = [...script.matchAll(/^"\/\/ (\S+)";$/gm)].filter(([, path]) => paths.has(path!))
  return heads.map(({1: path, index}, at) => ({
    path: path!,
    start: index,
    end: heads[at + 1]?.index ?? script.length,
  }))
}

function judgeModules(regions: readonly Region[], {loaded, run}: Probe, warm: Functions): ModuleProfile {
  const inRegion = (functions: Functions, {start, end}: Region) =>
    functions.filter(([from, to]) => from >= start && to <= end)
  const early = [...loaded, ...warm]
  const uses = regions.map(region => ({
    path: region.path,
    bytes: region.end - region.start,
    functions: inRegion(run, region).length,
    isLoadedEarly: region.path === entry || inRegion(early, region).length > 0,
  }))
  const inSnapshot = uses.filter(use => use.isLoadedEarly)
  const used = uses.filter(use => use.functions > 0)
  const isWarm = new Set(early.map(([start]) => start))
  const cold = run.filter(([start]) => !isWarm.has(start))
  const compiledLate = regions.map(region => {
    const functions = inRegion(cold, region)
    const bytes = functions.reduce((sum, [start, end]) => sum + end - start, 0)
    return {path: region.path, functions: functions.length, bytes}
  })
  return {
    modules: uses.length,
    bytes: sumBytes(uses),
    early: inSnapshot.length,
    earlyBytes: sumBytes(inSnapshot),
    used,
    usedBytes: sumBytes(used),
    idle: bySize(inSnapshot.filter(use => use.functions === 0)),
    late: bySize(used.filter(use => !use.isLoadedEarly)),
    compiledLate: bySize(compiledLate.filter(({functions}) => functions > 0)),
  }
}

function sumBytes(modules: readonly {bytes: number}[]): number {
  return modules.reduce((sum, {bytes}) => sum + bytes, 0)
}

function bySize<T extends {bytes: number}>(modules: readonly T[]): T[] {
  return modules.toSorted((one, other) => other.bytes - one.bytes)
}
