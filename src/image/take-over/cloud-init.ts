// cloud-init by its own switch: a file that its generator, its units and its scripts look for, and that no package has.

import {cloudInitServices, cloudInitSwitch} from '../../facts/rivals.ts'
import {readStartedServices} from '../../facts/started-services.ts'
import type {System} from '../../system/system.ts'
import {joinParts, nothing, type Part, placeFile, takeAway} from './displace.ts'

const text = '# vmcontext install --take-over: vmcontext configures this guest.\n'
/** Its generator looks for this one first. */
const enforcer = '/etc/cloud/cloud-init.enabled'
const programs = ['/usr/bin/cloud-init', '/usr/local/bin/cloud-init', '/usr/lib/cloud-init/ds-identify']

/** Plans that cloud-init does nothing, where it is installed. */
export function disableCloudInit(system: System): Part {
  const {files} = system
  const started = readStartedServices(system)
  const isInstalled =
    programs.some(path => files.status(path) !== undefined) ||
    cloudInitServices.some(name => started.has(name))
  if (!isInstalled) return nothing
  const isOff = files.status(cloudInitSwitch) !== undefined
  return joinParts([
    takeAway(system, enforcer, 'with it cloud-init would not look for the file that disables it'),
    isOff ? nothing : placeFile(system, cloudInitSwitch, text, 'cloud-init does nothing while this is there'),
  ])
}
