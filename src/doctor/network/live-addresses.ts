// Checks that the kernel has what the context says: links, addresses, MTU, default routes.

import {type Gateway, interfaceOf, type Nic} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import {type RankedRoute, readLinkState} from '../../system/kernel-network.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {describeBringUp} from './commands.ts'
import {findLacking, foreignIpv4, type Lacking, listRoutes} from './kernel-state.ts'
import {pendingFiles, plannedNics} from './planned-nics.ts'
import {findReversePaths} from './reverse-path.ts'

export const liveAddressesCheck: Check = {
  id: 'addresses',
  title: 'addresses in the kernel',
  needs: ['kernel'],
  examine(exam) {
    const nics = plannedNics(exam)
    const whole = nics.filter(nic => findLacking(nic, exam) === undefined)
    return {
      facts: whole.map(nic => `${interfaceOf(nic)} has what it should`),
      problems: [...nics.flatMap(nic => examineNic(nic, exam)), ...findReversePaths(whole, exam)],
    }
  },
}

/** What is missing, else what is there besides: of a card that lacks its address no route is looked for. */
function examineNic(nic: Nic, exam: Exam): Problem[] {
  const lacking = findLacking(nic, exam)
  if (lacking !== undefined) return [describeLacking(lacking, nic, exam)]
  return [...findOtherMtu(nic, exam), ...findForeign(nic), ...findOtherRoutes(nic, exam)]
}

function describeLacking({kind, words}: Lacking, nic: Nic, exam: Exam): Problem {
  const name = interfaceOf(nic)
  if (kind === 'carrier') {
    const cure = `see on the host that the card is attached and its bridge is up; in the guest \`ip link show ${name}\``
    return wrong({message: `${words}: the host's end of the cable is down`, cure})
  }
  const [file] = pendingFiles(exam)
  if (file !== undefined) {
    const message = `${words}, for what the context says is not in the files yet`
    return wrong({file, message, cure: 'run `vmcontext boot --only network`'})
  }
  if (kind === 'lease') {
    return wrong({
      message: `${words}: no DHCP server answered, or no client runs`,
      cure: describeBringUp(nic, exam),
    })
  }
  if (isWithoutIpv6(nic, words, exam)) {
    const cure = `sysctl net.ipv6.conf.${name}.disable_ipv6=0, and see who switched it off`
    return wrong({message: `${words}: IPv6 is switched off in the kernel`, cure})
  }
  return wrong({message: words, cure: describeBringUp(nic, exam)})
}

function isWithoutIpv6(nic: Nic, words: string, {system}: Exam): boolean {
  const path = `/proc/sys/net/ipv6/conf/${interfaceOf(nic)}/disable_ipv6`
  return words.includes(':') && system.files.readText(path)?.trim() === '1'
}

function findOtherMtu(nic: Nic, exam: Exam): Problem[] {
  const name = interfaceOf(nic)
  const mtu = readLinkState(exam.system, name)?.mtu
  if (nic.mtu === undefined || mtu === nic.mtu) return []
  const message = `${name} has an MTU of ${mtu}, and should have ${nic.mtu}`
  return [wrong({message, cure: describeBringUp(nic, exam)})]
}

/** Somebody may have added it on purpose, as a cluster does with an address that wanders. */
function findForeign(nic: Nic): Problem[] {
  const foreign = nic.ipv4?.method === 'static' ? foreignIpv4(nic) : []
  const message = `${interfaceOf(nic)} has ${foreign.join(', ')} besides, of which no context speaks`
  return foreign.length === 0 ? [] : [note({message})]
}

function findOtherRoutes(nic: Nic, exam: Exam): Problem[] {
  const routes = listRoutes(exam)
  return [nic.ipv4?.gateway, nic.ipv6?.gateway].flatMap(gateway =>
    gateway === undefined ? [] : judgeRoute(nic, gateway, routes, exam),
  )
}

function judgeRoute(nic: Nic, gateway: Gateway, all: readonly RankedRoute[], exam: Exam): Problem[] {
  const name = interfaceOf(nic)
  const isIpv6 = gateway.address.includes(':')
  const routes = all.filter(route => route.gateway.includes(':') === isIpv6)
  const own = routes.find(route => route.device === name && route.gateway === gateway.address)
  const others = routes.filter(route => route !== own)
  if (own === undefined) {
    const instead = others[0] === undefined ? '' : `; one goes by ${describe(others[0])}`
    const message = `the default route by ${gateway.address} on ${name} is not there${instead}`
    return [wrong({message, cure: describeBringUp(nic, exam)})]
  }
  const isOurs = ({gateway: address}: RankedRoute) =>
    plannedNics(exam).some(other => hasGateway(other, address))
  const rival = others.find(route => route.metric < own.metric && !isOurs(route))
  if (rival === undefined) return []
  const message = `the default route by ${describe(rival)}, which the context does not name, comes before ${gateway.address}`
  return [doubtful({message, cure: 'see who adds it: a DHCP client, or another manager of the network'})]
}

function hasGateway({ipv4, ipv6}: Nic, address: string): boolean {
  return [ipv4?.gateway, ipv6?.gateway].some(gateway => gateway?.address === address)
}

function describe({gateway, device}: RankedRoute): string {
  return `${gateway} on ${device}`
}
