// The order in which SysV init runs the agent and the network: links, what startpar(8) goes by, and what the header of
// the script says to insserv(8), which orders everything anew whenever a package is installed.

import type {StartCheck} from '../../image/install/check/check.ts'
import {findRunlevels, type InitKind, isSysv} from '../../image/install/init-system.ts'
import {dependPath, hasDepend} from '../../image/install/start/insserv.ts'
import {parseDepend} from '../../image/install/sysv/depend.ts'
import {parseLsbHeader} from '../../image/install/sysv/lsb.ts'
import {parseStartLinks} from '../../image/install/sysv/numbers.ts'
import {scriptDirectory, sysvScripts} from '../../image/install/sysv/scripts.ts'
import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import {doubtful, note} from '../problems.ts'

const [script] = sysvScripts

/** Checks it. The agent brings up by itself what it changes behind the network, but whoever needs it early waits. */
export function checkSysvOrder(
  system: System,
  kind: InitKind,
  {problems, networkBefore = []}: StartCheck,
  cure: string,
): Problem[] {
  if (!isSysv(kind) || problems.length > 0) return []
  const dead = kind === 'insserv' && hasDepend(system) ? findDeadLinks(system, cure) : []
  return [...dead, ...checkHeader(system, kind, cure), ...describeLate(kind, networkBefore, dead, cure)]
}

/** Links that are there, and that startpar passes over. */
function findDeadLinks(system: System, cure: string): Problem[] {
  const directory = `${findRunlevels(system) ?? '/etc'}/rcS.d`
  const link = parseStartLinks(system.files.list(directory)).find(each => each.script === script)
  const {targets} = parseDepend(system.files.readText(dependPath('boot')) ?? '')
  if (link === undefined || targets.includes(script)) return []
  const message = `${directory}/${link.name} is a dead link: ${dependPath('boot')} does not name it, so it is not run`
  return [doubtful({message, cure})]
}

function checkHeader({files}: System, kind: InitKind, cure: string): Problem[] {
  if (kind !== 'insserv') return []
  const file = `${scriptDirectory}/${script}`
  const {startBefore, provides} = parseLsbHeader(files.readText(file) ?? '')
  if (startBefore.some(name => /^(networking|network)$/.test(name))) return []
  const what = provides.length === 0 ? 'there is no LSB header' : 'X-Start-Before does not name the network'
  const message = `${what}, so insserv may put it behind the network`
  return [doubtful({file, message, cure})]
}

/** Where nothing orders scripts but their numbers, the manual's own link is run behind the network, and means to. */
function describeLate(
  kind: InitKind,
  networkBefore: readonly string[],
  dead: readonly Problem[],
  cure: string,
): Problem[] {
  if (networkBefore.length === 0 || dead.length > 0) return []
  const message = `the agent is started behind ${networkBefore.join(' and ')}, and has to bring up again what it changes`
  const isMeant = kind === 'update-rc.d' || kind === 'sysv'
  return [isMeant ? note({message}) : doubtful({message, cure})]
}
