// Checks the network cards.

import {type Check, healthy} from '../check.ts'

export const nicsCheck: Check = {
  id: 'nics',
  title: 'the network cards',
  examine: () => healthy(),
}
