// Checks the text of context.sh.

import {type Check, healthy} from '../check.ts'

export const textCheck: Check = {
  id: 'context',
  title: 'the text of context.sh',
  needs: ['context'],
  examine: () => healthy(),
}
