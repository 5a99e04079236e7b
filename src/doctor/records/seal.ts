// Checks what a sealed image leaves to its first boot, and what an image that was not sealed brings along from another
// machine. A running guest has to have what an image must not have.

import {readVmIdentity} from '../../facts/vm-identity.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, wrong} from '../problems.ts'
import {judgeHostKeys, judgeImageKeys} from './host-keys.ts'
import {idPath, judgeMachineId, tellMachineId} from './machine-id.ts'

export const sealCheck: Check = {
  id: 'seal',
  title: 'what a sealed image leaves to its first boot',
  examine(exam) {
    const {system} = exam
    const parts = [
      system.live ? judgeMachineId(system) : tellMachineId(system),
      system.live ? judgeHostKeys(exam) : judgeImageKeys(system),
      judgeMarks(exam),
    ]
    return {
      facts: parts.flatMap(({facts}) => facts),
      problems: parts.flatMap(({problems}) => problems),
    }
  },
}

/** Notes of what was done once for good name the machine that it was done for (plan/scripts/once.ts). */
function judgeMarks({prepared: {manifest}, system}: Exam): Finding {
  const {uuid, machineId} = readVmIdentity(system)
  const marks = Object.values(manifest.once).map(mark =>
    Object.fromEntries(mark.split(' ').map(part => part.split('=', 2) as [string, string])),
  )
  const others = marks.filter(mark => uuid !== undefined && mark.uuid !== undefined && mark.uuid !== uuid)
  if (others.length === 0) return {facts: [], problems: []}
  const sameId = others.some(mark => mark['machine-id'] !== undefined && mark['machine-id'] === machineId)
  const origin = 'the image was made of another machine, and was not sealed'
  const cure = 'seal an image before it is cloned: vmcontext seal --root DIR'
  const records = doubtful({message: `the records are of another machine: ${origin}`, cure})
  if (!sameId) return {facts: [], problems: [records]}
  const message = `this machine has the machine-id of another one: ${origin}; DHCP may give both one address`
  const renew = `rm -f ${idPath}; systemd-machine-id-setup, then reboot`
  return {facts: [], problems: [wrong({file: idPath, message, cure: renew}), records]}
}
