// Checks the last run.

import {type Check, healthy} from '../check.ts'

export const lastRunCheck: Check = {
  id: 'last-run',
  title: 'the last run',
  examine: () => healthy(),
}
