// A root file system whose services OpenRC starts: Debian's packages, for Alpine's come from no Debian archive. The
// programs are the same, and the runlevels get what a test puts into them.

import type {RootRecipe} from './root-image.ts'

export const withOpenrc: RootRecipe = {
  distribution: 'debian',
  suite: 'bookworm',
  packages: ['openrc', 'ifupdown', 'iproute2', 'procps', 'busybox-static'],
}
