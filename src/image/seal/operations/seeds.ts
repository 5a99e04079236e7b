// What random numbers and encryption begin with.

import type {Look, Place} from '../look.ts'
import type {Operation} from '../operation.ts'
import {fromRows, removal, report} from '../patterns.ts'

export const randomSeed: Operation = {
  name: 'random-seed',
  severity: 'identity',
  isDefault: true,
  description: 'saved seeds of the random numbers',
  find: fromRows([
    {
      paths: [
        '/var/lib/systemd/random-seed',
        // Debian's urandom, Red Hat's, OpenRC's, seedrng of busybox.
        ...['/var/lib/urandom/random-seed', '/var/lib/random-seed', '/var/lib/misc/random-seed'],
        ...['/var/lib/seedrng/seed.*', '/etc/random-seed', '/var/run/random-seed', '/var/spool/random-seed'],
      ],
      reason: 'clones would begin with the same random numbers',
    },
    {
      paths: ['/boot/loader/random-seed', '/efi/loader/random-seed', '/boot/efi/loader/random-seed'],
      reason: 'the seed that the boot loader hands to the kernel',
    },
    {paths: ['~/.rnd'], reason: "OpenSSL's seed"},
  ]),
}

export const credentialSecret: Operation = {
  name: 'credential-secret',
  severity: 'secret',
  isDefault: true,
  description: "systemd's key for credentials, where none are kept",
  find: look =>
    look.find('/var/lib/systemd/credential.secret').map(place => {
      if (!isInUse(look))
        return removal(look, place, 'whoever has the image could read credentials of clones')
      const reason = 'the credentials that are kept here could be read no more without it'
      return {...report(look, place, reason, 'encrypt them in the clones'), severity: 'note'}
    }),
}

/** What is encrypted with it could be read no more (systemd-creds(1)): files, or text in a unit. */
function isInUse(look: Look): boolean {
  const stores = ['/etc', '/usr/lib', '/usr/local/lib'].map(path => `${path}/credstore.encrypted/*`)
  const units = ['/etc/systemd/system/*', '/etc/systemd/system/*.d/*', '/usr/local/lib/systemd/system/*']
  const isTold = (place: Place) => /^\s*(Load|Set)CredentialEncrypted\s*=/m.test(look.text(place))
  return stores.some(path => look.find(path).length > 0) || units.some(path => look.find(path).some(isTold))
}

export const tpm: Operation = {
  name: 'tpm',
  severity: 'identity',
  isDefault: true,
  description: "public keys of this machine's TPM",
  find: fromRows([
    {
      paths: ['/var/lib/systemd/tpm2-srk-public-key.*', '/var/lib/tpm/system.data'],
      reason: "they belong to this machine's TPM",
    },
  ]),
}
