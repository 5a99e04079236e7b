// What has been done in this boot. It lies in /run and names the boot it belongs to; under another boot it is void.

import type {StepName} from '../steps.ts'
import {readBootId} from '../system/clock.ts'
import type {System} from '../system/system.ts'

export const statePath = '/run/vmcontext/boot.json'

/** The digests of the steps that succeeded in this boot. */
export type BootState = Partial<Record<StepName, string>>

/** Reads what this boot has done so far; nothing if the record is of another boot, or of none that can be told. */
export function readBootState(system: System): BootState {
  try {
    const record = JSON.parse(system.files.readText(statePath) ?? '{}') as {
      bootId?: string
      steps?: BootState
    }
    const bootId = readBootId(system.files)
    return bootId !== undefined && record.bootId === bootId ? (record.steps ?? {}) : {}
  } catch {
    return {}
  }
}

/** Notes what this boot has done. */
export function writeBootState(system: System, steps: BootState): void {
  const text = JSON.stringify({bootId: readBootId(system.files), steps})
  system.files.makeDirectory('/run/vmcontext')
  system.files.write(statePath, `${text}\n`, {mode: 0o600, durable: false})
}
