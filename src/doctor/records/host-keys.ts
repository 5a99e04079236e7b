// The keys of the ssh server: an image must not have them, a running guest has to.

import {openLook} from '../../image/seal/look.ts'
import {findKeyMaker} from '../../image/seal/notes.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {redo} from '../next-boot.ts'
import {wrong} from '../problems.ts'

/** Judges those of a running guest. */
export function judgeHostKeys({prepared, system}: Exam): Finding {
  const {server, hostKeys} = prepared.facts.sshd
  if (server === undefined) return {facts: [], problems: []}
  const there = hostKeys.filter(({isThere}) => isThere).map(({path}) => path)
  if (there.length === 0) {
    const message = `${server === 'dropbear' ? 'dropbear' : 'sshd'} has no host keys: it does not start, or lets nobody in`
    const cure = server === 'dropbear' ? 'start it with -R' : `${redo('host-keys')}, then start sshd anew`
    return {facts: [], problems: [wrong({file: hostKeys[0]?.path, message, cure})]}
  }
  const open = server === 'openssh' ? there.filter(path => isOpenKey(system, path)) : []
  const problems = open.map(file => {
    const message = 'others than root may read this host key, so sshd does not use it'
    return wrong({file, message, cure: `chmod 0600 ${file}, then start sshd anew`})
  })
  return {facts: [`${there.length} of ${hostKeys.length} ssh host keys are there`], problems}
}

/** sshkey_perm_ok() of sshd; Fedora's lets its group ssh_keys read them. */
function isOpenKey({files}: System, path: string): boolean {
  const status = unlessRefused(
    () => files.status(path),
    () => undefined,
  )
  if (status === undefined) return false
  return (status.mode & (status.gid === 0 ? 0o077 : 0o037)) !== 0
}

/** Of an image it matters who will make them. */
export function judgeImageKeys(system: System): Finding {
  const found = findKeyMaker(openLook(system, {foreign: []}))
  const problems = found.map(({path, reason, cure}) => wrong({file: path, message: reason, cure}))
  return {facts: [], problems}
}
