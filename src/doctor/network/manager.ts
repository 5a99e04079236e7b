// Checks who configures the network.

import {type Check, healthy} from '../check.ts'

export const managerCheck: Check = {
  id: 'manager',
  title: 'who configures the network',
  examine: () => healthy(),
}
