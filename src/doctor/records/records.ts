// Checks the agent's records.

import {type Check, healthy} from '../check.ts'

export const recordsCheck: Check = {
  id: 'records',
  title: "the agent's records",
  examine: () => healthy(),
}
