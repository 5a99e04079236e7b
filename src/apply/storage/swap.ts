// Turning swap on.

import type {SwapOnAction} from '../../action/storage.ts'
import {readUsedSwap} from '../../facts/storage/swap.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

const timeoutMs = 10_000

export const swapOnHandler: Handler<SwapOnAction> = {
  async perform({device}, {system, mayExecute}) {
    const what = `swap on ${device}`
    if (!mayExecute) return leftOut(what, 'nothing of another root is executed')
    if (readUsedSwap(system).includes(device)) return {status: 'unchanged', detail: what}
    const result = await system.run({argv: ['swapon', device], timeoutMs})
    if (succeeded(result)) return {status: 'changed', detail: `turned on the ${what}`}
    // The init finds swap by itself, too, and may have been faster.
    if (readUsedSwap(system).includes(device)) return {status: 'unchanged', detail: what}
    return failed(what, `could not use the ${what}: swapon ${describeEnd(result)}`)
  },
}
