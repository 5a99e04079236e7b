// Checks whether the disc is of this machine.

import {type Check, healthy} from '../check.ts'

export const ownerCheck: Check = {
  id: 'disc-owner',
  title: 'whether the disc is of this machine',
  needs: ['context'],
  examine: () => healthy(),
}
