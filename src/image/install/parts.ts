// Everything that is installed on a root, whatever it boots with.

import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {InitKind, InitSystem} from './init-system.ts'
import {isSysv} from './init-system.ts'
import type {Payload} from './payload.ts'
import {planBusybox, planOpenrc, planUpstart} from './start/others.ts'
import {planSystemd} from './start/systemd.ts'
import {planSysv} from './start/sysv.ts'
import {readSurroundings, type Surroundings} from './surroundings.ts'
import type {SharedChange, Start, Wanted} from './wanted.ts'

/** Plans the helpers and what starts the agent; the program itself not. */
export function planParts(
  system: System,
  payload: Payload,
  init: InitSystem,
  {isPackaged, takesOver}: {isPackaged: boolean; takesOver: boolean},
): Start {
  const surroundings = readSurroundings(system, takesOver)
  const start = planStart(system, payload, init, isPackaged, surroundings)
  const helpers = [
    ...planHotPlug(payload, surroundings),
    ...planVmware(init.kind, surroundings),
    ...planContainer(payload, init.kind, surroundings),
    ...planDocuments(system, payload),
  ]
  const wanted = [...helpers, ...start.wanted].filter(each => !isPackaged || !isOfPackage(system, each))
  return {wanted, shared: [...planMdev(system, payload, surroundings), ...start.shared], tools: start.tools}
}

function planStart(
  system: System,
  payload: Payload,
  init: InitSystem,
  isPackaged: boolean,
  surroundings: Surroundings,
): Start {
  if (init.kind === 'systemd') return planSystemd(system, payload, isPackaged, surroundings)
  if (isSysv(init.kind)) return planSysv(system, payload, init)
  if (init.kind === 'openrc') return planOpenrc(system, payload, isPackaged)
  if (init.kind === 'upstart') return planUpstart(payload)
  if (init.kind === 'busybox') return planBusybox(system, payload)
  return {wanted: [], shared: [], tools: []}
}

/** A package brings what lies in /usr; and whatever else it has brought is its own. */
function isOfPackage({files}: System, wanted: Wanted): boolean {
  if (wanted.kind === 'link') return false
  if (wanted.path.startsWith('/usr/')) return true
  if (wanted.path.startsWith('/etc/udev/') || wanted.path === '/etc/vmcontext.conf') return true
  return wanted.path.startsWith('/etc/init.d/') && files.status(wanted.path) !== undefined
}

function planHotPlug(payload: Payload, {deviceManager}: Surroundings): Wanted[] {
  const files = [
    ['/usr/lib/vmcontext/hot-plug', 'hot-plug/hot-plug', 0o755],
    ['/etc/udev/rules.d/70-vmcontext.rules', 'udev/70-vmcontext.rules', 0o644],
  ] as const
  const wanted = files.map(([path, source, mode]): Wanted => {
    const reason = 'sees to cards and discs that come later'
    return {kind: 'file', path, content: payload[source] ?? '', mode, reason}
  })
  return deviceManager === 'udev' ? wanted : wanted.slice(0, 1)
}

/** mdev takes the first line that fits, hence ours before all others. */
function planMdev({files}: System, payload: Payload, {deviceManager}: Surroundings): SharedChange[] {
  if (deviceManager !== 'mdev') return []
  const path = '/etc/mdev.conf'
  const text = files.readText(path) ?? ''
  const lines = (payload['mdev/mdev.conf'] ?? '')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  const others = withoutMdevLines(text)
  const content = `${lines.join('\n')}\n${others}`
  if (content === text) return []
  const mode = (files.status(path)?.mode ?? 0o644) & 0o7777
  return [{kind: 'edit', path, content, mode, reason: 'tells of cards and discs that come later'}]
}

/** The text of mdev.conf without our lines. */
export function withoutMdevLines(text: string): string {
  const isOurs = (line: string) => line.includes('*/usr/lib/vmcontext/hot-plug')
  return text
    .split('\n')
    .filter(line => !isOurs(line))
    .join('\n')
}

/** With systemd a timer asks; elsewhere cron. */
function planVmware(kind: InitKind, {hasVmwareTools}: Surroundings): Wanted[] {
  if (!hasVmwareTools || kind === 'systemd') return []
  const content =
    '# Nothing tells a guest that its context in guestinfo has changed: looks once a minute.\n' +
    '* * * * * root /usr/lib/vmcontext/hot-plug poll\n'
  const reason = 'looks for a changed context in guestinfo'
  return [{kind: 'file', path: '/etc/cron.d/vmcontext', content, mode: 0o644, reason}]
}

/** OpenNebula's LXC driver calls it by this name; under systemd a unit has it as an alias. */
function planContainer(payload: Payload, kind: InitKind, surroundings: Surroundings): Wanted[] {
  const isWanted = surroundings.isForContainers && !surroundings.hasOneContext
  if (!isWanted || (kind !== 'openrc' && !isSysv(kind))) return []
  const name = kind === 'openrc' ? 'openrc' : 'sysv'
  return [
    {
      kind: 'file',
      path: '/etc/init.d/one-context-reconfigure',
      content: payload[`lxc/one-context-reconfigure.${name}`] ?? '',
      mode: 0o755,
      reason: 'called by the LXC driver when the context has changed',
    },
  ]
}

/** Where each shell looks for completions. */
const completions = [
  ['bash', 'completions/vmcontext.bash', '/usr/share/bash-completion/completions/vmcontext'],
  ['zsh', 'completions/_vmcontext', '/usr/share/zsh/site-functions/_vmcontext'],
  ['fish', 'completions/vmcontext.fish', '/usr/share/fish/vendor_completions.d/vmcontext.fish'],
] as const

/** `man/vmcontext.8` belongs into section 8. */
function manualPath(source: string): string {
  return `/usr/share/man/man${source.at(-1)}/${source.slice('man/'.length)}`
}

function planDocuments(system: System, payload: Payload): Wanted[] {
  const text = (path: string, source: string, reason: string): Wanted => {
    return {kind: 'file', path, content: payload[source] ?? '', mode: 0o644, reason}
  }
  const shells = completions.filter(([shell]) => findProgram(system, shell) !== undefined)
  return [
    ...Object.keys(payload)
      .filter(source => source.startsWith('man/'))
      .map(source => text(manualPath(source), source, 'the manual')),
    ...Object.keys(payload)
      .filter(source => source.startsWith('schema/'))
      .map(source => text(`/usr/share/doc/vmcontext/${source}`, source, 'what --json prints')),
    ...shells.map(([shell, source, path]) => text(path, source, `completions of ${shell}`)),
    {...text('/etc/vmcontext.conf', 'vmcontext.conf', 'an example, all in comments'), isExample: true},
  ]
}
