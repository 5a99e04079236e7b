// The swap step: disks and partitions that are swap and that nobody else is going to use. One that /etc/fstab names is
// for the init to use, or, with `noauto`, to leave.

import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans the use of free swap, unless IGNORE_SWAP forbids it. */
export function planSwap({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.swap]
  const areas = facts.storage.swapAreas.filter(({state}) => state !== 'in fstab')
  if (!context?.usesSwap || areas.length === 0) return nothingAsked(problems)
  const devices = areas.map(({path}) => path)
  const free = areas.filter(({state}) => state === 'free')
  return {
    summary: devices.join(', '),
    actions: free.map(({path}) => ({kind: 'swap-on', device: path})),
    problems,
    request: devices,
  }
}
