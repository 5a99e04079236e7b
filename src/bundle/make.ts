// A bundle of a guest: everything that a plan for it is made of, without what is secret. Before it is given away it has
// to prove itself: the plan is made from it, and every secret is searched for in it.

import type {Request} from '../prepare.ts'
import type {System} from '../system/system.ts'
import {type Entry, packEntries, unpackEntries} from './archive.ts'
import {comparePlans, maskPlan, replaceMarks, unwrap} from './compare.ts'
import {describeBundle} from './contents.ts'
import {gatherExtras} from './extras.ts'
import {type Guest, packGuest, unpackGuest} from './guest.ts'
import {findRefused, lookAt} from './look.ts'
import {planRecalled, type RenderPlan} from './plan.ts'
import {applyTo, type LeftOut, redactGuest} from './redact/guest.ts'
import type {StandIns} from './redact/stand-ins.ts'

export type Bundle = {
  bytes: Buffer
  entries: readonly Entry[]
  /** Undefined: the plan made from it is the one that the guest makes. */
  difference?: string | undefined
  /** Paths that planning read and that are not in it, and why. */
  leftOut: readonly LeftOut[]
  /** How many secrets were replaced, and how many of them are words too common to be searched for. */
  masked: {values: number; notSearched: number}
  /** What whoever made it was not allowed to look at. */
  notSeen: readonly string[]
}

/** A secret was found in what was to be given away. */
export class LeakError extends Error {}

/** What is written down by others in the house and goes along: the doctor's findings. */
export type MoreTexts = (system: System) => Promise<Readonly<Record<string, string>>>

export type BundleOptions = {agent: string; now: Date; render: RenderPlan; more: MoreTexts}

/** Makes the bundle. @throws LeakError rather than give a secret away. */
export async function makeBundle(system: System, request: Request, options: BundleOptions): Promise<Bundle> {
  const seen = await lookAt(system, request, options.render)
  const {guest, plan, redaction, leftOut, marks} = await redactGuest(seen, options.render)
  const {standIns} = redaction
  const replayed = await planRecalled(unpackGuest(await asUnpacked(guest, options.now)), options.render)
  const wanted = {text: standIns.apply(plan.text), json: replaceMarks(standIns.apply(plan.json), marks)}
  const {prepared} = seen
  const mask = prepared === 'switched off' ? (text: string) => text : prepared.mask
  // A secret that is a common word is starred out of the guest's own plan wherever that word stands, and stays here.
  const difference = comparePlans(unwrap(maskPlan(wanted, mask)), unwrap(maskPlan(replayed, mask)))
  const shown = difference === undefined ? replayed : wanted
  const extras = await gatherExtras(system, seen.prepared, await options.more(system))
  const texts: Entry[] = [
    {name: 'plan.txt', bytes: Buffer.from(shown.text)},
    {name: 'plan.json', bytes: Buffer.from(shown.json)},
    ...(difference === undefined ? [] : [{name: 'difference.txt', bytes: Buffer.from(difference)}]),
    ...extras.map(({name, bytes}) => ({name, bytes: applyTo(bytes, standIns)})),
  ]
  const entries = [...texts, ...packGuest(guest)]
  const masked = {values: standIns.size, notSearched: redaction.notSearched}
  const about = {entries, leftOut, masked, difference, notSeen: findRefused(guest.traces)}
  const all = [describeBundle(about, guest, options), ...entries]
  refuseLeaks(all, standIns)
  return {bytes: await packEntries(all, options.now), ...about, entries: all}
}

async function asUnpacked(guest: Guest, now: Date): Promise<ReadonlyMap<string, Buffer>> {
  return unpackEntries(await packEntries(packGuest(guest), now))
}

function refuseLeaks(entries: readonly Entry[], standIns: StandIns): void {
  for (const {name, bytes, link = ''} of entries) {
    const isLeak = [bytes.toString('utf8'), bytes.toString('latin1'), name, link].some(text =>
      standIns.isIn(text),
    )
    if (isLeak)
      throw new LeakError(
        `a secret of the context was found in ${standIns.apply(name)} of the bundle, so none is written; this is a defect of vmcontext, please report it`,
      )
  }
}
