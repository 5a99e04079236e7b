// Contexts for tests, without a disc.

import type {Disc} from '../../src/context/disc.ts'
import {parseShellFile} from '../../src/context/shell.ts'
import {indexVariables} from '../../src/context/variables.ts'

/** A disc with these lines as its context.sh and these other files. */
export function makeDisc(text: string, files: Record<string, string> = {}): Disc {
  const {assignments, dropped, isComplete} = parseShellFile(Buffer.from(text), 'context.sh')
  return {
    file: 'context.sh',
    variables: indexVariables(assignments),
    dropped,
    isComplete,
    isOldKind: false,
    names: Object.keys(files),
    hasFile: name => name in files,
    readFile: name => files[name],
  }
}
