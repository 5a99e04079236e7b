// Checks the clock.

import {type Check, healthy} from '../check.ts'

export const clockCheck: Check = {
  id: 'clock',
  title: 'the clock',
  needs: ['kernel'],
  examine: () => healthy(),
}
