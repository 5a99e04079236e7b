// Checks that name servers answer: each one that resolv.conf names, and those behind a stub of this guest.

import {parseAnyAddress} from '../../context/network/ip-address.ts'
import {isLinkLocal} from '../../context/network/ipv6.ts'
import type {Problem} from '../../problem.ts'
import {askServer, type ServerState} from '../../system/dns.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, wrong} from '../problems.ts'
import {isAnyAbsent} from './absent-nics.ts'
import {enableCommand, startCommand} from './commands.ts'
import {plannedNics} from './planned-nics.ts'
import {plannedOf} from './planned-problems.ts'
import {findCut} from './reach.ts'

const path = '/etc/resolv.conf'
/** What systemd-resolved knows of servers, behind its stub (systemd-resolved(8)). */
const upstreamPath = '/run/systemd/resolve/resolv.conf'
/** MAXNS of glibc: further ones nobody asks. */
const mostServers = 3
/** What glibc waits for one before it asks the next (resolv.conf(5), timeout). */
const limitMs = 5000

export const nameServersCheck: Check = {
  id: 'name-servers',
  title: 'answers of the name servers',
  isSlow: true,
  needs: ['kernel'],
  async examine(exam) {
    const absent = findAbsentFile(exam)
    // That they cannot be written through a link which leads nowhere is said here already.
    if (absent !== undefined) return {facts: [], problems: [absent], covers: plannedOf('names', exam)}
    const {servers, strange} = listServers(exam.system)
    const asked = await Promise.all(servers.map(server => ask(server, exam)))
    return {
      facts: asked.map(describeAsked),
      problems: [
        ...strange.map(describeStrange),
        ...(servers.length === 0 ? describeNone(exam) : []),
        ...describeSilent(asked, exam),
        ...findForgotten(servers, exam),
        ...plannedOf('names', exam),
      ],
    }
  },
}

function findAbsentFile(exam: Exam): Problem | undefined {
  const {files} = exam.system
  if (files.status(path) !== undefined) return undefined
  const target = files.readLink(path)
  if (target === undefined) {
    if (!hasToHaveNames(exam)) return undefined
    return judgeNone('this is not there, so no name is found', exam)
  }
  const message = `this is a link to ${target}, which is not there, so no name is found`
  return wrong({file: path, message, cure: cureForDangling(target, exam)})
}

/** Of a card that is not here the servers are missing too: that has been told. */
function hasToHaveNames(exam: Exam): boolean {
  return plannedNics(exam).length > 0 && !isAnyAbsent(exam)
}

function cureForDangling(target: string, exam: Exam): string {
  const service = /systemd\/resolve/.test(target)
    ? 'systemd-resolved'
    : /NetworkManager/.test(target)
      ? 'NetworkManager'
      : undefined
  const other = `remove the link and run \`vmcontext boot --only network\``
  if (service === undefined) return `start the service that keeps it, or ${other}`
  return `run \`${enableCommand(service, exam)}\` and \`${startCommand(service, exam)}\`, or ${other}`
}

function cureForNone({prepared: {plan}}: Exam): string {
  return plan.network.dns.length > 0
    ? 'run `vmcontext boot --only network`'
    : 'the context names no server: DNS in the virtual network of OpenNebula does'
}

/** In the order in which they are asked; behind a stub those that it asks. `strange`: no addresses. */
function listServers({files}: System): {servers: string[]; strange: string[]} {
  const read = (file: string) => {
    const lines = (files.readText(file) ?? '').split('\n')
    const words = lines.flatMap(line => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    return words.map(word => ({word, server: parseServer(word)}))
  }
  const all = read(path)
  const named = all.flatMap(({server}) => server ?? []).slice(0, mostServers)
  const upstream = named.some(isStub) ? read(upstreamPath).flatMap(({server}) => server ?? []) : []
  const strange = all.flatMap(({word, server}) => (server === undefined ? word : []))
  return {servers: [...new Set([...named, ...upstream])], strange}
}

/** In the spelling of the plan; `fe80::1%eth0` with its link. */
function parseServer(word: string): string | undefined {
  const [address = '', ...link] = word.split('%')
  const parsed = parseAnyAddress(address)
  return parsed === undefined ? undefined : [parsed, ...link].join('%')
}

/** glibc does so without a word (res_init). */
function describeStrange(word: string): Problem {
  const message = `the name server ${word} is no address, so it is passed over`
  return doubtful({file: path, message, cure: 'write its address there, or take it out'})
}

function isOwn(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}

/** systemd-resolved listens there. */
function isStub(server: string): boolean {
  return server === '127.0.0.53' || server === '127.0.0.54'
}

type Asked = {server: string; state: ServerState | {state: 'not asked'; trouble: string}}

/** One that nothing can be heard of, for another reason that has been told, is not asked. */
async function ask(server: string, exam: Exam): Promise<Asked> {
  const cut = isLinkLocal(server) ? undefined : await findCut(server, exam)
  if (cut !== undefined) return {server, state: {state: 'not asked', trouble: cut}}
  return {server, state: await askServer(server, limitMs)}
}

function describeAsked({server, state}: Asked): string {
  if (state.state === 'answers') return `${server} answers`
  return `${server} ${state.state === 'not asked' ? 'not asked' : 'does not serve'}: ${state.trouble}`
}

function describeNone(exam: Exam): Problem[] {
  return hasToHaveNames(exam) ? [judgeNone('this names no name server, so no name is found', exam)] : []
}

/** Where the context names none either, it may be meant so. */
function judgeNone(message: string, exam: Exam): Problem {
  const words = {file: path, message, cure: cureForNone(exam)}
  return exam.prepared.plan.network.dns.length > 0 ? wrong(words) : doubtful(words)
}

function describeSilent(asked: readonly Asked[], exam: Exam): Problem[] {
  const isAnyGood = asked.some(({state}) => state.state === 'answers')
  return asked.flatMap(({server, state}) => {
    if (state.state === 'answers' || state.state === 'not asked') return []
    return describeTrouble(server, state, isAnyGood, exam)
  })
}

/** In a network of its own a server may rightly know no names but those of it. */
function describeTrouble(
  server: string,
  {state, trouble}: Exclude<ServerState, {state: 'answers'}>,
  isAnyGood: boolean,
  exam: Exam,
): Problem {
  const cure = `see whether ${server} is the right address: DNS in the context, or in the virtual network of OpenNebula`
  if (state === 'refuses') {
    const message = `the name server ${server} answers, and looks up no names for this guest: ${trouble}`
    return doubtful({file: path, message, cure})
  }
  const message = `the name server ${server} does not answer: ${trouble}`
  if (isStub(server)) {
    const service = 'systemd-resolved'
    const run = `run \`${enableCommand(service, exam)}\` and \`${startCommand(service, exam)}\``
    return wrong({file: path, message: `${message}; ${service} does not run`, cure: run})
  }
  if (!isAnyGood) return wrong({file: path, message, cure})
  return doubtful({file: path, message: `${message}; each look-up may wait 5 s for it`, cure})
}

/** The context names a server that nobody asks here. Whom a server of this guest asks is not to be seen. */
function findForgotten(servers: readonly string[], exam: Exam): Problem[] {
  if (plannedNics(exam).length === 0 || servers.some(server => isOwn(server) && !isStub(server))) return []
  const wanted = exam.prepared.plan.network.dns.slice(0, mostServers)
  const missing = wanted.filter(server => !servers.includes(server))
  if (missing.length === 0 || servers.length === 0) return []
  const message = `the name server of the context, ${missing[0]}, is not asked here`
  return [
    doubtful({
      file: path,
      message,
      cure: 'run `vmcontext boot --only network`, and see who else writes this file',
    }),
  ]
}
