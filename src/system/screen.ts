// The screen of the machine as the kernel draws it (console_codes(4), tty_ioctl(4)).

import {closeSync, constants, openSync, writeSync} from 'node:fs'
import {attempt} from './errors.ts'

/** The virtual terminal that is shown. */
export const screenPath = '/dev/tty0'

/** Never blank the screen, never power it down. Both intervals are the kernel's own, so that one terminal will do. */
const stayLit = '\x1b[9;0]\x1b[14;0]'

/**
 * Keeps the screen of the running machine from going dark by itself. Not waited for where somebody has stopped the
 * output, and the terminal does not become ours, as it would of a service that opens one.
 */
export function keepScreenLit(): void {
  attempt(`write to ${screenPath}`, () => {
    const flags = constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK
    const descriptor = openSync(screenPath, flags)
    try {
      writeSync(descriptor, stayLit)
    } finally {
      closeSync(descriptor)
    }
  })
}
