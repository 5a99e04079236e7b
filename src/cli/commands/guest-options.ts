// What every command has that looks at a guest: which guest, and what stands in for parts of it.

import {type Command, InvalidArgumentError} from 'commander'
import type {Assignment} from '../../context/shell.ts'
import {parseOverride} from '../../settings/settings.ts'

export type GuestOptions = {
  root: string
  contextPath?: string | undefined
  overrides: readonly Assignment[]
  linksPath?: string | undefined
}

/** Gives a command the options. */
export function addGuestOptions(command: Command): Command {
  return command
    .option('--root <dir>', 'the guest is this directory; nothing of it is executed', '/')
    .option('--context <path>', 'take this directory, context.sh, image or device for the context')
    .option('--links <file>', 'NICs of the guest, "NAME MAC [PCI]" a line, instead of /sys')
    .option('--set <key=value>', 'a setting above those of vmcontext.conf; may be repeated', readOverride, [])
}

/** Takes their values from what commander has read. */
// biome-ignore lint/suspicious/noExplicitAny: commander hands over what was declared above, untyped.
export function readGuestOptions(options: any): GuestOptions {
  return {
    root: options.root,
    contextPath: options.context,
    overrides: options.set,
    linksPath: options.links,
  }
}

function readOverride(text: string, earlier: Assignment[]): Assignment[] {
  const override = parseOverride(text)
  if (override === undefined) throw new InvalidArgumentError('It takes KEY=VALUE.')
  return [...earlier, override]
}
