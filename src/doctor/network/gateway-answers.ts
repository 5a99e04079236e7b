// Checks answers of the gateways.

import {type Check, healthy} from '../check.ts'

export const gatewayAnswersCheck: Check = {
  id: 'gateway-answers',
  title: 'answers of the gateways',
  isSlow: true,
  needs: ['kernel'],
  examine: () => healthy(),
}
