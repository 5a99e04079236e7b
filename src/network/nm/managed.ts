// NICs that NetworkManager's own configuration leaves alone: one file each that takes this NIC back and no other.

import type {ByteText, FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {planFile} from '../file-edit.ts'
import type {LinkName, Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {configurationDirectory, listDeviceGroups, readConfiguration} from './configuration.ts'
import {isSelected, selectName, selectNic, splitSpecs, type Target, targetsOf} from './device-spec.ts'
import {formatKeyfile, type Keyfile} from './keyfile.ts'

/** The file of a NIC. It sorts last, so that what it adds is added to what all others say. */
export function managedPath({device}: LinkName): string {
  return `${prefix}${device}.conf`
}

const prefix = `${configurationDirectory}/zz-vmcontext-`

export function isManagedPath(path: string): boolean {
  return path.startsWith(prefix)
}

/** The configuration as it is without us. */
export function readOthersConfiguration(files: FileTree): Keyfile {
  return readConfiguration(files, isManagedPath)
}

/** Plans the file of a NIC: there if it is needed, else gone. */
export function planManaged(nic: Nic, others: Keyfile, files: FileTree): FileAction[] {
  const isNeeded = targetsOf(nic).some(target => isUnmanaged(target, others))
  return planFile(files, managedPath(nic), isNeeded ? formatManaged(nic) : undefined)
}

/** `unmanaged-devices` wins over any `managed`; of the `[device*]` groups the first that says it and matches counts. */
function isUnmanaged(target: Target, configuration: Keyfile): boolean {
  const list = configuration.get('keyfile')?.get('unmanaged-devices') ?? ''
  if (isSelected(splitSpecs(list), target)) return true
  const group = listDeviceGroups(configuration).find(group => {
    const match = group.get('match-device')
    const says = group.has('managed') || /^(true|yes|on|1)$/i.test(group.get('stop-match') ?? '')
    return says && (match === undefined || isSelected(splitSpecs(match), target))
  })
  return /^(false|no|off|0)$/i.test(group?.get('managed') ?? '')
}

/**
 * An exception is added to the list of others, which does not name the NIC any more then. Beside it a name that no link
 * can have: a list of exceptions alone would make NetworkManager leave all other devices alone, should the list of the
 * others go.
 */
function formatManaged(nic: Nic): ByteText {
  const specs = selectNic(nic)
  const list = [selectName('vmcontext/none'), ...specs.map(spec => `except:${spec}`)]
  return formatKeyfile(formatSignature(nic), [
    {name: 'keyfile', lines: [`unmanaged-devices+=${list.join(';')}`]},
    {
      name: `device-vmcontext-${nic.mac.replaceAll(':', '')}`,
      lines: [`match-device=${specs.join(';')}`, 'managed=1'],
    },
  ])
}
