// Checks addresses in the kernel.

import {type Check, healthy} from '../check.ts'

export const liveAddressesCheck: Check = {
  id: 'addresses',
  title: 'addresses in the kernel',
  needs: ['kernel'],
  examine: () => healthy(),
}
