// Checks the start of the agent at boot: whether anything starts it, and whether that is before the network.

import {programPath} from '../../image/install/agent-program.ts'
import {checkStart} from '../../image/install/check/check.ts'
import {type InitKind, initWords, readInitSystem} from '../../image/install/init-system.ts'
import {hasFailure, type Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import type {Check, Finding} from '../check.ts'
import {wrong} from '../problems.ts'
import {askSystemd} from './ask-systemd.ts'
import {checkSysvOrder} from './sysv-order.ts'
import {checkUnitOrder} from './unit-order.ts'

export const startCheck: Check = {
  id: 'start',
  title: 'the start of the agent at boot',
  async examine({system, prepared}) {
    const {kind} = readInitSystem(system)
    const start = checkStart(system, kind)
    if (isAbsent(system, start.problems)) return describeAbsence(system, kind)
    const order = kind === 'systemd' ? checkUnitOrder(system, prepared.facts.services) : []
    const live = system.live && kind === 'systemd' ? await askSystemd(system) : []
    const problems = [
      ...start.problems.map(problem => ({...problem, cure: problem.cure ?? cureOf(system)})),
      ...order,
      ...checkSysvOrder(system, kind, start, cureOf(system)),
      // What the files say is not said again.
      ...(hasFailure(order) ? live.filter(problem => !hasFailure([problem])) : live),
    ]
    return {facts: problems.length === 0 ? start.lines : [], problems}
  },
}

/** Neither the program nor anything that would start it. */
function isAbsent({files}: System, problems: readonly Problem[]): boolean {
  return problems.length > 1 && files.status(programPath) === undefined
}

function describeAbsence(system: System, kind: InitKind): Finding {
  const message = `vmcontext is not installed on this guest, which boots with ${initWords[kind]}`
  return {facts: [], problems: [wrong({message, cure: cureOf(system)})]}
}

function cureOf({root, live}: System): string {
  return live ? 'vmcontext install' : `vmcontext install --root ${root}`
}
