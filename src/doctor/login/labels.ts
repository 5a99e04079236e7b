// Checks SELinux labels.

import {type Check, healthy} from '../check.ts'

export const labelsCheck: Check = {
  id: 'labels',
  title: 'SELinux labels',
  examine: () => healthy(),
}
