// What OneGate was told last in this boot, so that it is not told the same twice. In /run, for root alone.

import {readBootId} from '../../system/clock.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'

const path = '/run/vmcontext/told'

/** Tells whether what goes by this digest was the last that was told. */
export function wasTold(system: System, digest: string): boolean {
  const bootId = readBootId(system.files)
  const record = unlessRefused(
    () => system.files.readText(path),
    () => undefined,
  )
  return bootId !== undefined && record === formatRecord(bootId, digest)
}

/** Notes it. Without the note it is told once more. */
export function noteTold(system: System, digest: string): void {
  unlessRefused(
    () => {
      system.files.makeDirectory('/run/vmcontext')
      const text = formatRecord(readBootId(system.files) ?? '', digest)
      system.files.write(path, text, {mode: 0o600, durable: false})
    },
    () => undefined,
  )
}

function formatRecord(bootId: string, digest: string): string {
  return `${bootId} ${digest}\n`
}
