// What binds a machine to others on purpose. Sealing it by default would break what an image is made for; a clone of it
// is wrong all the same.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const domain: Operation = {
  name: 'domain',
  severity: 'identity',
  isDefault: false,
  description: 'member of a domain: Kerberos, Samba, SSSD, FreeIPA',
  find: fromRows([
    {paths: ['/etc/krb5.keytab', '/etc/*/krb5.keytab'], reason: 'keys of this host in Kerberos'},
    {
      paths: [
        ...[
          '/var/lib/samba/private/secrets.tdb',
          '/var/lib/samba/private/passdb.tdb',
          '/etc/samba/secrets.tdb',
        ],
        '/etc/samba/smbpasswd',
      ],
      reason: 'the account of this host in a Windows domain, passwords',
    },
    {
      paths: ['/var/lib/sss/db/*', '/var/lib/sss/secrets/*'],
      reason: 'accounts and passwords that SSSD keeps',
    },
    {paths: ['/var/lib/ipa-client/sysrestore/*', '/etc/ipa/nssdb/*'], reason: 'enrolled in FreeIPA'},
  ]),
}

export const kerberosServer: Operation = {
  name: 'kerberos-server',
  severity: 'secret',
  isDefault: false,
  description: 'the database of a Kerberos server',
  find: fromRows([
    {
      // kadm5.acl and kdc.conf stay: they are configuration.
      paths: [
        '/var/kerberos/krb5kdc/principal*',
        '/var/kerberos/krb5kdc/.k5.*',
        '/var/lib/krb5kdc/principal*',
        '/etc/krb5kdc/stash',
      ],
      reason: 'the accounts of a realm, or the key to them',
    },
  ]),
}

export const kubernetes: Operation = {
  name: 'kubernetes',
  severity: 'identity',
  isDefault: false,
  description: 'membership in a Kubernetes cluster',
  find: fromRows([
    {
      paths: [
        ...[
          '/etc/kubernetes/pki/*',
          '/etc/kubernetes/*.conf',
          '/var/lib/kubelet/pki/*',
          '/var/lib/etcd/member',
        ],
        ...['/etc/rancher/node/password', '/var/lib/rancher/*/server/tls', '/var/lib/rancher/*/agent/*.key'],
        ...['/var/lib/rancher/*/server/token', '/var/lib/rancher/*/server/node-token'],
      ],
      reason: 'keys of this node in its cluster',
      trees: true,
    },
  ]),
}

export const tunnels: Operation = {
  name: 'tunnels',
  severity: 'secret',
  isDefault: false,
  description: 'private keys of WireGuard, OpenVPN, IPsec, Tor',
  find: fromRows([
    {paths: ['/etc/wireguard/*.conf', '/etc/wireguard/*key*'], reason: 'a private key of WireGuard'},
    {paths: ['/etc/openvpn/*.key', '/etc/openvpn/*/*.key'], reason: 'a private key of OpenVPN'},
    {
      paths: [
        '/etc/ipsec.secrets',
        '/etc/ipsec.d/private/*',
        '/etc/swanctl/private/*',
        '/etc/ipsec.d/*.secrets',
      ],
      reason: 'a private key of IPsec',
    },
    {
      paths: ['/var/lib/tor/keys/*', '/var/lib/tor/*/hs_ed25519_secret_key', '/var/lib/tor/*/private_key'],
      reason: 'a private key of Tor',
    },
  ]),
}

export const certificates: Operation = {
  name: 'certificates',
  severity: 'trace',
  isDefault: false,
  description: "keys of this host's certificates; servers may need them",
  find: fromRows([
    {
      paths: [
        ...['/etc/ssl/private/ssl-cert-snakeoil.key', '/etc/ssl/certs/ssl-cert-snakeoil.pem'],
        ...[
          '/etc/pki/tls/private/localhost.key',
          '/etc/pki/tls/certs/localhost.crt',
          '/etc/pki/CA/private/*.key',
        ],
        ...['/etc/pki/CA/certs/*.crt', '/etc/pki/CA/crl/*', '/etc/pki/CA/newcerts/*'],
        ...[
          '/etc/Pegasus/*.cnf',
          '/etc/Pegasus/*.crt',
          '/etc/Pegasus/*.csr',
          '/etc/Pegasus/*.pem',
          '/etc/Pegasus/*.srl',
        ],
        ...['/etc/letsencrypt/live/*', '/etc/letsencrypt/archive/*', '/etc/letsencrypt/accounts/*'],
        ...['/var/lib/shim-signed/mok/MOK.priv', '/var/lib/dkms/mok.key'],
      ],
      reason: 'clones share its private key',
      trees: true,
      links: true,
    },
  ]),
}

export const firewall: Operation = {
  name: 'firewall',
  severity: 'trace',
  isDefault: false,
  description: 'rules of the firewall',
  find: fromRows([
    {
      paths: [
        '/etc/sysconfig/iptables',
        '/etc/sysconfig/ip6tables',
        '/etc/firewalld/services/*',
        '/etc/firewalld/zones/*',
      ],
      reason: 'rules of the firewall',
    },
  ]),
}

export const people: Operation = {
  name: 'people',
  severity: 'secret',
  isDefault: true,
  description: 'fingerprints of people, and faces for the login screen',
  find: fromRows([
    {
      paths: ['/var/lib/fprint/*', '/var/lib/AccountsService/icons/*', '/var/lib/AccountsService/users/*'],
      reason: 'of a person who logged in',
      trees: true,
    },
  ]),
}
