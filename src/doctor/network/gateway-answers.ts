// Checks that gateways answer, on the link: ARP, or neighbour discovery.

import type {Problem} from '../../problem.ts'
import {type DefaultRoute, listNeighbours} from '../../system/kernel-network.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {wrong} from '../problems.ts'
import {findLacking} from './kernel-state.ts'
import {asksGateway, listGateways} from './reach.ts'

export const gatewayAnswersCheck: Check = {
  id: 'gateway-answers',
  title: 'answers of the gateways',
  isSlow: true,
  needs: ['kernel'],
  async examine(exam) {
    const asked = await Promise.all(listGateways(exam).map(route => ask(route, exam)))
    return {
      facts: asked.map(({words}) => words),
      problems: asked.flatMap(({problem}) => problem ?? []),
    }
  },
}

type Answer = {words: string; problem?: Problem | undefined}

/** One whose card lacks something is not asked: that has been told, and silence follows from it. */
async function ask({nic, ...route}: ReturnType<typeof listGateways>[number], exam: Exam): Promise<Answer> {
  const words = `${route.device} ${route.gateway}`
  const lacking = nic && findLacking(nic, exam)
  if (lacking !== undefined) return {words: `${words} not asked: ${lacking.words}`}
  const answers = await asksGateway(route, exam)
  if (answers === undefined) return {words: `${words}: whether it answers cannot be told here`}
  if (answers) return {words: `${words} answers`}
  const isTold = (exam.told ?? []).some(({message}) => message.startsWith(`${route.gateway} lies outside`))
  return {words: `${words} is silent`, problem: isTold ? undefined : describeSilence(route, exam)}
}

function describeSilence({gateway, device}: DefaultRoute, {system}: Exam): Problem {
  const others = listNeighbours(system, device).filter(address => address !== gateway)
  const message = `${gateway}, the gateway of ${device}, does not answer on the link`
  if (others.length > 0) {
    const cure = `others do (${others[0]}), so see whether it is the right address, and whether it is up`
    return wrong({message, cure})
  }
  const cure = `see on the host that ${device} is on the right bridge and VLAN, and that the gateway is up`
  return wrong({message, cure})
}
