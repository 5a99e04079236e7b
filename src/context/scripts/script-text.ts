// The text of a script that stands in the context itself.

import type {ByteText} from '../../action.ts'
import {Secret} from '../../secret.ts'

/** A script as it came, byte for byte. Its text may hold anything, passwords too, and is not shown. */
export type ScriptText = {
  /** The variable that it stands in. */
  key: string
  text: Secret
}

/** Takes a script over. A mark of byte order before its first line, which no interpreter understands, is cut. */
export function describeScript(key: string, content: Buffer): ScriptText {
  const text: ByteText = content.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  return {key, text: new Secret(text)}
}
