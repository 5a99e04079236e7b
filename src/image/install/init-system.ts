// What a root boots with: who starts its services, and from where.

import {type OperatingSystem, readOperatingSystem} from '../../facts/operating-system.ts'
import {unlessRefused} from '../../system/errors.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'

/**
 * `insserv`, `chkconfig`, `update-rc.d`: SysV init, by the tool that makes its links. `sysv`: none of them, as in the
 * manual of 2.2. `busybox`: an rcS that runs /etc/init.d/S*. `none`: nothing that we know starts anything here.
 */
export type InitKind =
  | 'systemd'
  | 'insserv'
  | 'chkconfig'
  | 'update-rc.d'
  | 'sysv'
  | 'openrc'
  | 'upstart'
  | 'busybox'
  | 'none'

export type InitSystem = {kind: InitKind; operatingSystem: OperatingSystem}

/** For a person: "boots with …". */
export const initWords: Readonly<Record<InitKind, string>> = {
  systemd: 'systemd',
  insserv: 'SysV init, ordered by insserv',
  chkconfig: 'SysV init, ordered by chkconfig',
  'update-rc.d': 'SysV init, ordered by the numbers of its links',
  sysv: 'SysV init, ordered by the numbers of its links',
  openrc: 'OpenRC',
  upstart: 'upstart',
  busybox: "busybox's init",
  none: 'nothing that is known here',
}

/** The kinds whose scripts are those of SysV init in /etc/rc*.d. */
export function isSysv(kind: InitKind): boolean {
  return kind === 'insserv' || kind === 'chkconfig' || kind === 'update-rc.d' || kind === 'sysv'
}

/** Finds out what a root boots with. Nothing of it is run. */
export function readInitSystem(system: System): InitSystem {
  return {kind: readKind(system), operatingSystem: readOperatingSystem(system)}
}

function readKind(system: System): InitKind {
  const {files} = system
  const init = readProgram(system)
  if (init?.endsWith('/systemd')) return 'systemd'
  // Debian's openrc takes the place of the scripts that sysvinit starts; Alpine's inittab names it.
  if (findProgram(system, 'openrc') !== undefined) return 'openrc'
  if (init?.endsWith('/busybox')) return 'busybox'
  if (init === undefined) return 'none'
  // RHEL 6 has upstart for nothing but its rc scripts, and those belong to chkconfig.
  if (findProgram(system, 'insserv') !== undefined) return 'insserv'
  if (findProgram(system, 'chkconfig') !== undefined) return 'chkconfig'
  const isUpstart = findProgram(system, 'initctl') !== undefined && files.list('/etc/init').some(isJob)
  if (isUpstart) return 'upstart'
  if (findProgram(system, 'update-rc.d') !== undefined) return 'update-rc.d'
  return files.list('/etc/init.d').includes('rcS') && !hasRunlevels(system) ? 'busybox' : 'sysv'
}

/** The program that the kernel starts: what /sbin/init leads to. A systemd without that link is started by name. */
function readProgram({files}: System): string | undefined {
  const isThere = (path: string) =>
    unlessRefused(
      () => files.status(path)?.isFile() ?? false,
      () => false,
    )
  if (isThere('/sbin/init')) return files.followLinks('/sbin/init')
  return ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'].find(isThere)
}

function isJob(name: string): boolean {
  return name.endsWith('.conf')
}

function hasRunlevels(system: System): boolean {
  return findRunlevels(system) !== undefined
}

/** Where the directories of the runlevels lie: Red Hat, SUSE, everybody else. */
const runlevelPlaces = ['/etc/rc.d', '/etc/init.d', '/etc'] as const
export type RunlevelPlace = (typeof runlevelPlaces)[number]

/** Finds the directory that holds rc2.d, rc3.d, …; undefined if there are none. */
export function findRunlevels({files}: System): RunlevelPlace | undefined {
  // SUSE's /etc/rc.d is a link to init.d.
  const isOwn = (place: string) => files.followLinks(place) === place
  return runlevelPlaces.find(place => isOwn(place) && files.status(`${place}/rc3.d`)?.isDirectory())
}
