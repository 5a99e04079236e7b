// What is meant to last no longer than a boot.

import {unlessRefused} from '../../../system/errors.ts'
import type {Look, Place} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {removal} from '../patterns.ts'

export const temporary: Operation = {
  name: 'temporary',
  severity: 'trace',
  isDefault: true,
  description: 'files in /tmp, /var/tmp; not those of running services',
  find: look =>
    ['/tmp/*', '/var/tmp/*']
      .flatMap(pattern => look.find(pattern))
      .filter(place => !look.system.live || !isInUse(look, place))
      .map(place => removal(look, place, 'a temporary file')),
}

/** What other programs hold open by its name: sockets, what holds sockets, the private /tmp of a service. */
function isInUse(look: Look, {path, status}: Place): boolean {
  if (status === undefined) return false
  if (status.isSocket() || status.isFIFO()) return true
  if (!status.isDirectory()) return false
  if (/\/(systemd-private-|snap-private-tmp|\.(X11|ICE|XIM|font|Test)-unix)/.test(path)) return true
  const names = unlessRefused(
    () => look.system.files.list(path),
    () => [],
  )
  return names.some(name => look.system.files.linkStatus(`${path}/${name}`)?.isSocket())
}

/**
 * Of a tree that is not running what was left in /run. A boot hides it below a file system in memory, so that nobody
 * would find it there but whoever looks into the image. The directories stay: some systems have no such memory.
 */
export const runFiles: Operation = {
  name: 'run-files',
  severity: 'trace',
  isDefault: true,
  description: 'files in /run and /var/run of an image tree',
  // Before 2011 /var/run was a directory of its own.
  find: look => (look.system.live ? [] : ['/run', '/var/run'].flatMap(path => findBelow(look, path))),
}

/** Those of agents: nothing else makes their directories. */
const whole = /^\/run\/(vmcontext|one-context|cloud-init)$/

function findBelow(look: Look, directory: string): Finding[] {
  return look.find(`${directory}/*`).flatMap(place => {
    if (whole.test(place.path)) return [removal(look, place, 'of a boot')]
    if (place.status?.isDirectory()) return findBelow(look, place.path)
    return place.status?.isSymbolicLink() ? [] : [removal(look, place, 'of a boot')]
  })
}
