// The program that is running, as a file.

import {isSea} from 'node:sea'

/** The path of the packaged program that is running; undefined when it is run from its sources. */
export function findOwnExecutable(): string | undefined {
  return isSea() ? '/proc/self/exe' : undefined
}
