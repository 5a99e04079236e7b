// The tools that let somebody in: useradd, chpasswd, visudo. The local stage has 60 s whatever hangs (contract §5), so
// they share their time, and one that hangs leaves the next ones some.

import type {Command, CommandResult} from '../../system/commands.ts'
import type {Workshop} from '../workshop.ts'
import {retryWhileLocked} from './account-lock.ts'

/** For all of them together; shadow-utils alone waits 15 s for a lock. */
const sharedMs = 30_000
/** Left to each, however long the others took: unhindered they take milliseconds. */
const leastMs = 3000

/** All that is needed of a workshop to run one of them. */
export type LoginWorkshop = Pick<Workshop, 'system' | 'loginMsSpent'>

/** Runs one of them, again while another tool is editing the account files. */
export async function runLoginTool(workshop: LoginWorkshop, command: Command): Promise<CommandResult> {
  const begin = performance.now()
  const left = () => sharedMs - (workshop.loginMsSpent ?? 0) - (performance.now() - begin)
  const result = await retryWhileLocked(workshop.system, () => {
    const timeoutMs = Math.min(command.timeoutMs, Math.max(left(), leastMs))
    return workshop.system.run({...command, timeoutMs})
  })
  workshop.loginMsSpent = sharedMs - left()
  return result
}
