// The comment that tells a person, and the next run, which lines of a network file are ours.

import type {ByteText} from '../action.ts'
import type {Nic, NicOrigin} from './model.ts'

/** `# vmcontext: address from MAC 02:00:c0:a8:00:05`. */
export function formatSignature(nic: Nic): string {
  return `${opening}address from ${origins[nic.origin](nic)}`
}

/** Tells whether a line is a comment of ours. */
export function isSignature(line: ByteText): boolean {
  return line.trimStart().startsWith(opening)
}

/** Tells whether a whole file is ours: our signature is its first line. */
export function isOurs(content: ByteText): boolean {
  return isSignature(content.split('\n', 1)[0]!)
}

// No `=` and no backslash in it: Red Hat's rc script evals every line of an ifcfg file that holds `TYPE=`, and wicked
// gives up a route file over a backslash in a comment.
const opening = '# vmcontext: '

const origins: Record<NicOrigin, (nic: Nic) => string> = {
  context: () => 'the context',
  'mac-rule': ({mac}) => `MAC ${mac}`,
  'ip-public': () => 'IP_PUBLIC',
}
