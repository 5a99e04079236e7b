// What is fetched or computed anew whenever it is missing.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const caches: Operation = {
  name: 'caches',
  severity: 'trace',
  isDefault: true,
  description: 'lists and archives of package managers, and the like',
  find: fromRows([
    {
      paths: [
        ...['/var/lib/apt/lists/*_*', '/var/lib/apt/lists/auxfiles/*', '/var/lib/apt/lists/partial/*'],
        '/var/cache/apt/*.bin',
        ...['/var/cache/apt/archives/*.deb', '/var/cache/apt/archives/partial/*', '/var/lib/apt/periodic/*'],
      ],
      reason: 'apt fetches it anew',
    },
    {
      paths: [
        ...['/var/cache/dnf/*', '/var/cache/yum/*', '/var/cache/libdnf5/*', '/var/lib/dnf/repos/*'],
        ...['/var/cache/PackageKit/*', '/var/cache/zypp/*', '/var/cache/apk/*', '/var/cache/pacman/pkg/*'],
      ],
      reason: 'the package manager fetches it anew',
      trees: true,
    },
    {
      paths: ['/var/cache/man/index.db', '/var/cache/man/*/*', '/var/cache/man/*/*/*'],
      reason: 'made anew when it is missing',
    },
    {paths: ['/var/lib/rpm/__db.*'], reason: "regions of rpm's database in memory"},
    {
      paths: [
        ...['/var/cache/fontconfig/*', '/var/cache/debconf/*-old', '/var/cache/gdm/*'],
        ...['/var/lib/mlocate/mlocate.db', '/var/lib/plocate/plocate.db', '/var/cache/locate/*'],
        ...['/var/lib/sss/mc/*', '/var/cache/nscd/*', '/var/cache/snapd/*'],
      ],
      reason: 'made anew when it is missing',
      trees: true,
    },
  ]),
}

const postfixQueues = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'hold', 'incoming', 'maildrop']

export const mail: Operation = {
  name: 'mail',
  severity: 'trace',
  isDefault: true,
  description: 'mailboxes, and mail that was to be sent',
  find: fromRows([
    {paths: ['/var/mail/*', '/var/spool/mail/*'], reason: 'a mailbox', deed: 'empty'},
    {
      paths: [
        ...postfixQueues.map(queue => `/var/spool/postfix/${queue}/*`),
        ...['/var/spool/exim4/input/*', '/var/spool/exim4/msglog/*', '/var/spool/exim/input/*'],
        ...[
          '/var/spool/mqueue/*',
          '/var/spool/clientmqueue/*',
          '/var/lib/dovecot/instances',
          '/var/spool/nullmailer/queue/*',
        ],
      ],
      reason: 'mail that was to be sent',
      trees: true,
    },
    {paths: ['~/mbox', '~/dead.letter'], reason: 'mail'},
  ]),
}

export const packageLeftovers: Operation = {
  name: 'package-leftovers',
  severity: 'trace',
  isDefault: false,
  description: 'files below /etc that package managers laid aside',
  find: fromRows([
    {
      paths: ['/etc', '/etc/*', '/etc/*/*', '/etc/*/*/*'].flatMap(directory =>
        [
          'dpkg-old',
          'dpkg-dist',
          'dpkg-new',
          'dpkg-tmp',
          'ucf-old',
          'ucf-dist',
          'rpmsave',
          'rpmorig',
          'rpmnew',
        ].map(ending => `${directory}/*.${ending}`),
      ),
      reason: 'laid aside at an upgrade',
    },
  ]),
}
