// The swap step: disks and partitions that are swap and that nobody else is going to use. One that /etc/fstab names is
// for the init to use, or, with `noauto`, to leave.

import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/** Plans the use of free swap, unless IGNORE_SWAP forbids it. */
export function planSwap({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.swap]
  if (!context?.usesSwap) return nothingAsked(problems)
  const {swapAreas} = facts.storage
  for (const {path} of swapAreas.filter(({state}) => state === 'doubtful')) {
    const message = `${path} is marked as swap and as something else, so it is not used`
    problems.push({code: 'deed-left-out', message, cure: `look at it with wipefs ${path}`})
  }
  const areas = swapAreas.filter(({state}) => state === 'free' || state === 'in use')
  if (areas.length === 0) return nothingAsked(problems)
  const devices = areas.map(({path}) => path)
  const free = areas.filter(({state}) => state === 'free')
  return {
    summary: devices.join(', '),
    actions: free.map(({path}) => ({kind: 'swap-on', device: path})),
    problems,
    request: devices,
  }
}
