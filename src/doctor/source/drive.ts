// Checks the context disc.

import {type Check, healthy} from '../check.ts'

export const driveCheck: Check = {
  id: 'disc',
  title: 'the context disc',
  examine: () => healthy(),
}
