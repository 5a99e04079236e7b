// Which of the two readers is here: wicked, or the scripts of openSUSE/sysconfig.

import type {Surroundings} from '../dialect.ts'

/** Where the program may be. */
export const wickedPaths = ['/usr/sbin/wicked', '/sbin/wicked']

/** Tells whether wicked reads these files. */
export function hasWicked({landmarks, services}: Surroundings): boolean {
  return services.has('wicked') || wickedPaths.some(path => landmarks.has(path))
}
