// A link of a runlevel, as the tools write it.

import type {RunlevelPlace} from '../init-system.ts'
import type {Wanted} from '../wanted.ts'

/** Plans the link `name` that starts or stops a script in a runlevel. */
export function planRunlevelLink(place: RunlevelPlace, level: string, name: string, script: string): Wanted {
  return {
    kind: 'link',
    path: `${place}/rc${level}.d/${name}`,
    target: place === '/etc/init.d' ? `../${script}` : `../init.d/${script}`,
    reason: `${name.startsWith('S') ? 'starts' : 'leaves out'} ${script} in runlevel ${level}`,
  }
}
