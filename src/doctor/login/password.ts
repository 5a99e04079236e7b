// Checks whether the account may log in.

import {type Check, healthy} from '../check.ts'

export const passwordCheck: Check = {
  id: 'password',
  title: 'whether the account may log in',
  needs: ['root'],
  examine: () => healthy(),
}
