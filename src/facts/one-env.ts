// The file that the tool `onegate` reads. one-context writes one of its own; ours begins with a line that says so.

import type {System} from '../system/system.ts'

export const oneEnvPath = '/run/one-context/one_env'
export const oneEnvHead = '# Written by vmcontext at each boot, from the context.'

/** Tells whether the file is there and is ours. */
export function hasOneEnv({live, files}: System): boolean {
  if (!live) return false
  return files.readText(oneEnvPath)?.startsWith(oneEnvHead) ?? false
}
