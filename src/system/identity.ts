// Work in a home is done as the user it belongs to: a link that the user planted then leads nowhere the user could
// not go. Effective ids are switched, not real ones, so that the agent can switch back; all calls in between are
// synchronous and on one thread.

import type {Ownership} from './files.ts'

/** Does something with the rights of a user and nothing more. Without privilege it is done as whoever runs this. */
export function asUser<T>(user: Ownership, action: () => T): T {
  if (process.geteuid?.() !== 0 || user.uid === 0) return action()
  const groups = process.getgroups!()
  const group = process.getegid!()
  try {
    process.setgroups!([user.gid])
    process.setegid!(user.gid)
    process.seteuid!(user.uid)
    return action()
  } finally {
    process.seteuid!(0)
    process.setegid!(group)
    process.setgroups!(groups)
  }
}

/** Tells whether this process may do what only root may. */
export function isPrivileged(): boolean {
  return process.geteuid?.() === 0
}
