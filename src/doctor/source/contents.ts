// Checks what else is on the disc.

import {type Check, healthy} from '../check.ts'

export const contentsCheck: Check = {
  id: 'disc-contents',
  title: 'what else is on the disc',
  needs: ['context'],
  examine: () => healthy(),
}
