// Our line in /etc/hosts, where others have changed the file since: the line alone goes, or what stood in its place
// returns.

import {withoutOurs} from '../../plan/hosts-file.ts'
import type {Manifest} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Plan} from './files.ts'

export const hostsPath = '/etc/hosts'

/** Plans it; undefined for any other file, or where our line is not there. */
export function recallHosts({files}: System, {hosts}: Manifest, path: string): Plan | undefined {
  const [text, status] = [files.read(path)?.toString('latin1'), files.status(path)]
  if (path !== hostsPath || text === undefined || status === undefined) return undefined
  const content = withoutOurs(text, hosts).join('\n')
  if (content === text) return undefined
  return {
    deeds: [
      {
        kind: 'write',
        concerns: 'hosts',
        path,
        content: Buffer.from(content, 'latin1'),
        mode: status.mode & 0o7777,
        owner: {uid: status.uid, gid: status.gid},
        reason: 'without the line of the context; what others wrote stays',
      },
    ],
    problems: [],
  }
}
