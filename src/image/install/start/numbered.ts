// Links of SysV init where their numbers alone are the order, and belong to others: the manual's S01 in the runlevels,
// and one before the network in rcS.d where there is room between the mounts and the network.

import type {System} from '../../../system/system.ts'
import type {RunlevelPlace} from '../init-system.ts'
import {parseLsbHeader} from '../sysv/lsb.ts'
import {formatStartLink, parseStartLinks} from '../sysv/numbers.ts'
import {readScripts, resolveNames, sysvScripts} from '../sysv/scripts.ts'
import type {Wanted} from '../wanted.ts'
import {planRunlevelLink} from './runlevel-link.ts'

const levels = ['2', '3', '4', '5'] as const
const last = 99

/** Plans the links. */
export function planNumbered(system: System, place: RunlevelPlace, texts: readonly string[]): Wanted[] {
  const [local, final] = sysvScripts
  return [
    ...planBeforeNetwork(system, place, texts[0]!),
    ...levels.map(level => planRunlevelLink(place, level, formatStartLink(local, 1), local)),
    ...levels.map(level => planRunlevelLink(place, level, formatStartLink(final, last), final)),
  ]
}

/** Debian before insserv: S35mountall.sh, S40networking. The names are those of before there were headers. */
function planBeforeNetwork(system: System, place: RunlevelPlace, text: string): Wanted[] {
  const links = parseStartLinks(system.files.list(`${place}/rcS.d`))
  const {startBefore} = parseLsbHeader(text)
  const names = links.map(({script}) => script)
  const before = resolveNames(readScripts(system), startBefore, names)
  const mounts = links.filter(({script}) => /^(mountall|checkroot|checkfs|mountdevsubfs|udev)/.test(script))
  const number = Math.min(...links.filter(link => before.includes(link.script)).map(link => link.number)) - 1
  // vmcontext.sh comes behind a mountall.sh of the same number.
  const isRoom = Number.isFinite(number) && mounts.length > 0 && mounts.every(link => link.number <= number)
  const [local] = sysvScripts
  return isRoom ? [planRunlevelLink(place, 'S', formatStartLink(local, number), local)] : []
}
