// Checks the account.

import {type Check, healthy} from '../check.ts'

export const accountCheck: Check = {
  id: 'account',
  title: 'the account',
  examine: () => healthy(),
}
