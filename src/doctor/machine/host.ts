// Checks the machine.

import {type Check, healthy} from '../check.ts'

export const hostCheck: Check = {
  id: 'machine',
  title: 'the machine',
  examine: () => healthy(),
}
