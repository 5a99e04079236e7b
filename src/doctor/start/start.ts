// Checks the start of the agent at boot.

import {type Check, healthy} from '../check.ts'

export const startCheck: Check = {
  id: 'start',
  title: 'the start of the agent at boot',
  examine: () => healthy(),
}
