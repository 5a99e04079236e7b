// By what a machine is known to storage, and what it knows of its own.

import {readOperatingSystem} from '../../../facts/operating-system.ts'
import type {Look} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {fromRows, removal, report, rewriting} from '../patterns.ts'

export const iscsi: Operation = {
  name: 'iscsi',
  severity: 'identity',
  isDefault: true,
  description: 'the name of the iSCSI initiator',
  find: look => look.find('/etc/iscsi/initiatorname.iscsi').flatMap(place => findInitiator(look, place)),
}

const isGenerated = 'GenerateName=yes\n'

/** Of Red Hat 8 and later, and of SUSE. Before them only the package's installation made a name. */
const makers = ['/usr/lib/systemd/system/iscsi-init.service', '/usr/lib/systemd/system/iscsid-init.service']

/** Debian's open-iscsi makes a name where it is told to, and does not start without the file. */
function findInitiator(look: Look, place: Parameters<typeof removal>[1]): Finding[] {
  const text = look.text(place)
  if (!/^\s*InitiatorName\s*=/m.test(text)) return []
  const reason = 'two initiators of one name share one session'
  if (readOperatingSystem(look.system).family === 'debian')
    return [rewriting(look, place, isGenerated, reason)]
  const isMadeAnew = makers.some(path => look.system.files.status(path) !== undefined)
  if (isMadeAnew) return [removal(look, place, reason)]
  return [
    report(look, place, `${reason}, and nothing here makes a new one`, 'have each clone call iscsi-iname(8)'),
  ]
}

export const nvme: Operation = {
  name: 'nvme',
  severity: 'identity',
  isDefault: true,
  description: 'the NVMe host id and name',
  find: fromRows([
    {paths: ['/etc/nvme/hostid', '/etc/nvme/hostnqn'], reason: 'two hosts of one name share one controller'},
  ]),
}

export const multipath: Operation = {
  name: 'multipath',
  severity: 'identity',
  isDefault: true,
  description: 'disks that multipath and LVM know by serial number',
  find: fromRows([
    {
      paths: ['/etc/multipath/wwids', '/etc/multipath/bindings', '/var/lib/multipath/*'],
      reason: 'disks of this machine, by serial number',
    },
    {
      paths: ['/etc/lvm/devices/system.devices', '/etc/lvm/devices/backup/*'],
      reason: 'disks that LVM may use, by serial number: a clone would see none',
    },
    {
      paths: ['/etc/lvm/archive/*', '/etc/lvm/backup/*', '/etc/lvm/cache/.cache'],
      reason: 'how volume groups were, with the name of the host',
    },
  ]),
}

export const blkid: Operation = {
  name: 'blkid',
  severity: 'trace',
  isDefault: true,
  description: 'the cache of block devices',
  find: fromRows([
    {
      paths: ['/etc/blkid.tab*', '/etc/blkid/blkid.tab*', '/var/cache/blkid.tab*', '/var/lib/blkid/*'],
      reason: 'block devices of this machine',
    },
  ]),
}
