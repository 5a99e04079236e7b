// What decides which of the helpers a root gets: which cloud it is for, and who tells of devices there.

import {oneContextServices} from '../../facts/rivals.ts'
import {isInContainer} from '../../facts/screen.ts'
import {readStartedServices} from '../../facts/started-services.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'

export type Surroundings = {
  /** A container that runs, or an image without a kernel of its own, which LXC could start. */
  isForContainers: boolean
  /** The package one-context is at work, and is not about to be taken over. */
  hasOneContext: boolean
  hasVmwareTools: boolean
  /** Who announces devices. */
  deviceManager: 'udev' | 'mdev' | undefined
}

/** Reads it. `takesOver`: from one-context, which is about to be disabled. */
export function readSurroundings(system: System, takesOver = false): Surroundings {
  const started = readStartedServices(system)
  return {
    isForContainers: system.live ? isInContainer(system) : !hasKernel(system),
    hasOneContext: !takesOver && oneContextServices.some(name => started.has(name)),
    hasVmwareTools: ['vmtoolsd', 'vmware-rpctool'].some(name => findProgram(system, name) !== undefined),
    deviceManager: findDeviceManager(system),
  }
}

function hasKernel({files}: System): boolean {
  const isKernel = (name: string) => /^(vmlinu[xz]|bzImage|Image|kernel)/.test(name)
  const isModules = (name: string) => /^\d/.test(name)
  return (
    files.list('/boot').some(isKernel) ||
    ['/lib/modules', '/usr/lib/modules'].some(path => files.list(path).some(isModules))
  )
}

function findDeviceManager({files}: System): Surroundings['deviceManager'] {
  const has = (path: string) => files.status(path) !== undefined
  if (['/usr/lib/udev/rules.d', '/lib/udev/rules.d'].some(has)) return 'udev'
  return has('/etc/mdev.conf') ? 'mdev' : undefined
}
