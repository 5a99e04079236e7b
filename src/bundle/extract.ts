// A guest of a bundle as a scenario (test/scenarios.test.ts): what it was becomes files again.

import type {Link} from '../facts/network/links.ts'
import {readLinks} from '../facts/network/links.ts'
import type {TreeEntry} from '../system/lay-out.ts'
import {type Guest, recallGuest} from './guest.ts'
import {isKind, type Trace, type Traces} from './traces.ts'

/** What belongs to the kernel, and what the agent noted about it, is not a file of the guest's. */
const ofTheKernel = /^\/(proc|sys|dev)(\/|$)/

/** Describes the directory of a scenario, and the command that plans for it. */
export function describeScenario(guest: Guest): {entries: TreeEntry[]; command(path: string): string} {
  const {contextTraces, source, overrides} = guest
  const found = source?.state === 'found' ? source : undefined
  const links = formatLinks(guest.links ?? (guest.live ? readLinks(recallGuest(guest).system) : []))
  const options = overrides.flatMap(({name, value}) => ['--set', `${name}=${value}`])
  const text = (name: string, content: string): TreeEntry => ({name, bytes: Buffer.from(content)})
  const entries = [
    {name: 'root', directory: true} as const,
    ...describeTree('root', '', guest.traces),
    ...(found === undefined ? [] : describeContext(found, contextTraces)),
    ...(links === '' ? [] : [text('links', links)]),
    ...(options.length === 0 ? [] : [text('options', `${options.join('\n')}\n`)]),
  ]
  const context = found === undefined ? '' : ' --context CASE/context'
  const nics = links === '' ? '' : ' --links CASE/links'
  const command = `vmcontext plan --root CASE/root${context}${nics}`
  return {entries, command: path => command.replaceAll('CASE', () => path.replace(/\/$/, ''))}
}

/** Files whose bytes are not in the bundle are empty: whether they are there is often all that matters. */
function describeTree(top: string, directory: string, traces: Traces): TreeEntry[] {
  return [...traces].flatMap(([path, trace]): TreeEntry[] => {
    const name = `${top}${path.slice(directory.length)}`
    const {status, link, content} = trace
    if (!status || ofTheKernel.test(path) || path === '/' || isBelowFile(traces, path))
      return listed(name, trace, traces, path)
    const about = {name, mode: status.mode & 0o7777, owner: {uid: status.uid, gid: status.gid}}
    if (isKind('isSymbolicLink', status)) return link === undefined ? [] : [{...about, link}]
    if (isKind('isDirectory', status))
      return [{...about, directory: true}, ...listed(name, trace, traces, path)]
    return isKind('isFile', status) ? [{...about, bytes: content ?? Buffer.alloc(0)}] : []
  })
}

/** Names in a directory that nobody looked at closer. */
function listed(name: string, {names = []}: Trace, traces: Traces, path: string): TreeEntry[] {
  if (ofTheKernel.test(path)) return []
  const unseen = names.filter(
    each => !/[/\0]|^\.\.?$/.test(each) && !traces.has(`${path === '/' ? '' : path}/${each}`),
  )
  return unseen.map(each => ({name: `${name}/${each}`, bytes: Buffer.alloc(0)}))
}

/** A bundle of others may say so; no tree of files has it. */
function isBelowFile(traces: Traces, path: string): boolean {
  const parts = path.split('/').slice(1, -1)
  const above = parts.map((_, index) => traces.get(`/${parts.slice(0, index + 1).join('/')}`))
  return above.some(trace => trace?.status && !isKind('isDirectory', trace.status))
}

function describeContext(source: {directory: string; contextFile: string}, traces: Traces): TreeEntry[] {
  const entries = describeTree('context', source.directory, traces)
  // A scenario's context is a directory, and what is in it is called as on a disc.
  return entries.map(entry => ({
    ...entry,
    mode: 'directory' in entry ? 0o755 : 0o644,
    owner: undefined,
    name: entry.name === `context/${source.contextFile}` ? 'context/context.sh' : entry.name,
  }))
}

function formatLinks(links: readonly Link[]): string {
  return links
    .map(({name, mac, pciAddress}) => `${[name, mac, pciAddress].filter(Boolean).join(' ')}\n`)
    .join('')
}
