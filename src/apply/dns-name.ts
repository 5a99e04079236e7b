// The name that the name servers know the guest by.

import type {TakeDnsNameAction} from '../action.ts'
import {formatReverseDomain, parseDnsName, parseNameServers} from '../context/dns-name.ts'
import type {Hostname} from '../context/hostname.ts'
import {describeRefusal, readFileTree} from '../facts/files.ts'
import {readOperatingSystem} from '../facts/operating-system.ts'
import {type NameFacts, nameFiles, planName} from '../plan/hostname.ts'
import type {Problem} from '../problem.ts'
import {type DnsAnswer, lookUpNames} from '../system/dns.ts'
import {readAddresses, readDefaultRoutes} from '../system/kernel-network.ts'
import type {System} from '../system/system.ts'
import {type Handler, leftOut, type Result, type Workshop} from './workshop.ts'

export const takeDnsNameHandler: Handler<TakeDnsNameAction> = {
  async perform(action, workshop) {
    const {system, mayExecute} = workshop
    if (!mayExecute) return leftOut('name from the name servers', 'this root is not running')
    const address = action.address ?? findAddress(system, action.device)
    if (address === undefined) {
      const cure = 'let the final stage run once the network is up'
      return nameless('this guest has no address yet that a name could be asked for', cure)
    }
    const servers = readNameServers(system, action.servers)
    if (servers.length === 0) {
      const cure = 'see what should write it, or set DNS in the context'
      return nameless('there is no name server in /etc/resolv.conf', cure)
    }
    const answer = await lookUpNames(formatReverseDomain(address), servers)
    return answerWith(answer, {action, workshop, address, asked: servers.join(', ')})
  },
}

type Question = {action: TakeDnsNameAction; workshop: Workshop; address: string; asked: string}
/** A name as a server told it, and what is made of it. */
type Told = {text: string; hostname: Hostname}

function answerWith(answer: DnsAnswer, question: Question): Result {
  const {address, asked, workshop} = question
  if ('trouble' in answer) return nameless(`${asked} did not tell the name of ${address}: ${answer.trouble}`)
  const told = answer.names.flatMap((text): Told[] => {
    const hostname = parseDnsName(text)
    return hostname === undefined ? [] : [{text, hostname}]
  })
  const chosen = choose(told, workshop.system)
  if (chosen !== undefined) return takeName(chosen, question)
  // A server may tell hundreds.
  const some = JSON.stringify(answer.names.slice(0, 3))
  const junk = answer.names.length === 0 ? '' : ` that a machine can have, but ${some}`
  return nameless(`${asked} has no name for ${address}${junk}`, 'enter a PTR record for it')
}

function nameless(words: string, cure = '`vmcontext boot --only dns-name` tries again'): Result {
  const problem: Problem = {
    code: 'name-unknown',
    key: 'DNS_HOSTNAME',
    message: `${words}; the name stays`,
    cure,
  }
  return {status: 'unchanged', detail: 'asked for the name', problems: [problem]}
}

/** The address that the device has now; without a device the one that packets leave by, else the first there is. */
function findAddress(system: System, device: string | undefined): string | undefined {
  const all = readAddresses()
  const ways = readDefaultRoutes(system).map(route => route.device)
  const others = [...all.keys()].filter(name => name !== 'lo')
  const devices = device === undefined ? [...ways, ...others] : [device]
  const addresses = devices.flatMap(name => all.get(name) ?? []).map(cidr => cidr.split('/')[0]!)
  const global = addresses.filter(address => !/^(169\.254\.|fe[89ab])/i.test(address))
  return global.find(address => !address.includes(':')) ?? global[0]
}

/** The servers that systemd-resolved asks. */
const resolvedPath = '/run/systemd/resolve/resolv.conf'

/**
 * The servers of the guest; `others` where it has none. systemd-resolved's own address answers for every address of
 * this machine with the name that it has already (systemd-resolved.service(8), "Synthetic Records"): those behind it
 * are asked.
 */
function readNameServers({files}: System, others: readonly string[]): string[] {
  const read = (path: string) => parseNameServers(files.readText(path) ?? '')
  const isStub = (server: string) => /^127\.0\.0\.5[34]$/.test(server)
  const listed = read('/etc/resolv.conf')
  const servers = listed.some(isStub) ? [...listed, ...read(resolvedPath)] : listed
  const real = servers.filter(server => !isStub(server))
  return [...new Set(real.length > 0 ? real : others)]
}

/** Servers give several names in any order: the one that the guest has stays, else the first of the alphabet. */
function choose(told: readonly Told[], system: System): Told | undefined {
  const current = readKernelName(system)
  const sorted = told.toSorted((one, other) => (one.hostname.full < other.hostname.full ? -1 : 1))
  return sorted.find(({hostname}) => hostname.short === current) ?? sorted[0]
}

function takeName({text, hostname}: Told, {action, address, workshop}: Question): Result {
  const {system, manifest} = workshop
  const {full} = hostname
  const problems: Problem[] = []
  if (text.replace(/\.$/, '').toLowerCase() !== full) {
    const message = `${JSON.stringify(text)} cannot be a host name as it stands; ${full} is taken`
    problems.push({code: 'value-adjusted', key: 'DNS_HOSTNAME', message})
  }
  const facts: NameFacts = {
    live: system.live,
    os: readOperatingSystem(system),
    files: readFileTree(
      system,
      () => nameFiles,
      refusal => problems.push(describeRefusal(refusal)),
    ),
    kernelHostname: readKernelName(system),
  }
  const {actions, hosts} = planName(facts, hostname, action.hostsAddress, manifest.hosts)
  const isDone = actions.length === 0
  // Until the file is written the line of an earlier run may still stand in it.
  manifest.hosts = isDone ? [hosts] : [hosts, ...manifest.hosts]
  const detail = `${address} is called ${full}`
  return {status: isDone ? 'unchanged' : 'changed', detail, problems, after: full, followUps: actions}
}

function readKernelName({files}: System): string | undefined {
  return files.readText('/proc/sys/kernel/hostname')?.trim()
}
