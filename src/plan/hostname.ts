// The host name step: the kernel's name, the file that brings it back at the next boot, and a line in /etc/hosts.

import type {Action, WriteAction} from '../action.ts'
import type {Hostname} from '../context/hostname.ts'
import type {Facts} from '../facts/facts.ts'
import type {FileTree} from '../facts/files.ts'
import type {Network} from '../network/model.ts'
import {setSysconfigVariable} from '../network/sysconfig-file.ts'
import type {HostsLine} from '../report/manifest.ts'
import {editHosts, type HostsEntry} from './hosts-file.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

const hostsPath = '/etc/hosts'
const sysconfigPath = '/etc/sysconfig/network'
/** Every file that holds a name on some distribution. */
export const nameFiles: readonly string[] = ['/etc/hostname', '/etc/HOSTNAME', hostsPath, sysconfigPath]
const emptyHosts = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'

export type HostnamePlan = StepPlan & {hosts?: HostsLine | undefined}

/** Plans the host name. `hosts` is the line of /etc/hosts that is ours from now on. */
export function planHostname(input: PlanInput, network: Network): HostnamePlan {
  const problems = [...input.contextProblems.hostname]
  const hostname = input.context?.hostname
  if (hostname === undefined) return nothingAsked(problems)
  const {facts, manifest} = input
  const {entry, ...deeds} = planName(facts, hostname, firstStaticAddress(network), manifest.hosts)
  return {summary: hostname.full, problems, request: {hostname, entry}, ...deeds}
}

/** What has to be known to give a guest a name. */
export type NameFacts = Pick<Facts, 'live' | 'os' | 'files' | 'kernelHostname'>

/** Plans everything that has to do with a name. `address` is the one it may stand beside in /etc/hosts. */
export function planName(
  facts: NameFacts,
  hostname: Hostname,
  address: string | undefined,
  ours: readonly HostsLine[],
): {actions: Action[]; hosts: HostsLine; entry: HostsEntry} {
  const actions: Action[] = planNameFiles(facts, hostname)
  if (facts.live && facts.kernelHostname !== hostname.short)
    actions.push({kind: 'set-hostname', name: hostname.short})
  const entry = chooseHostsEntry(facts, hostname, address)
  const before = facts.files.get(hostsPath)
  const {text, hosts} = editHosts(before?.content ?? emptyHosts, entry, ours)
  if (text !== before?.content) actions.push({kind: 'write', path: hostsPath, content: text, mode: 0o644})
  return {actions, hosts, entry}
}

/** The address that stands in the network's files, and so is the same at the next boot. */
export function firstStaticAddress({nics}: Network): string | undefined {
  return nics.flatMap(nic => nic.ipv4?.addresses ?? [])[0]?.address
}

/**
 * The files that hold the name, by what the distribution reads at boot (contract §3): `/etc/hostname` the first
 * label, `/etc/HOSTNAME` and `/etc/sysconfig/network` the whole name.
 */
function planNameFiles(facts: NameFacts, {full, short}: Hostname): WriteAction[] {
  const {files} = facts
  const {family, version = 99} = facts.os
  const modern = write(files, '/etc/hostname', `${short}\n`)
  if (family === 'redhat') {
    const path = sysconfigPath
    const text = files.get(path)?.content ?? ''
    const isRead = version < 7 || /^\s*HOSTNAME=/m.test(text)
    const old = isRead ? write(files, path, setSysconfigVariable(text, 'HOSTNAME', full)) : []
    return version < 7 ? old : [...old, ...modern]
  }
  // openSUSE 13.1 and SLES 12 moved the name to /etc/hostname and left a link at the old place.
  const isOld = family === 'suse' && version < (facts.os.id.startsWith('opensuse') ? 13.1 : 12)
  return isOld ? write(files, '/etc/HOSTNAME', `${full}\n`) : modern
}

function write(files: FileTree, path: string, content: string): WriteAction[] {
  return files.get(path)?.content === content ? [] : [{kind: 'write', path, content, mode: 0o644}]
}

/**
 * `127.0.1.1` on Debian (Debian policy, hostname(1)); elsewhere the first static address, or 127.0.0.1 behind
 * localhost where there is none.
 */
function chooseHostsEntry(
  facts: NameFacts,
  {full, short}: Hostname,
  address: string | undefined,
): HostsEntry {
  const names = full === short ? [full] : [full, short]
  if (facts.os.family === 'debian') return {address: '127.0.1.1', names}
  return address === undefined ? {address: '127.0.0.1', names, after: ['localhost']} : {address, names}
}
