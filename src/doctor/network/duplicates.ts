// Checks addresses that somebody else has too.

import {type Check, healthy} from '../check.ts'

export const duplicatesCheck: Check = {
  id: 'duplicates',
  title: 'addresses that somebody else has too',
  isSlow: true,
  needs: ['kernel', 'root'],
  examine: () => healthy(),
}
