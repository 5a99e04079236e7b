// Tools of the guest that a plan names, such as ifup.

import type {RunAction} from '../action.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {failed, type Handler, leftOut} from './workshop.ts'

export const runHandler: Handler<RunAction> = {
  async perform(
    {argv, shown, purpose, timeoutMs, optional = false, essential = false, alsoFine = [], ifKilled},
    {system, mayExecute},
  ) {
    const command = shown ?? argv.join(' ')
    if (!mayExecute) return leftOut(command, 'nothing of another root is executed')
    const result = await system.run({argv, timeoutMs, essential})
    const isFine =
      succeeded(result) || (result.ended === 'exited' && alsoFine.includes(result.exitCode ?? -1))
    if (isFine) return {status: 'changed', detail: command}
    if (ifKilled !== undefined && (result.ended === 'killed' || result.ended === 'timed out'))
      await system.run({argv: ifKilled, timeoutMs, essential})
    if (optional) return {status: 'unchanged', detail: command}
    return failed(command, `could not ${purpose}: ${argv[0]} ${describeEnd(result)}`)
  },
}
