// Has a network service started where nothing else does: in a sealed image it may be merely installed. A link as
// `systemctl enable` makes it would be nobody's to take back; a drop-in is a file like the others.

import type {FileAction} from '../action.ts'
import type {FileTree} from '../facts/files.ts'
import type {Problem} from '../problem.ts'
import type {Surroundings} from './dialect.ts'
import {planFile} from './file-edit.ts'

/** A unit by its name without `.service`, and where its drop-in is. */
export type Autostart = {service: string; path: string}

export const networkdAutostart: Autostart = {
  service: 'systemd-networkd',
  path: '/etc/systemd/system/multi-user.target.d/vmcontext-networkd.conf',
}

export const networkManagerAutostart: Autostart = {
  service: 'NetworkManager',
  path: '/etc/systemd/system/multi-user.target.d/vmcontext-NetworkManager.conf',
}

/** Plans the drop-in: there as long as it is needed and no longer. */
export function planAutostart(
  {service, path}: Autostart,
  isNeeded: boolean,
  files: FileTree,
): {files: FileAction[]; problems: Problem[]} {
  const text = `# vmcontext: nothing else starts ${service} here\n[Unit]\nWants=${service}.service\n`
  const actions = planFile(files, path, isNeeded ? text : undefined)
  if (!isNeeded || actions.length === 0) return {files: actions, problems: []}
  const message = `${service} is installed here and not enabled; it is started for the network files to be read`
  return {
    files: actions,
    problems: [{code: 'choice-made', file: path, message, cure: `systemctl enable ${service}`}],
  }
}

/** Tells whether somebody but us has it started at boot. */
export function isEnabled({service}: Autostart, {services}: Surroundings): boolean {
  return services.has(service)
}

/** Tells whether it will be started in this boot without our doing: our drop-in has been read by then. */
export function willStart(autostart: Autostart, surroundings: Surroundings): boolean {
  return isEnabled(autostart, surroundings) || surroundings.files.has(autostart.path)
}
