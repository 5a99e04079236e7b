import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readOperatingSystem} from '../../src/facts/operating-system.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const cases: [files: Record<string, string>, family: string, id: string, version: number | undefined][] = [
  [
    {'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'},
    'debian',
    'debian',
    12,
  ],
  [{'usr/lib/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'}, 'debian', 'ubuntu', 24.04],
  [
    {'etc/os-release': "ID='linuxmint'\nID_LIKE='ubuntu debian'\nVERSION_ID='21'\n"},
    'debian',
    'linuxmint',
    21,
  ],
  [
    {'etc/os-release': 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n'},
    'redhat',
    'rocky',
    9.3,
  ],
  [
    {'etc/os-release': 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n'},
    'suse',
    'opensuse-leap',
    15.6,
  ],
  [{'etc/os-release': 'ID="opensuse-tumbleweed"\n'}, 'suse', 'opensuse-tumbleweed', undefined],
  [{'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n'}, 'busybox', 'alpine', 3.2],
  [
    {'etc/os-release': 'ID=postmarketos\nID_LIKE="alpine"\nVERSION_ID=v24.06\n'},
    'busybox',
    'postmarketos',
    undefined,
  ],
  [{'etc/os-release': 'ID=devuan\nID_LIKE=debian\nVERSION_ID="5"\n'}, 'debian', 'devuan', 5],
  [{'etc/os-release': 'ID=arch\n'}, 'unknown', 'arch', undefined],
  [{'etc/redhat-release': 'CentOS release 5.11 (Final)\n'}, 'redhat', 'centos', 5.11],
  [{'etc/SuSE-release': 'openSUSE 11.2 (i586)\nVERSION = 11.2\n'}, 'suse', 'opensuse', 11.2],
  [{'etc/debian_version': '5.0.8\n'}, 'debian', 'debian', 5],
  [{}, 'unknown', 'unknown', undefined],
]

for (const [files, family, id, version] of cases) {
  const text = Object.values(files)[0]?.split('\n')[0] ?? 'an empty root'
  test(`${text} is ${id} ${version ?? ''}`, t => {
    const os = readOperatingSystem(openSystem(makeDirectory(t, files)))
    assert.deepEqual([os.family, os.id, os.version], [family, id, version])
  })
}
