// Who can log in to every clone. An image may be meant to let its maker in, so that none of this is done by default; but
// whoever publishes an image should know.

import {readAccounts} from '../../../facts/login/accounts.ts'
import {readSshdConfig} from '../../../facts/login/sshd-config.ts'
import {unlessRefused} from '../../../system/errors.ts'
import type {Look} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {removal} from '../patterns.ts'

export const authorizedKeys: Operation = {
  name: 'authorized-keys',
  severity: 'secret',
  isDefault: false,
  description: 'authorized_keys that no context wrote: whose are they?',
  find: look =>
    listKeysFiles(look)
      .flatMap(pattern => look.find(pattern))
      .filter(place => /^[^#\s]/m.test(look.text(place)))
      .map(place => removal(look, place, 'its keys log in to every clone')),
}

/** As sshd is told (AuthorizedKeysFile), for each home. */
function listKeysFiles(look: Look): string[] {
  const settings = unlessRefused(
    () => readSshdConfig(look.system),
    () => [],
  )
  const told = settings.filter(({keyword}) => keyword === 'authorizedkeysfile').flatMap(({words}) => words)
  const files = [...new Set([...told, '.ssh/authorized_keys', '.ssh/authorized_keys2'])]
  const patterns = look.homes().flatMap(({path, account}) => {
    const name = account?.name ?? path.slice(path.lastIndexOf('/') + 1)
    return files
      .map(file => file.replaceAll('%h', path).replaceAll('%u', name).replaceAll('%%', '%'))
      .map(file => (file.startsWith('/') ? file : `${path}/${file}`))
  })
  return [...new Set([...patterns, '/etc/dropbear/authorized_keys'])].filter(path => path !== 'none')
}

export const privateKeys: Operation = {
  name: 'private-keys',
  severity: 'secret',
  isDefault: false,
  description: 'private keys in the .ssh of homes: they let in elsewhere',
  find: look =>
    look
      .homes()
      .flatMap(({path}) => look.find(`${path}/.ssh/*`))
      // One that is larger than any key need not be looked into.
      .filter(({status}) => (status?.size ?? 0) < keyLimit)
      .filter(place => /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File/m.test(look.text(place)))
      .map(place => removal(look, place, 'a private key: whoever has the image has it')),
}

const keyLimit = 1024 * 1024

export const passwords: Operation = {
  name: 'passwords',
  severity: 'secret',
  isDefault: false,
  description: 'passwords that no context set: they are locked',
  find: look => {
    const names = readAccounts(look.system).map(({name}) => name)
    return ['/etc/shadow', '/etc/passwd'].flatMap(path => findHashes(look, path, names))
  },
}

/** A `!` or `*` in front, or nothing that crypt(3) makes, matches no password. An empty field matches everything. */
function findHashes(look: Look, path: string, names: readonly string[]): Finding[] {
  const lines = look
    .textOf(path)
    .split('\n')
    .map(line => line.split(':'))
  const hasShadow = look.has('/etc/shadow')
  return lines.flatMap(([name, hash]) => {
    if (name === undefined || hash === undefined || !names.includes(name)) return []
    if (hash === 'x' || /^[!*]/.test(hash)) return []
    if (hash === '' && path === '/etc/passwd' && hasShadow) return []
    const reason = hash === '' ? `${name} has no password and needs none` : `${name} has a password`
    const deed = {kind: 'lock-password', account: name, reason} as const
    return [{path, reason: `${reason}, in every clone`, files: 0, bytes: hash.length, deed}]
  })
}
