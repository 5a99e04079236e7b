// Checks answers of the name servers.

import {type Check, healthy} from '../check.ts'

export const nameServersCheck: Check = {
  id: 'name-servers',
  title: 'answers of the name servers',
  isSlow: true,
  needs: ['kernel'],
  examine: () => healthy(),
}
