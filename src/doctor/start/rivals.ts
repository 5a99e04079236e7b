// Checks others that do the same work.

import {type Check, healthy} from '../check.ts'

export const rivalsCheck: Check = {
  id: 'rivals',
  title: 'others that do the same work',
  examine: () => healthy(),
}
