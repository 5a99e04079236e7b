// The mounts step: directories that the host shares by virtiofs. What the agent mounted in this boot and the context
// no longer names is unmounted; mounts of others are left alone.

import type {Action} from '../../action.ts'
import {refuseMountPoint, type Share} from '../../context/storage/disks.ts'
import type {Facts} from '../../facts/facts.ts'
import {findMount} from '../../facts/storage/mounts.ts'
import type {Problem} from '../../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/** Plans the mounts of DISKx_MOUNT_TAG. */
export function planMounts({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.mounts]
  // Without a context nothing is known to be unwanted, and what could not be read may be wanted.
  if (context === undefined) return nothingAsked(problems)
  const {ownShares, mounts, sharePoints} = facts.storage
  const wanted = context.shares.flatMap(share => {
    const point = sharePoints.get(share.point) ?? share.point
    const isPlanted = facts.storage.plantedPoints.has(share.point)
    const refusal = isPlanted
      ? 'a symbolic link on the way could have been planted by others than root'
      : refuse(point, context.username, facts)
    if (refusal !== undefined) problems.push(describeRefusal(share, refusal))
    return refusal === undefined ? [{tag: share.tag, point}] : []
  })
  const isWanted = ({tag, point}: {tag: string; point: string}) =>
    wanted.some(share => share.tag === tag && share.point === point)
  const isMounted = ({tag, point}: {tag: string; point: string}) => {
    const mount = findMount(mounts, point)
    return mount?.type === 'virtiofs' && mount.source === tag
  }
  const stale = context.sharesAreKnown ? ownShares.filter(share => !isWanted(share)) : []
  if (wanted.length === 0 && stale.length === 0) return nothingAsked(problems)
  const actions: Action[] = [
    ...inOrder(stale)
      .reverse()
      .map(share => ({kind: 'unmount-shared', ...share}) as const),
    ...inOrder(wanted.filter(share => !isMounted(share))).map(
      share => ({kind: 'mount-shared', ...share}) as const,
    ),
  ]
  return {
    summary: wanted.map(({tag, point}) => `${tag} at ${point}`).join(', ') || 'none',
    actions,
    problems,
    // Not what is stale: once that is gone it would be another request.
    request: {wanted, areAll: context.sharesAreKnown},
  }
}

/** A directory before those below it, which it would hide. */
function inOrder<T extends {point: string}>(shares: readonly T[]): T[] {
  const depth = ({point}: T) => point.split('/').length
  return shares.toSorted((one, other) => depth(one) - depth(other))
}

/** Why nothing may be mounted on what a path leads to. */
function refuse(point: string, username: string | undefined, {accounts}: Facts): string | undefined {
  const refusal = refuseMountPoint(point)
  if (refusal !== undefined) return `${point} ${refusal}`
  const name = username ?? 'root'
  const home =
    accounts.find(account => account.name === name)?.home ?? (name === 'root' ? '/root' : `/home/${name}`)
  if (home !== point && !home.startsWith(`${point}/`)) return undefined
  return `the home of ${name} is there, and its keys would be hidden`
}

function describeRefusal({tag, point, place}: Share, refusal: string): Problem {
  const message = `${JSON.stringify(tag)} is not mounted at ${point}: ${refusal}`
  return {
    ...place,
    code: 'value-rejected',
    message,
    cure: 'choose another DISKx_MOUNT_POINT, such as /srv/share',
  }
}
