// Root file systems with each of the programs that read /etc/network/interfaces.

import type {RootRecipe} from './root-image.ts'

const common = ['iproute2', 'procps', 'busybox-static', 'isc-dhcp-client'] as const

function rootWith(program: string): RootRecipe {
  return {distribution: 'debian', suite: 'bookworm', packages: [program, ...common]}
}

/** ifupdown, and the ifup of busybox beside it, whose DHCP client is udhcpc. */
export const withIfupdown: RootRecipe = {
  ...rootWith('ifupdown'),
  packages: [...rootWith('ifupdown').packages, 'udhcpc'],
}

/** Cumulus' rewrite in Python: Proxmox's, and an alternative in Debian. */
export const withIfupdown2 = rootWith('ifupdown2')

/** Alpine's, and an alternative in Debian. */
export const withIfupdownNg = rootWith('ifupdown-ng')
