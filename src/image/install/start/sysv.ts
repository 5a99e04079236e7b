// How SysV init starts the agent: two scripts in /etc/init.d and links in the runlevels, made as the tools of the
// distribution would make them.

import type {Family} from '../../../facts/operating-system.ts'
import {findProgram} from '../../../system/programs.ts'
import type {System} from '../../../system/system.ts'
import {findRunlevels, type InitSystem, type RunlevelPlace} from '../init-system.ts'
import type {Payload} from '../payload.ts'
import {scriptDirectory, sysvScripts} from '../sysv/scripts.ts'
import type {Start, Wanted} from '../wanted.ts'
import {hasDepend, planInsserv} from './insserv.ts'
import {planNumbered} from './numbered.ts'
import {planRunlevelLink} from './runlevel-link.ts'

/** Plans scripts, links, and the lines in .depend.*. */
export function planSysv(system: System, payload: Payload, {kind, operatingSystem}: InitSystem): Start {
  const family = kind === 'chkconfig' ? 'redhat' : headerFamily(operatingSystem.family)
  const texts = sysvScripts.map(name => payload[`${family}/${name}`] ?? '')
  const files = sysvScripts.map((name, index): Wanted => {
    const reason = index === 0 ? 'configures before the network' : "runs the context's scripts"
    return {kind: 'file', path: `${scriptDirectory}/${name}`, content: texts[index]!, mode: 0o755, reason}
  })
  const {wanted, shared} = planLinks(system, kind, texts)
  return {wanted: [...files, ...wanted], shared, tools: findTools(system, kind)}
}

function headerFamily(family: Family): 'debian' | 'redhat' | 'suse' {
  return family === 'suse' || family === 'redhat' ? family : 'debian'
}

function planLinks(system: System, kind: string, texts: readonly string[]): Omit<Start, 'tools'> {
  const place = findRunlevels(system) ?? '/etc'
  if (kind === 'chkconfig')
    return {
      wanted: sysvScripts.flatMap((name, index) => planChkconfig(place, name, texts[index]!)),
      shared: [],
    }
  if (kind === 'insserv' && hasDepend(system)) return planInsserv(system, place, texts)
  return {wanted: planNumbered(system, place, texts), shared: []}
}

/** They find everything as they would make it themselves, unless something else has changed since they last ran. */
function findTools(system: System, kind: string): [string, ...string[]][] {
  const program = kind === 'insserv' || kind === 'chkconfig' ? findProgram(system, kind) : undefined
  if (program === undefined) return []
  return sysvScripts.map(name => (kind === 'insserv' ? [program, name] : [program, '--add', name]))
}

/** `# chkconfig: 2345 9 90`: S09 in these levels, K90 in the others (chkconfig(8)). */
function planChkconfig(place: RunlevelPlace, script: string, text: string): Wanted[] {
  const [, levels = '', start = '', stop = ''] = /^# chkconfig: (\d+) (\d+) (\d+)$/m.exec(text) ?? []
  return ['0', '1', '2', '3', '4', '5', '6'].map(level => {
    const name = levels.includes(level) ? `S${start.padStart(2, '0')}` : `K${stop.padStart(2, '0')}`
    return planRunlevelLink(place, level, `${name}${script}`, script)
  })
}
