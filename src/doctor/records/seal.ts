// Checks what is left of a sealed image.

import {type Check, healthy} from '../check.ts'

export const sealCheck: Check = {
  id: 'seal',
  title: 'what is left of a sealed image',
  examine: () => healthy(),
}
