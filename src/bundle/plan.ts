// The plan for a guest, as it is compared: as text and as data.

import {type Prepared, prepareBoot, type Request} from '../prepare.ts'
import type {MountPlace} from '../source/mount.ts'
import type {System} from '../system/system.ts'
import {type Guest, recallGuest} from './guest.ts'

/** A plan in both of its forms; whoever prints it says how. */
export type PlanTexts = {text: string; json: string}
export type RenderPlan = (system: System, prepared: Prepared | 'switched off') => PlanTexts

/** Plans for a guest of a bundle. `unknown` is what this program asks for and the bundle does not hold. */
export async function planRecalled(guest: Guest, render: RenderPlan) {
  const {system, request, unknown} = recallGuest(guest)
  const prepared = await prepareBoot(system, request as Request, () => noPlace)
  return {prepared, ...render(system, prepared), unknown}
}

/** Nothing is mounted: the context is there already. */
const noPlace = {directory: '/mnt', layout: '/mnt', prepare() {}, cleanUp() {}} as unknown as MountPlace
