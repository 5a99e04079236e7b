// The machine that measured, as far as it explains figures. Not whose it is.

import {readFileSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'

/** What has to be known about a machine before its figures are compared with another's. */
export function describeMachine() {
  const processors = cpus()
  return {
    architecture: process.arch,
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    /** Others that want a processor, in the last minute: with more than a few tenths these figures are noisy. */
    load: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
  }
}
