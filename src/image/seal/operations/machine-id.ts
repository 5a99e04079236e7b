// The id of the machine, which DHCP clients, the journal and D-Bus go by (machine-id(5)).

import type {Look} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {emptying, removal} from '../patterns.ts'

/**
 * With systemd the file is emptied. Without the file, or with `uninitialized` in it, the next boot would be a first one:
 * systemd-firstboot may ask questions on the console, and units that the image's maker disabled are enabled by presets.
 * Without systemd the file goes: dbus-uuidgen(1) makes one where there is none, and complains of an empty one.
 */
export const machineId: Operation = {
  name: 'machine-id',
  severity: 'identity',
  isDefault: true,
  description: 'the id of the machine; the next boot makes another one',
  find: look => [findId(look, '/etc/machine-id'), findId(look, '/var/lib/dbus/machine-id')].flat(),
}

function findId(look: Look, path: string): Finding[] {
  return look.find(path).flatMap(place => {
    // D-Bus has a link to the other one where systemd is.
    if (place.status?.isFile() !== true) return []
    const text = look.text(place).trim()
    if (text === 'uninitialized') return []
    const isOfSystemd = look.system.files.followLinks('/etc/machine-id') === place.path && hasSystemd(look)
    if (isOfSystemd) return emptying(look, place, 'clones with one id are one machine to DHCP servers') ?? []
    return [removal(look, place, 'the id of the machine, as D-Bus has it')]
  })
}

/** Tells whether systemd is there to make an id. */
export function hasSystemd(look: Look): boolean {
  return ['/lib/systemd/systemd', '/usr/lib/systemd/systemd'].some(path => look.has(path))
}
