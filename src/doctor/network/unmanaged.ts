// NICs that a running NetworkManager leaves alone, as it says itself: nmcli(1).

import {interfaceOf} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import {succeeded} from '../../system/commands.ts'
import type {Exam} from '../exam.ts'
import {wrong} from '../problems.ts'
import {pendingFiles, plannedNics} from './planned-nics.ts'

/** Asks it about the NICs that it shall configure. */
export async function findUnmanaged(exam: Exam): Promise<Problem[]> {
  const {facts} = exam.prepared
  if (!facts.networkStarted || facts.dialect?.name !== 'nm') return []
  const argv = ['nmcli', '--terse', '--fields', 'DEVICE,STATE', 'device'] as const
  const shown = await exam.system.run({argv, timeoutMs: 5000})
  if (!succeeded(shown)) return []
  const lines = shown.output.split('\n')
  const names = plannedNics(exam).map(interfaceOf)
  return names
    .filter(name => lines.includes(`${name}:unmanaged`))
    .map(name => {
      const message = `NetworkManager leaves ${name} alone: it calls it unmanaged`
      const cure =
        pendingFiles(exam).length > 0
          ? 'run `vmcontext boot --only network`, which has it managed'
          : 'run `systemctl restart NetworkManager`, which reads its configuration anew'
      return wrong({message, cure})
    })
}
