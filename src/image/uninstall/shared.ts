// What is ours among things of others: lines in their files, links that had to make room, and links that somebody else,
// or a tool, has made to our scripts and units.

import {posix} from 'node:path'
import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {withoutMdevLines} from '../install/parts.ts'
import type {InstallRecord} from '../install/record.ts'
import {formatDepend, parseDepend, withoutScript} from '../install/sysv/depend.ts'
import {sysvScripts} from '../install/sysv/scripts.ts'
import {listRunlevels} from '../take-over/services.ts'

/** Plans that every link goes by which something would still start what is removed. */
export function planLinks(system: System, {files: installed}: InstallRecord): Deed[] {
  const {files} = system
  const names = [...Object.keys(installed).map(path => posix.basename(path)), ...sysvScripts]
  const isOurs = (path: string, name: string) => {
    const target = files.readLink(path)
    return target !== undefined && names.includes(name) && posix.basename(target) === name
  }
  const links = [
    ...listRunlevels(system).map(directory => ({directory, start: /^[SK]\d\d/})),
    ...files.list('/etc/runlevels').map(level => ({directory: `/etc/runlevels/${level}`, start: /^/})),
    ...files
      .list('/etc/systemd/system')
      .filter(name => /\.(wants|requires)$/.test(name))
      .map(name => ({directory: `/etc/systemd/system/${name}`, start: /^/})),
  ].flatMap(({directory, start}) =>
    files
      .list(directory)
      .filter(name => start.test(name) && isOurs(`${directory}/${name}`, name.replace(start, '')))
      .map(name => `${directory}/${name}`),
  )
  return links
    .filter(path => installed[path] === undefined)
    .map(path => ({kind: 'remove', path, reason: 'it starts the agent'}))
}

/** Plans that links of others are called what they were called before. */
export function planRenames({files}: System, {renamed}: InstallRecord): Deed[] {
  // The first in the order of a boot goes first: a run that is killed leaves gaps and no two in one place.
  const inOrder = Object.entries(renamed).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return inOrder.flatMap(([now, before]): Deed[] => {
    if (files.readLink(now) === undefined || files.linkStatus(before) !== undefined) return []
    return [{kind: 'rename', path: now, to: before, reason: 'it had made room for the agent'}]
  })
}

type Edit = {path: string; edit: (text: string) => string}

const withoutOurScripts = (text: string) => {
  const depend = parseDepend(text)
  const others = sysvScripts.reduce((rest, script) => withoutScript(rest, script), depend)
  return others.targets.length === depend.targets.length ? text : formatDepend(others)
}

const edits: readonly Edit[] = [
  {path: '/etc/init.d/.depend.boot', edit: withoutOurScripts},
  {path: '/etc/init.d/.depend.start', edit: withoutOurScripts},
  {path: '/etc/mdev.conf', edit: withoutMdevLines},
]

/** Files of others that have lines of ours. */
export const sharedPaths = edits.map(({path}) => path)

/** Plans that our lines leave files of others. */
export function planEdits({files}: System): Deed[] {
  return edits.flatMap(({path, edit}): Deed[] => {
    const [text, status] = [files.readText(path), files.status(path)]
    if (text === undefined || status === undefined) return []
    const content = edit(text)
    if (content === text) return []
    const {uid, gid, mode} = status
    const reason = 'without the lines of the agent'
    return [{kind: 'write', path, content, mode: mode & 0o7777, owner: {uid, gid}, reason}]
  })
}

/**
 * Names scripts that get their links back on an image and that startpar will not start all the same: an insserv that
 * ran in the guest meanwhile has taken them out of .depend.start.
 */
export function findDeadLinks({files, live}: System, {displaced}: InstallRecord): Problem[] {
  const path = '/etc/init.d/.depend.start'
  const {targets} = parseDepend(files.readText(path) ?? '')
  if (live || targets.length === 0) return []
  const scripts = Object.keys(displaced).flatMap(link => /\/rc[2-5]\.d\/S\d\d(.+)$/.exec(link)?.[1] ?? [])
  const dead = [...new Set(scripts)].filter(script => !targets.includes(script))
  return dead.map(script => {
    const message = `${script} has its links back, and is not started by them as long as it is not named here`
    return {code: 'deed-left-out', file: path, message, cure: 'run insserv in the guest'}
  })
}
