// Whether anything will do the final stage in this boot: what is installed to do so, and what systemd says of it.

import {checkStart} from '../image/install/check/check.ts'
import {readInitSystem} from '../image/install/init-system.ts'
import {succeeded} from '../system/commands.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {Stand} from './stand.ts'

/** Why nothing more is to be expected, and what to do about it; undefined: it is. */
export type NothingToCome = {reason: string; cure: string} | undefined

/** Says why the final stage will not be done in this boot. */
export async function whyNothingComes(system: System, {stagesDone}: Stand): Promise<NothingToCome> {
  if (!system.live) return {reason: 'nothing runs on an image', cure: 'boot it'}
  const unplanned = whyNotPlanned(system, stagesDone.length > 0)
  if (unplanned !== undefined) return unplanned
  const reason = await askSystemd(system)
  return reason === undefined ? undefined : {reason, cure: 'vmcontext boot does it now; vmcontext doctor'}
}

function whyNotPlanned(system: System, hasBegun: boolean): NothingToCome {
  return unlessRefused(
    () => {
      const {kind} = readInitSystem(system)
      const {lines, problems} = checkStart(system, kind)
      // The one script of the manual does both stages; elsewhere each stage has a service of its own.
      const needsFinal = ['systemd', 'openrc', 'upstart'].includes(kind)
      const missing = needsFinal
        ? problems.find(({message}) => message.includes('vmcontext-final'))
        : undefined
      if (missing !== undefined) return {reason: missing.message, cure: missing.cure ?? 'vmcontext install'}
      // Whoever has begun by means of his own may go on by them.
      if (lines.length > 0 || hasBegun) return undefined
      return {reason: 'nothing starts the agent at boot', cure: 'vmcontext install'}
    },
    () => undefined,
  )
}

const unit = 'vmcontext-final.service'

/** What systemd has made of the final stage, if it will do nothing more about it. */
async function askSystemd(system: System): Promise<string | undefined> {
  if (!system.files.status('/run/systemd/system')?.isDirectory()) return undefined
  const shown = await ask(system, 'show', '--property=ActiveState,Job', unit)
  if (shown === undefined || /^Job=[1-9]/m.test(shown)) return undefined
  const active = /^ActiveState=(.*)$/m.exec(shown)?.[1]
  if (active === 'failed') return `${unit} has failed (systemctl status ${unit})`
  if (active === 'active') return `${unit} has ended and left no report (systemctl status ${unit})`
  if (active !== 'inactive') return undefined
  const manager = (await ask(system, 'is-system-running'))?.trim()
  const isOver = manager === 'running' || manager === 'degraded' || manager === 'maintenance'
  return isOver ? `systemd has ended this boot without starting ${unit}` : undefined
}

async function ask(system: System, ...words: string[]): Promise<string | undefined> {
  const result = await system.run({argv: ['systemctl', ...words], timeoutMs: 5000})
  // is-system-running answers with its exit code as well (systemctl(1)).
  const isAnswer = succeeded(result) || words[0] === 'is-system-running'
  return isAnswer ? result.output : undefined
}
