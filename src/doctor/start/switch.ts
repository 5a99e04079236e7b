// Checks whether the agent is switched on.

import {type Check, healthy} from '../check.ts'

export const switchCheck: Check = {
  id: 'switch',
  title: 'whether the agent is switched on',
  examine: () => healthy(),
}
