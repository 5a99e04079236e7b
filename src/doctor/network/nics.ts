// Checks the network cards: what each one gets and from where, and why one gets nothing.

import {type Link, selectNics} from '../../facts/network/links.ts'
import {type Match, matchLinks} from '../../network/match-links.ts'
import type {Nic} from '../../network/model.ts'
import {describeNic} from '../../plan/network/network.ts'
import type {Problem} from '../../problem.ts'
import {readDriver} from '../../system/kernel-network.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {findAbsent} from './absent-nics.ts'
import {plannedNics} from './planned-nics.ts'
import {plannedOf} from './planned-problems.ts'
import {explainNothing} from './why-nothing.ts'

export const nicsCheck: Check = {
  id: 'nics',
  title: 'the network cards',
  examine(exam) {
    const {facts, context} = exam.prepared
    const nics = selectNics(facts.links)
    const matches = context === undefined ? [] : matchLinks(context.nics, facts.links, context, [])
    // That the whole disc is of another machine has been told.
    const planned = plannedOf('nics', exam).filter(problem => !exam.told?.includes(problem))
    const missing = planned.filter(({code}) => code === 'nic-skipped' || code === 'nic-gone')
    // The cards of an image are in no directory of it.
    if (nics.length === 0 && !facts.live) {
      const rest = planned.filter(problem => !missing.includes(problem))
      return {facts: [], problems: [...rest, unseen], covers: missing}
    }
    const absent = findAbsent(matches, missing, exam)
    return {
      facts: nics.map(link => describeLink(link, matches, exam)),
      problems: [
        ...(nics.length === 0 ? describeNone(exam) : []),
        ...absent.problems,
        ...planned.filter(problem => !absent.covers.includes(problem)),
        ...findIdleGuest(nics, matches, exam, absent.problems),
      ],
      covers: absent.covers,
    }
  },
}

const unseen = note({
  message: 'the cards of an image are not to be seen, so it is not known what each one gets',
  cure: '--links FILE names them, a line each: eth0 02:00:c0:a8:00:05',
})

function describeLink(link: Link, matches: readonly Match[], exam: Exam): string {
  const nic = plannedNics(exam).find(({device}) => device === link.name)
  const {name, mac, pciAddress} = link
  const hardware = [readDriver(exam.system, name), pciAddress].filter(part => part !== undefined).join(', ')
  const head = `${name} ${mac}${hardware === '' ? '' : ` (${hardware})`}`
  if (nic === undefined) return `${head}: nothing, ${explainNothing(link, matches, exam)}`
  return `${head}: ${describeGain(nic)}, ${describeOrigin(nic, link, matches)}`
}

/** Without the name, which stands in front; of a VLAN it is another one. */
function describeGain(nic: Nic): string {
  const words = describeNic(nic)
  return words.startsWith(`${nic.device} `) ? words.slice(nic.device.length + 1) : words
}

function describeOrigin({origin}: Nic, link: Link, matches: readonly Match[]): string {
  const label = matches.find(match => match.link === link)?.request.label
  if (origin === 'context') return `from ${label ?? 'the context'}`
  return origin === 'ip-public' ? 'from IP_PUBLIC' : 'from its MAC'
}

function describeNone({prepared: {context}}: Exam): Problem[] {
  const message = 'this guest has no network card'
  const cure = 'give the machine one, or see in `dmesg` why the kernel has no driver for it'
  const isAskedFor = (context?.nics.length ?? 0) > 0
  return [isAskedFor ? wrong({message, cure}) : note({message, cure})]
}

/** There is a context, there are cards, and nothing comes of it: told once, with what stands in the way. */
function findIdleGuest(
  nics: readonly Link[],
  matches: readonly Match[],
  exam: Exam,
  known: readonly Problem[],
): Problem[] {
  const {context, facts, plan} = exam.prepared
  const isMeant =
    context?.freezesNetwork || facts.leavesNetwork || context?.nics.some(({isSkipped}) => isSkipped)
  if (context === undefined || isMeant || known.length > 0 || plan.network.nics.length > 0) return []
  const [first] = nics
  if (first === undefined || plannedOf('nics', exam).length > 0) return []
  const message = `no card gets an address from this context: ${explainNothing(first, matches, exam)}`
  const cure = 'NETWORK="YES" in CONTEXT of the template has the front end describe each card'
  return [doubtful({file: context.file, message, cure: context.nics.length === 0 ? cure : undefined})]
}
