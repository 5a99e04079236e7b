// Root file systems with netplan and systemd-networkd, as Debian's cloud images have them.

import type {RootRecipe} from './root-image.ts'

/** netplan 0.106 and 1.1: dbus is for networkctl. */
export const netplanRoots: readonly RootRecipe[] = ['bookworm', 'trixie'].map(suite => {
  return {
    distribution: 'debian',
    suite,
    packages: ['systemd', 'systemd-sysv', 'dbus', 'netplan.io', 'iproute2', 'procps'],
  }
})
