// Copies of account files, and answers to installers: they hold old password hashes.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const accountBackups: Operation = {
  name: 'account-backups',
  severity: 'secret',
  isDefault: true,
  description: 'copies of passwd, shadow, group: they hold old passwords',
  find: fromRows([
    {
      paths: [
        ...['/etc/passwd-', '/etc/shadow-', '/etc/group-', '/etc/gshadow-', '/etc/subuid-', '/etc/subgid-'],
        ...['/etc/passwd.OLD', '/etc/shadow.OLD', '/etc/passwd.org', '/etc/shadow.org'],
        ...['/etc/passwd.lock', '/etc/shadow.lock', '/etc/group.lock', '/etc/gshadow.lock'],
        // What passwd(1) and its like leave when they are killed.
        ...['/etc/passwd+', '/etc/shadow+', '/etc/group+', '/etc/gshadow+'],
        ...['/etc/passwd.[0-9]*', '/etc/shadow.[0-9]*', '/etc/group.[0-9]*', '/etc/gshadow.[0-9]*'],
        ...['/var/backups/passwd.bak*', '/var/backups/shadow.bak*', '/var/backups/group.bak*'],
        '/var/backups/gshadow.bak*',
      ],
      reason: 'accounts as they were, with their password hashes',
    },
    {paths: ['/etc/security/opasswd'], reason: 'hashes of earlier passwords', deed: 'empty'},
  ]),
}

export const installer: Operation = {
  name: 'installer',
  severity: 'secret',
  isDefault: true,
  description: "an installer's answers, which hold passwords",
  find: fromRows([
    {
      paths: [
        ...['/root/anaconda-ks.cfg', '/root/original-ks.cfg', '/root/initial-setup-ks.cfg', '/root/ks.cfg'],
        ...['/root/anaconda-post.log', '/root/install.log', '/root/install.log.syslog', '/root/preseed.cfg'],
        ...[
          '/root/autoinst.xml',
          '/var/adm/autoinstall/cache/*',
          '/var/log/installer/*',
          '/var/log/anaconda/*',
        ],
        ...['/etc/cloud/cloud.cfg.d/90-installer-network.cfg', '/etc/cloud/cloud.cfg.d/99-installer.cfg'],
        ...['/var/cache/debconf/passwords.dat-old', '/root/*.ks'],
      ],
      reason: 'what an installer was told, or made a note of',
      trees: true,
    },
    {paths: ['/var/cache/debconf/passwords.dat'], reason: 'passwords that packages asked for', deed: 'empty'},
  ]),
}

export const crashes: Operation = {
  name: 'crashes',
  severity: 'secret',
  isDefault: true,
  description: 'crash dumps: they hold what was in memory',
  find: fromRows([
    {
      paths: [
        ...[
          '/var/crash/*',
          '/var/spool/abrt/*',
          '/var/tmp/abrt/*',
          '/var/lib/systemd/coredump/*',
          '/var/log/dump/*',
        ],
        ...['/var/lib/apport/coredump/*', '/var/lib/systemd/pstore/*', '/var/lib/abrt/*'],
      ],
      reason: 'memory of a program, or of the kernel',
      trees: true,
    },
    {paths: ['/core', '/root/core'], reason: 'memory of a program'},
  ]),
}
