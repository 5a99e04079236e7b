// The host-keys step: an ssh server without keys of its own lets nobody in. An image that is to be copied has none,
// and Debian makes them at no boot (contract §5).

import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/**
 * Plans keys for an ssh server that has not a single one it would load. Where there is one the server works, and
 * what is missing beside it was perhaps taken away on purpose, unless it was us who did not come to it. Another root is an
 * image: it must not have any.
 */
export function planHostKeys({facts, manifest}: PlanInput): StepPlan {
  const {server, hostKeys, hasDefaultKeys} = facts.sshd
  const isWhole = hostKeys.some(({isThere}) => isThere) && manifest.pendingHostKeys === undefined
  if (!facts.live || server === undefined || isWhole) return nothingAsked()
  if (server === 'dropbear') {
    const message = 'dropbear has no host keys, and this agent makes none for it'
    const cure = 'start it with -R, then it makes them itself'
    return nothingAsked([{code: 'deed-left-out', message, cure}])
  }
  const paths = hostKeys.map(({path}) => path)
  return {
    summary:
      manifest.pendingHostKeys === undefined ? 'for sshd, which has none' : 'for sshd, which were begun',
    actions: [{kind: 'make-host-keys', paths, areDefault: hasDefaultKeys}],
    problems: [],
    request: paths,
    // They may have gone since: an image that is being sealed, say.
    isOpen: true,
  }
}
