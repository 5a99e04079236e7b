// What is mounted where, from the kernel's own table (proc_pid_mountinfo(5)).

import type {System} from '../../system/system.ts'

export type MountFact = {
  point: string
  /** `ext4`, `overlay`. */
  type: string
  /** What is mounted, as mount was told: a device, or a tag. */
  source: string
  /** The kernel's number of its device, `254:1`; of btrfs, and what has no device, one that no device has. */
  number: string
  /** The directory of the file system that is mounted: `/` unless it is a bind mount, a container, a subvolume. */
  directory: string
  isReadOnly: boolean
}

/** Reads the mounts. Of several on one directory the last, which hides the others, comes last. */
export function readMounts({files}: System): MountFact[] {
  const lines = (files.readText('/proc/self/mountinfo') ?? '').split('\n')
  return lines.flatMap(line => parseMount(line) ?? [])
}

/** The mount that is seen at a directory; undefined if nothing is mounted there. */
export function findMount(mounts: readonly MountFact[], point: string): MountFact | undefined {
  return mounts.findLast(mount => mount.point === point)
}

function parseMount(line: string): MountFact | undefined {
  const [fields, rest] = line.split(' - ')
  const [, , number, directory, point, options] = (fields ?? '').split(' ')
  const [type, source, superOptions = ''] = (rest ?? '').split(' ')
  if (number === undefined || directory === undefined || point === undefined) return undefined
  if (type === undefined || source === undefined) return undefined
  const isReadOnly = [options ?? '', superOptions].some(list => list.split(',').includes('ro'))
  return {
    point: unescapeMount(point),
    type,
    source: unescapeMount(source),
    number,
    directory: unescapeMount(directory),
    isReadOnly,
  }
}

/** Blanks, tabs, newlines and backslashes stand as three octal digits. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
