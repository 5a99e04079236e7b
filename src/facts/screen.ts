// Terminals: whether the screen goes dark, and whether this is a container, where none of them is a real one.

import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {FileTree} from './files.ts'

export type Screen = {
  /** Told only where it matters: where root's terminals are listed, or the screen goes dark. */
  isContainer: boolean
  /** The kernel darkens the screen after a while, as it did by itself before 4.12, and nobody has asked for that. */
  goesDark: boolean
}

/** What login(1) asks of PAM. */
export const loginPath = '/etc/pam.d/login'

/** Reads it. Of most guests these are two small files. */
export function readScreen(system: System, tree: FileTree): Screen {
  if (!system.live) return {isContainer: false, goesDark: false}
  const {files} = system
  const seconds = files.readText('/sys/module/kernel/parameters/consoleblank')?.trim() ?? '0'
  const hasSecuretty = tree.get(loginPath)?.content.includes('pam_securetty') ?? false
  if (seconds === '0' && !hasSecuretty) return {isContainer: false, goesDark: false}
  const isContainer = isInContainer(system)
  const isMeant = /(^|\s)consoleblank=/.test(files.readText('/proc/cmdline') ?? '')
  const hasScreen = files.status('/dev/tty0')?.isCharacterDevice() ?? false
  return {isContainer, goesDark: seconds !== '0' && hasScreen && !isMeant && !isContainer}
}

/** LXC, systemd-nspawn and libvirt tell the first process, which systemd passes on (systemd's CONTAINER_INTERFACE). */
export function isInContainer({files}: System): boolean {
  if (files.status('/run/systemd/container') !== undefined) return true
  // An ordinary user, who may plan, may not look.
  const environment = unlessRefused(
    () => files.read('/proc/1/environ')?.toString('latin1') ?? '',
    () => '',
  )
  return /(^|\0)container=[^\0]/.test(environment)
}
