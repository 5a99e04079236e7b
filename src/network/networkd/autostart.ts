// Has networkd started where nothing else does: in a sealed image it may be merely installed. A link as `systemctl
// enable` makes it would be nobody's to take back; a drop-in is a file like the others.

import type {FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Problem} from '../../problem.ts'
import type {Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'

export const autostartPath = '/etc/systemd/system/multi-user.target.d/vmcontext-networkd.conf'

const service = 'systemd-networkd'

const text = `# vmcontext: nothing else starts ${service} here
[Unit]
Wants=${service}.service
`

/** Plans the drop-in: there as long as it is needed and no longer. */
export function planAutostart(
  isNeeded: boolean,
  files: FileTree,
): {files: FileAction[]; problems: Problem[]} {
  const actions = planFile(files, autostartPath, isNeeded ? text : undefined)
  if (!isNeeded || actions.length === 0) return {files: actions, problems: []}
  const message = `${service} is installed here and not enabled; it is started for the network files to be read`
  return {
    files: actions,
    problems: [{code: 'choice-made', file: autostartPath, message, cure: `systemctl enable ${service}`}],
  }
}

/** Tells whether somebody but us has networkd started at boot. */
export function isEnabled({services}: Surroundings): boolean {
  return services.has(service)
}

/** Tells whether networkd will be started in this boot without our doing: our drop-in has been read by then. */
export function willStart(surroundings: Surroundings): boolean {
  return isEnabled(surroundings) || surroundings.files.has(autostartPath)
}
