// `vmcontext explain` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'
import {addGuestOptions, type GuestOptions, readGuestOptions} from './guest-options.ts'

export type ExplainInvocation = {
  command: 'explain'
  /** What is asked about: nothing, a NIC, a variable, a file, a step; or `mac` or `ip` and an address. */
  subject: readonly string[]
  json: boolean
} & GuestOptions

/** Gives the command `explain` its options. */
export function declareExplain(explain: Command, found: Found): void {
  explain
    .argument('[subject...]', 'a NIC, variable, file or step; `mac MAC`, `ip ADDRESS`; none: the guest')
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', examples)
    .action((subject: string[], options) =>
      found({command: 'explain', subject, json: options.json, ...readGuestOptions(options)}),
    )
  addGuestOptions(explain)
}

const examples = `
Examples:
  vmcontext explain eth0                    where its addresses come from
  vmcontext explain ETH0_MASK               what a variable does here
  vmcontext explain /etc/network/interfaces which variable wrote which line
  vmcontext explain keys                    what a step does, and why
  vmcontext explain mac 02:00:c0:a8:00:05   an address read from a MAC
  vmcontext explain ip 192.168.0.5          the MAC that carries an address`
