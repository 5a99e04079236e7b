// Checks whether somebody else on the wire has an address of this guest. IPv6: the kernel has looked itself (RFC 4862).
// IPv4: it does not, and ARP is out of reach for Node, so that `arping` has to ask.

import {parseIpv6} from '../../context/network/ipv6.ts'
import {interfaceOf, type Nic} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import {readRefusedAddresses} from '../../system/kernel-network.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {wrong} from '../problems.ts'
import {askForOwner, findAsker} from './ask-owner.ts'
import {findLacking} from './kernel-state.ts'
import {plannedNics} from './planned-nics.ts'

export const duplicatesCheck: Check = {
  id: 'duplicates',
  title: 'addresses that somebody else has too',
  isSlow: true,
  needs: ['kernel'],
  async examine(exam) {
    const nics = plannedNics(exam)
    const refused = nics.flatMap(nic => findRefused(nic, exam))
    const {facts, problems} = await examineIpv4(nics, exam)
    return {facts, problems: [...refused, ...problems]}
  },
}

function findRefused(nic: Nic, {system}: Exam): Problem[] {
  const name = interfaceOf(nic)
  return readRefusedAddresses(system, name).map(address =>
    describe(
      `${parseIpv6(address) ?? address}`,
      name,
      'somebody else on the link has it, and the kernel does not use it',
    ),
  )
}

/** A card that cannot send, or does not have the address, has nothing to ask. */
async function examineIpv4(nics: readonly Nic[], exam: Exam) {
  const questions = nics
    .filter(nic => findLacking(nic, exam) === undefined)
    .flatMap(nic => (nic.ipv4?.addresses ?? []).map(({address}) => ({address, device: interfaceOf(nic)})))
  if (questions.length === 0) return {facts: [], problems: []}
  const obstacle = await findObstacle(exam)
  if (typeof obstacle === 'string') return {facts: [`IPv4 not asked: ${obstacle}`], problems: []}
  const asked = await Promise.all(
    questions.map(async question => ({
      ...question,
      answer: await askForOwner(question, obstacle, exam.system),
    })),
  )
  return {
    facts: asked.flatMap(({address, answer}) => {
      if (answer === 'untold') return `${address} not asked: ${obstacle.argv[0]} cannot ask here`
      return answer === 'nobody else' ? `${address} is ours alone` : []
    }),
    problems: asked.flatMap(({address, device, answer}) =>
      typeof answer === 'string' ? [] : describe(address, device, `${answer.owner} has it as well`),
    ),
  }
}

async function findObstacle({system, isRoot}: Exam) {
  if (!isRoot) return 'only root may ask by ARP'
  return (await findAsker(system)) ?? 'there is no arping here (package iputils-arping, or busybox)'
}

function describe(address: string, device: string, words: string): Problem {
  const cure =
    'give one of the two another address; a guest that OpenNebula did not make may have one of its range: hold it in the virtual network (onevnet hold)'
  return wrong({message: `${address} of ${device} is there twice: ${words}`, cure})
}
