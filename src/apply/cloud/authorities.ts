// Who vouches for a server: the authorities that this guest trusts, in the one file that each family keeps of them.

import {attempt, SystemError, unlessRefused} from '../../system/errors.ts'
import {readCertificates} from '../../system/https.ts'
import type {System} from '../../system/system.ts'

/** Where ca-certificates and its kin put them all together; the first that is there counts. */
const bundles = [
  // Debian, Ubuntu, Alpine, Gentoo.
  '/etc/ssl/certs/ca-certificates.crt',
  // Red Hat's family since 7; 5 and 6.
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  // SUSE since 12; 11.
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  // Whatever keeps to OpenSSL's own name.
  '/etc/ssl/cert.pem',
]

/**
 * Reads the certificates of the guest's own store, and of a file that was named besides.
 *
 * @throws SystemError if the named file holds none. A store that cannot be read is passed over: it is one more, and
 * what it would vouch for is then said not to be trusted.
 */
export async function readAuthorities(system: System, named: string | undefined): Promise<string[]> {
  const store = bundles.map(path =>
    unlessRefused(
      () => system.files.readText(path),
      () => undefined,
    ),
  )
  // Not looked at one by one: a single odd certificate must not cost the others.
  const own = store.find(text => text?.includes('-----BEGIN')) ?? ''
  return [own, ...(named === undefined ? [] : await readNamed(system, named))].filter(Boolean)
}

async function readNamed({files}: System, path: string): Promise<string[]> {
  const deed = `read READY_CA ${path}`
  const bytes = attempt(deed, () => files.read(path))
  if (bytes === undefined) throw new SystemError(deed, 'there is no such file')
  const certificates = await readCertificates(bytes)
  if (certificates.length === 0) throw new SystemError(deed, 'there is no certificate in it that can be read')
  return certificates
}
