// The trap of two cards: with strict reverse path filtering (rp_filter 1) the kernel drops in silence what comes in by
// another card than the one that the answer would leave by (ip-sysctl, rp_filter).

import {interfaceOf, type Nic} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import type {Exam} from '../exam.ts'
import {note} from '../problems.ts'

/** Names the cards whose far visitors get no answer. */
export function findReversePaths(nics: readonly Nic[], exam: Exam): Problem[] {
  const withRoutes = nics.filter(({ipv4}) => ipv4?.gateway !== undefined)
  const [first, ...others] = withRoutes.toSorted((one, other) => metricOf(one) - metricOf(other))
  return others.flatMap(nic => {
    const name = interfaceOf(nic)
    if (readFilter(name, exam) !== 1) return []
    const message = `whoever reaches ${name} from beyond its subnet gets no answer: that would leave by ${first!.device}, and rp_filter drops it`
    return [
      note({message, cure: `sysctl net.ipv4.conf.${name}.rp_filter=2, or a rule of its own for ${name}`}),
    ]
  })
}

function metricOf({ipv4}: Nic): number {
  return ipv4?.gateway?.metric ?? 0
}

/** The higher of the two holds: that for all, and that of the card. */
function readFilter(name: string, {system}: Exam): number {
  const values = ['all', name].map(each =>
    Number(system.files.readText(`/proc/sys/net/ipv4/conf/${each}/rp_filter`) ?? 0),
  )
  return Math.max(...values)
}
