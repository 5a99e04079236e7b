// Waiting for the network before something that may need it. A look at the kernel costs next to nothing, so that a
// guest whose network is up does not notice it.

import {setTimeout as sleep} from 'node:timers/promises'
import type {AwaitNetworkAction, ExpectedInterface} from '../../action/network.ts'
import {hasCarrier, hasTentativeAddress} from '../../system/kernel-network.ts'
import type {System} from '../../system/system.ts'
import {type Handler, leftOut, type Result} from '../workshop.ts'
import {findMissing} from './verify.ts'

const pollMs = 100
/** How long a card may take to see its cable: 802.3 negotiation is a matter of one to three seconds. */
const graceMs = 5000

export const awaitNetworkHandler: Handler<AwaitNetworkAction> = {
  async perform({expected, timeoutMs}, {system, mayExecute}) {
    if (!mayExecute) return leftOut('waiting for the network', 'the kernel of another root is not there')
    const begin = performance.now()
    for (;;) {
      const missing = expected.flatMap(each => describeMissing(system, each) ?? [])
      const elapsed = performance.now() - begin
      const isHopeless = missing.length < expected.length && missing.every(each => each.isCutOff)
      const limitMs = isHopeless ? Math.min(graceMs, timeoutMs) : timeoutMs
      if (missing.length === 0 || elapsed >= limitMs)
        return tell(
          missing.map(({words}) => words),
          limitMs,
        )
      await sleep(pollMs)
    }
  },
}

type Missing = {words: string; isCutOff: boolean}

/** What an interface lacks. One without a carrier may never get it: the others do not wait for that. */
function describeMissing(system: System, expected: ExpectedInterface): Missing | undefined {
  const {name} = expected
  const words = findMissing([expected]) ?? findUnready(system, name)
  if (words === undefined) return undefined
  const isCutOff = hasCarrier(system, name) === false
  return {words: isCutOff ? `${name} has no carrier` : words, isCutOff}
}

/** An address of which the kernel does not know yet whether somebody else has it cannot be used (RFC 4862 §5.4). */
function findUnready(system: System, name: string): string | undefined {
  return hasTentativeAddress(system, name) ? `${name} has an address that is still being checked` : undefined
}

function tell(missing: readonly string[], limitMs: number): Result {
  const seconds = Math.round(limitMs / 1000)
  const detail = 'waited for the network'
  if (missing.length === 0) return {status: 'unchanged', detail}
  const message = `${missing.join(', ')} after ${seconds} s; what comes next is done all the same`
  const cure = 'ONLINE_WAIT in /etc/vmcontext.conf says for how many seconds it is waited for'
  return {status: 'unchanged', detail, problems: [{code: 'network-late', message, cure}]}
}
