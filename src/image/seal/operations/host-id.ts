// The number that gethostid(3) gives. ZFS looks at it before it imports a pool, a root on ZFS at every boot.

import type {Operation} from '../operation.ts'
import {fromRows} from '../patterns.ts'

export const hostId: Operation = {
  name: 'host-id',
  severity: 'trace',
  isDefault: false,
  description: '/etc/hostid; a root on ZFS may not boot without it',
  find: fromRows([
    {paths: ['/etc/hostid', '/etc/zfs/zpool.cache'], reason: 'the id of the host, as ZFS asks for it'},
  ]),
}
