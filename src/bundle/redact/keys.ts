// Files of public keys. What is none in them may be a private one.

import {blankWords} from './filler.ts'

const publicKey = /(^|\s)(ssh-|ecdsa-sha2-|sk-|rsa-)[\w.@-]+\s+AAAA[A-Za-z0-9+/]/

/** Keeps public keys, comments and what frames a private key, and blanks every other line. */
export function redactKeys(text: string): string {
  return text
    .split('\n')
    .map(line =>
      publicKey.test(line) || /^\s*(#.*|-----[A-Z ]+-----)?\r?$/.test(line) ? line : blankWords(line),
    )
    .join('\n')
}
