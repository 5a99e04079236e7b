// The keys by which an ssh server is known. Clones with the same ones can be taken for each other, by anybody who has
// the image.

import {posix} from 'node:path'
import {readSshdConfig} from '../../../facts/login/sshd-config.ts'
import {unlessRefused} from '../../../system/errors.ts'
import type {Look} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {removal, report} from '../patterns.ts'

export const sshHostKeys: Operation = {
  name: 'ssh-host-keys',
  severity: 'identity',
  isDefault: true,
  description: 'host keys of sshd; the agent makes new ones at boot',
  find: look => [...findUsual(look), ...findNamed(look)],
}

/** Where servers keep them by themselves: OpenSSH, its certificates and keys of old; dropbear; lsh; tinyssh. */
const usual = [
  '/etc/ssh/ssh_host_*key*',
  '/etc/dropbear/dropbear_*host_key',
  '/etc/config/ssh/ssh_host_*key*',
  '/etc/lsh_host_key*',
  '/etc/tinyssh/sshkeydir',
]

function findUsual(look: Look): Finding[] {
  const places = usual.flatMap(pattern => look.find(pattern))
  return places.map(place => removal(look, place, 'clones with one key can be taken for each other'))
}

/** What sshd_config names elsewhere an administrator put there, and nobody may be able to make it again. */
function findNamed(look: Look): Finding[] {
  return readNamedKeys(look)
    .filter(path => !isUsual(path))
    .flatMap(path => look.find(path))
    .map(place => report(look, place, 'a host key that sshd_config names', `remove ${place.path} by hand`))
}

function isUsual(path: string): boolean {
  return usual.some(pattern => posix.dirname(pattern) === posix.dirname(path) && /host_.*key/.test(path))
}

function readNamedKeys({system}: Look): string[] {
  const settings = unlessRefused(
    () => readSshdConfig(system),
    () => [],
  )
  const named = settings.filter(({keyword}) => keyword === 'hostkey').map(({words}) => words[0] ?? '')
  return [...new Set(named.filter(path => path.startsWith('/')))]
}
