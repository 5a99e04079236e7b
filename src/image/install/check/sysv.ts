// Whether SysV init will run our scripts: the links of the runlevel that is booted, their order, and where startpar(8)
// starts scripts, what .depend.* says.

import type {Problem} from '../../../problem.ts'
import type {System} from '../../../system/system.ts'
import {findRunlevels, type InitKind} from '../init-system.ts'
import {dependPath, hasDepend} from '../start/insserv.ts'
import {findAllBehind, parseDepend} from '../sysv/depend.ts'
import {parseStartLinks, type StartLink} from '../sysv/numbers.ts'
import {scriptDirectory, sysvScripts} from '../sysv/scripts.ts'
import {notStarted, type StartCheck} from './check.ts'

/** The scripts that bring up the network, by distribution. */
const networkScripts = ['networking', 'network', 'NetworkManager', 'ifupdown']

/** Checks both scripts. */
export function checkSysv(system: System, kind: InitKind): StartCheck {
  const level = readDefaultLevel(system)
  const isMakefile = kind === 'insserv' && hasDepend(system)
  const checks = sysvScripts.map(script => checkScript(system, script, level, isMakefile))
  return {
    lines: checks.flatMap(each => each.lines),
    problems: checks.flatMap(each => each.problems),
    networkBefore: findNetwork(system, level).filter(name => !isBefore(system, name, level, isMakefile)),
  }
}

/** `id:2:initdefault:`; upstart on Red Hat reads the same line. */
function readDefaultLevel(system: System): string {
  const text = system.files.readText('/etc/inittab') ?? ''
  const level = /^[^#:\n]*:([0-6]):initdefault:/m.exec(text)?.[1]
  const isDebian = findRunlevels(system) === '/etc'
  return level ?? (isDebian ? '2' : '3')
}

function checkScript(system: System, script: string, level: string, isMakefile: boolean): StartCheck {
  const why = whyNot(system, script, level, isMakefile)
  if (why !== undefined) return {lines: [], problems: [notStarted(script, why)]}
  const isLocal = script === sysvScripts[0]
  const words = isLocal ? describeOrder(system, level, isMakefile) : 'last'
  const problems: Problem[] = []
  return {lines: [`SysV init will run ${script} ${words}`], problems}
}

function whyNot(system: System, script: string, level: string, isMakefile: boolean): string | undefined {
  const {files} = system
  const status = files.status(`${scriptDirectory}/${script}`)
  if (!status?.isFile()) return `there is no ${scriptDirectory}/${script}`
  if ((status.mode & 0o100) === 0) return `${scriptDirectory}/${script} is not executable`
  const links = readLinks(system, level).filter(link => link.script === script)
  if (links.length === 0) return `no link in runlevel ${level}, which this guest boots into`
  if (!isMakefile) return undefined
  const {targets} = parseDepend(files.readText(dependPath('start')) ?? '')
  return targets.includes(script) ? undefined : `${dependPath('start')} does not name it`
}

/** The links of a runlevel that lead to something. */
function readLinks(system: System, level: string): StartLink[] {
  const directory = `${findRunlevels(system) ?? '/etc'}/rc${level}.d`
  const links = parseStartLinks(system.files.list(directory))
  return links.filter(({name}) => system.files.status(`${directory}/${name}`)?.isFile())
}

function describeOrder(system: System, level: string, isMakefile: boolean): string {
  const network = findNetwork(system, level)
  const later = network.filter(name => isBefore(system, name, level, isMakefile))
  if (later.length > 0) return `before ${later.join(' and ')}`
  return network.length === 0
    ? `in runlevel ${level}`
    : `in runlevel ${level}, behind the network: it brings up what it changes`
}

/** The scripts of the network that are started. */
function findNetwork(system: System, level: string): string[] {
  const links = [...readLinks(system, 'S'), ...readLinks(system, level)]
  return networkScripts.filter(name => links.some(({script}) => script === name))
}

function isBefore(system: System, network: string, level: string, isMakefile: boolean): boolean {
  const [script] = sysvScripts
  for (const [stage, name] of [
    ['boot', 'S'],
    ['start', level],
  ] as const) {
    const links = readLinks(system, name)
    const [own, other] = [script, network].map(each => links.find(link => link.script === each))
    if (own === undefined) continue
    if (other === undefined) return name === 'S'
    if (!isMakefile) return own.name < other.name
    const depend = parseDepend(system.files.readText(dependPath(stage)) ?? '')
    return depend.targets.includes(script) && findAllBehind(depend, network).has(script)
  }
  return false
}
