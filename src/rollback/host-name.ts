// The name that the running kernel gets when the file returns that it has it from.

import type {Facts} from '../facts/facts.ts'
import type {FileReturn} from './files.ts'

const readers: Readonly<Record<string, RegExp>> = {
  '/etc/hostname': /^[ \t]*([^#\s]\S*)/m,
  '/etc/HOSTNAME': /^[ \t]*([^#\s]\S*)/m,
  '/etc/sysconfig/network': /^HOSTNAME=["']?([^\s"']+)/m,
}

/** Finds the name that stood there before; undefined if there was none, or the kernel has it. */
export function findHostName(
  files: readonly FileReturn[],
  {live, kernelHostname}: Pick<Facts, 'live' | 'kernelHostname'>,
): string | undefined {
  if (!live) return undefined
  const names = files.flatMap(({path, bytes, now, owned}) => {
    const text = bytes ?? (now !== null && typeof now === 'object' && 'bytes' in now ? now.bytes : undefined)
    const name = readers[path]?.exec(text?.toString('latin1') ?? '')?.[1]
    if (name === undefined) return []
    // There the whole name stands, and neither SUSE nor this agent gives the kernel more than its first label.
    return path === '/etc/HOSTNAME' || owned !== null ? name.split('.')[0]! : name
  })
  const name = names.find(each => /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(each))
  return name === kernelHostname ? undefined : name
}
