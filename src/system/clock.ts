// When: the kernel's own names for this boot and for the moment a process was started. Wall-clock time is not to be
// trusted at boot; these are.

import type {Files} from './files.ts'

/** The kernel's name for the current boot; undefined where /proc is not there, as on an image tree. */
export function readBootId(files: Files): string | undefined {
  return files.readText('/proc/sys/kernel/random/boot_id')?.trim()
}

/** Milliseconds since the kernel was started, whatever the clock was set to meanwhile (proc_uptime(5)). */
export function readUptimeMs(files: Files): number | undefined {
  const seconds = Number.parseFloat(files.readText('/proc/uptime') ?? '')
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined
}

/** The moment a process was started, in ticks since boot (proc_pid_stat(5), field 22); undefined if it is gone. */
export function readStartTime(files: Files, pid: number): string | undefined {
  const line = files.readText(`/proc/${pid}/stat`)
  // The command name, field 2, stands in parentheses and may hold anything.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]
}
