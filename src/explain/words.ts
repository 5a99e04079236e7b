// Names in patterns, words of others that are not to be shown, and files that cannot be seen.

import {redactNetworkFile} from '../bundle/redact/network-file.ts'
import type {Prepared} from '../prepare.ts'

/** The kernel allows nearly every character in a name. */
export function escapeWord(name: string): string {
  return name.replace(/[^\w]/g, '\\$&')
}

/** Others keep the keys of wireless networks in such files. */
export function hideSecrets(text: string): string {
  // Of sudoers(5), and says how, not what.
  if (/\bNOPASSWD:/.test(text)) return text
  return redactNetworkFile(text, {forWord: () => '********'})
}

/** Tells whether whoever asks may not look at a file. */
export function isUnseen(path: string, {problems}: Pick<Prepared, 'problems'>): boolean {
  return problems.some(
    ({code, file}) => code === 'fact-unseen' && file !== undefined && `${path}/`.startsWith(`${file}/`),
  )
}
