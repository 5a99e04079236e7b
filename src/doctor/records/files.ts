// Checks files of the agent that others changed.

import {type Check, healthy} from '../check.ts'

export const filesCheck: Check = {
  id: 'files',
  title: 'files of the agent that others changed',
  examine: () => healthy(),
}
