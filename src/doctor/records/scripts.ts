// Checks how the scripts ended.

import {type Check, healthy} from '../check.ts'

export const scriptsCheck: Check = {
  id: 'scripts',
  title: 'how the scripts ended',
  examine: () => healthy(),
}
