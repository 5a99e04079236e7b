// Work in a home is done as the user it belongs to: a link that the user planted then leads nowhere the user could
// not go. Effective ids are switched, not real ones, so that the agent can switch back; all calls in between are
// synchronous and on one thread.

import {attempt} from './errors.ts'
import type {Ownership} from './files.ts'

/**
 * Does something with the rights of a user and nothing more. Without privilege it is done as whoever runs this.
 *
 * @throws SystemError where the kernel does not let us become that user, as in some containers.
 */
export function asUser<T>({uid, gid}: Ownership, action: () => T): T {
  if (process.geteuid?.() !== 0 || uid === 0) return action()
  const groups = process.getgroups!()
  const group = process.getegid!()
  try {
    attempt(`work with the rights of the user ${uid}`, () => {
      process.setgroups!([gid])
      process.setegid!(gid)
      process.seteuid!(uid)
    })
    return action()
  } finally {
    attempt('work with the rights of root again', () => {
      process.seteuid!(0)
      process.setegid!(group)
      if (process.getgroups!().join() !== groups.join()) process.setgroups!(groups)
    })
  }
}
