// The id of the machine (machine-id(5)): an image must not have one, a running guest has to.

import {openLook} from '../../image/seal/look.ts'
import {hasSystemd} from '../../image/seal/operations/machine-id.ts'
import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {Finding} from '../check.ts'
import {doubtful, note, wrong} from '../problems.ts'

export const idPath = '/etc/machine-id'

/** What stands there: an id, nothing, or that there is none yet (machine-id(5)). */
function readMachineId({files}: System): string | undefined {
  return unlessRefused(
    () => files.readText(idPath)?.trim(),
    () => undefined,
  )
}

const isId = (text: string | undefined) => text !== undefined && /^[0-9a-f]{32}$/.test(text)

/** Judges the id of a running guest: its first boot had to make one. */
export function judgeMachineId(system: System): Finding {
  const id = readMachineId(system)
  if (isId(id)) return {facts: ['machine-id is there'], problems: judgeBusId(system, id!)}
  const isSystemd = hasSystemd(openLook(system, {foreign: []}))
  const makers = [
    ['systemd-machine-id-setup', `rm -f ${idPath}; systemd-machine-id-setup`],
    ['dbus-uuidgen', `rm -f ${idPath}; dbus-uuidgen --ensure=${idPath}`],
  ] as const
  const maker = makers.find(([program]) => findProgram(system, program) !== undefined)
  // Without systemd and D-Bus nobody asks for one.
  if (maker === undefined && !isSystemd)
    return {facts: ['no machine-id, and nothing asks for one'], problems: []}
  const state =
    id === undefined ? 'there is none' : id === '' ? 'it is empty' : `it says ${JSON.stringify(id)}`
  const message = `${state}: the journal and DHCP clients go by it, and the boot should have made one`
  const problem = {file: idPath, message, cure: maker?.[1] ?? `see that ${idPath} can be written, and boot`}
  return {facts: [], problems: [isSystemd ? wrong(problem) : note(problem)]}
}

/** D-Bus has a link to it, or a copy of its own that a clone may have brought along. */
function judgeBusId({files}: System, id: string): Problem[] {
  const path = '/var/lib/dbus/machine-id'
  const own = unlessRefused(
    () => files.readText(path)?.trim(),
    () => undefined,
  )
  if (!isId(own) || own === id) return []
  const message = `this is another id than that of ${idPath}, perhaps of the machine that the image was made of`
  return [doubtful({file: path, message, cure: `ln -sf ${idPath} ${path}`})]
}

/** Tells of that of an image. */
export function tellMachineId(system: System): Finding {
  const isSealed = !isId(readMachineId(system))
  const words = isSealed ? 'no machine-id: the next boot makes one' : 'an image with a machine-id'
  return {facts: [words], problems: []}
}
