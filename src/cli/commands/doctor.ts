// `vmcontext doctor` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'
import {addGuestOptions, type GuestOptions, readGuestOptions} from './guest-options.ts'

export type DoctorInvocation = {
  command: 'doctor'
  json: boolean
  strict: boolean
  /** These checks only, by id; undefined: all. */
  only?: readonly string[] | undefined
  /** Print the checks instead of doing them. */
  list: boolean
} & GuestOptions

/** Gives the command `doctor` its options. */
export function declareDoctor(doctor: Command, found: Found): void {
  doctor
    .option('--json', 'print what was found as JSON', false)
    .option('--only <check>', 'do this check alone; may be repeated', collect)
    .option('--list', 'print the checks with their names', false)
    .option('--strict', 'exit with 1 on a warning too', false)
    .addHelpText('after', examples)
    .action(({json, strict, only, list, ...options}) =>
      found({command: 'doctor', json, strict, only, list, ...readGuestOptions(options)}),
    )
  addGuestOptions(doctor)
}

function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text]
}

const examples = `
Examples:
  vmcontext doctor                 what is wrong with this guest, and the cure
  vmcontext doctor --only keys     why an ssh key is not accepted
  vmcontext doctor --root /mnt/image --context ./context
                                   an image, before it is booted`
