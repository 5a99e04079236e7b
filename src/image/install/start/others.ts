// How OpenRC, upstart and busybox's init start the agent.

import {findProgram} from '../../../system/programs.ts'
import type {System} from '../../../system/system.ts'
import type {Payload} from '../payload.ts'
import {parseStartLinks} from '../sysv/numbers.ts'
import type {Start, Wanted} from '../wanted.ts'

/**
 * The services of OpenRC, by the runlevel that each is in. Debian's openrc puts all of rcS into sysinit, networking too:
 * in `boot` the agent would come behind it.
 */
export function openrcServices({files}: System): {vmcontext: string; 'vmcontext-final': string} {
  const networks = ['networking', 'network', 'NetworkManager', 'net.eth0']
  const isEarly = files.list('/etc/runlevels/sysinit').some(name => networks.includes(name))
  return {vmcontext: isEarly ? 'sysinit' : 'boot', 'vmcontext-final': 'default'}
}

/** Plans what `rc-update add` makes: a link in a runlevel. The .deb has its scripts of SysV init run by OpenRC. */
export function planOpenrc(system: System, payload: Payload, isPackaged: boolean): Start {
  if (isPackaged && system.files.status('/etc/init.d/vmcontext.sh') !== undefined)
    return {wanted: [], shared: [], tools: []}
  const wanted = Object.entries(openrcServices(system)).flatMap(([name, level]): Wanted[] => [
    {
      kind: 'file',
      path: `/etc/init.d/${name}`,
      content: payload[`openrc/${name}`] ?? '',
      mode: 0o755,
      reason: `a service of the runlevel ${level}`,
    },
    {
      kind: 'link',
      path: `/etc/runlevels/${level}/${name}`,
      target: `/etc/init.d/${name}`,
      reason: `starts ${name} in the runlevel ${level}`,
    },
  ])
  const program = findProgram(system, 'rc-update')
  // Nothing but the cache of who waits for whom.
  return {wanted, shared: [], tools: program === undefined ? [] : [[program, '-u']]}
}

/** Plans jobs. upstart watches the directory by itself, and what stands there is enabled. */
export function planUpstart(payload: Payload): Start {
  const paths = Object.keys(payload).filter(path => path.startsWith('upstart/'))
  const wanted = paths.map(
    (path): Wanted => ({
      kind: 'file',
      path: `/etc/init/${path.slice('upstart/'.length)}`,
      content: payload[path]!,
      mode: 0o644,
      reason: /^description "(.*)"$/m.exec(payload[path]!)?.[1] ?? 'a job',
    }),
  )
  return {wanted, shared: [], tools: []}
}

/**
 * Plans the scripts that rcS of busybox, as Buildroot has it, runs in the order of their names: one right before the
 * network, one at the end. A name in .sh would be read into rcS itself.
 */
export function planBusybox({files}: System, payload: Payload): Start {
  const others = parseStartLinks(files.list('/etc/init.d')).filter(({script}) => !isOurs(script))
  const network = others.filter(({script}) => /^(network|ifup|connman|dhcpcd)/.test(script))
  const first = network.length === 0 ? 2 : Math.min(...network.map(link => link.number))
  const number = Math.max(1, first - 1)
  const names = {local: `S${String(number).padStart(2, '0')}vmcontext`, final: 'S99vmcontext-final'}
  const scripts = [
    [names.local, 'debian/vmcontext.sh', 'configures before the network'],
    [names.final, 'debian/vmcontext-final.sh', "runs the context's scripts"],
  ] as const
  const wanted = scripts.map(([name, source, reason]): Wanted => {
    return {kind: 'file', path: `/etc/init.d/${name}`, content: payload[source] ?? '', mode: 0o755, reason}
  })
  return {wanted, shared: [], tools: []}
}

function isOurs(script: string): boolean {
  return script === 'vmcontext' || script === 'vmcontext-final'
}
