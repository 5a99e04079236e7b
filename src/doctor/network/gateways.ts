// Checks gateways and their subnets.

import {type Check, healthy} from '../check.ts'

export const gatewaysCheck: Check = {
  id: 'gateways',
  title: 'gateways and their subnets',
  examine: () => healthy(),
}
