// What each kind of root gets, link by link, as the distribution's own tool would make them.

import assert from 'node:assert/strict'
import {readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {compareTrees, readTree} from '../../tree.ts'
import {libraries, listTree, makeAgent, plant, putFile, runInstall, type TreeFiles} from './tree.ts'

const bootable = {
  'etc/hostname': 'image\n',
  'boot/vmlinuz-6.1': '',
  'usr/lib/udev/rules.d/60-persistent-storage.rules': '',
}
const script = (provides: string, after = '', level = 'S') =>
  `#!/bin/sh\n### BEGIN INIT INFO\n# Provides: ${provides}\n# Required-Start: ${after}\n# Default-Start: ${level}\n### END INIT INFO\n`
const link = (name: string) => `->../init.d/${name}`

const scriptsAndLinks = (final: string) => [
  'etc/init.d/vmcontext-final.sh',
  'etc/init.d/vmcontext.sh',
  ...['2', '3', '4', '5'].flatMap(level => [
    `etc/rc${level}.d/S01vmcontext.sh -> ../init.d/vmcontext.sh`,
    `etc/rc${level}.d/${final}vmcontext-final.sh -> ../init.d/vmcontext-final.sh`,
  ]),
]

type Kind = {
  name: string
  files: TreeFiles
  /** What comes besides program, helper, rules, manual and example; of a link with its target. */
  brings: readonly string[]
  says: RegExp
  /** What goes or changes. */
  changes?: readonly string[]
}

const kinds: readonly Kind[] = [
  {
    name: 'systemd',
    files: {
      'sbin/init': '->../usr/lib/systemd/systemd',
      'usr/lib/systemd/systemd': '',
      'usr/lib/systemd/system/default.target': '->graphical.target',
      'usr/lib/systemd/system/graphical.target': '[Unit]\nRequires=multi-user.target\n',
      'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
    },
    brings: [
      'etc/systemd/system-preset/40-vmcontext.preset',
      'etc/systemd/system/multi-user.target.wants/vmcontext-final.service -> /etc/systemd/system/vmcontext-final.service',
      'etc/systemd/system/multi-user.target.wants/vmcontext-local.service -> /etc/systemd/system/vmcontext-local.service',
      'etc/systemd/system/multi-user.target.wants/vmcontext-reconfigure.path -> /etc/systemd/system/vmcontext-reconfigure.path',
      'etc/systemd/system/vmcontext-changed.service',
      'etc/systemd/system/vmcontext-final.service',
      'etc/systemd/system/vmcontext-guestinfo.service',
      'etc/systemd/system/vmcontext-guestinfo.timer',
      'etc/systemd/system/vmcontext-local.service',
      'etc/systemd/system/vmcontext-reconfigure.path',
      'etc/systemd/system/vmcontext-reconfigure.service',
      'etc/systemd/system/vmcontext.service',
    ],
    says: /systemd will start vmcontext-local before network-pre\.target/,
  },
  {
    name: 'insserv, one script after another',
    files: {
      'sbin/init': '',
      'sbin/insserv': '',
      'etc/debian_version': '7.11\n',
      'etc/insserv.conf': '$local_fs\t+mountall +mountall-bootclean\n$network\t+networking\n',
      'etc/init.d/mountall.sh': script('mountall'),
      'etc/init.d/udev': script('udev'),
      'etc/init.d/networking': script('networking', '$local_fs'),
      'etc/init.d/mountnfs.sh': script('mountnfs', '$network'),
      'etc/init.d/ssh': script('sshd', '$remote_fs', '2 3 4 5'),
      'etc/init.d/.depend.boot':
        'TARGETS = udev mountall.sh networking mountnfs.sh\nINTERACTIVE = udev\nmountall.sh: udev\nnetworking: mountall.sh\nmountnfs.sh: networking\n',
      'etc/init.d/.depend.start': 'TARGETS = ssh\nINTERACTIVE =\n',
      'etc/rcS.d/S01udev': link('udev'),
      'etc/rcS.d/S02mountall.sh': link('mountall.sh'),
      'etc/rcS.d/S03networking': link('networking'),
      'etc/rcS.d/S04mountnfs.sh': link('mountnfs.sh'),
      'etc/rc2.d/S01ssh': link('ssh'),
      'etc/rc3.d/S01ssh': link('ssh'),
      'etc/rc4.d/S01ssh': link('ssh'),
      'etc/rc5.d/S01ssh': link('ssh'),
    },
    brings: [
      ...scriptsAndLinks('S02'),
      'etc/rcS.d/S03vmcontext.sh -> ../init.d/vmcontext.sh',
      'etc/rcS.d/S04networking -> ../init.d/networking',
      'etc/rcS.d/S05mountnfs.sh -> ../init.d/mountnfs.sh',
    ],
    changes: [
      'D etc/rcS.d/S03networking',
      'D etc/rcS.d/S04mountnfs.sh',
      'M etc/init.d/.depend.boot 0644',
      'M etc/init.d/.depend.start 0644',
    ],
    says: /SysV init will run vmcontext\.sh before networking/,
  },
  {
    name: 'chkconfig, where upstart starts rc and nothing else',
    files: {
      'sbin/init': '',
      'sbin/initctl': '',
      'sbin/chkconfig': '',
      'etc/init/rc.conf': '',
      'etc/redhat-release': 'CentOS release 6.10 (Final)\n',
      'etc/inittab': 'id:3:initdefault:\n',
      'etc/init.d': '->rc.d/init.d',
      'etc/rc.d/init.d/network': '',
      'etc/rc3.d': '->rc.d/rc3.d',
      'etc/rc.d/rc3.d/S10network': link('network'),
    },
    brings: [
      'etc/rc.d/init.d/vmcontext-final.sh',
      'etc/rc.d/init.d/vmcontext.sh',
      ...['0', '1', '2', '3', '4', '5', '6'].flatMap(level => {
        const [local, final] = '016'.includes(level) ? ['K90', 'K01'] : ['S09', 'S99']
        const names = [`${local}vmcontext.sh`, `${final}vmcontext-final.sh`].sort()
        return names.map(name => `etc/rc.d/rc${level}.d/${name} -> ../init.d/${name.slice(3)}`)
      }),
    ],
    says: /SysV init will run vmcontext\.sh before network$/m,
  },
  {
    name: 'update-rc.d, before there was insserv',
    files: {
      'sbin/init': '',
      'usr/sbin/update-rc.d': '',
      'etc/debian_version': '5.0.10\n',
      'etc/init.d/networking': '',
      'etc/init.d/mountall.sh': '',
      'etc/rcS.d/S35mountall.sh': link('mountall.sh'),
      'etc/rcS.d/S40networking': link('networking'),
      'etc/rc3.d/S20ssh': '',
    },
    brings: [...scriptsAndLinks('S99'), 'etc/rcS.d/S39vmcontext.sh -> ../init.d/vmcontext.sh'],
    says: /SysV init will run vmcontext\.sh before networking/,
  },
  {
    name: 'SysV init without any tool: the links of the manual',
    files: {'sbin/init': '', 'etc/rc3.d/S20ssh': '', 'etc/inittab': 'id:2:initdefault:\n'},
    brings: [...scriptsAndLinks('S99')],
    says: /SysV init will run vmcontext\.sh in runlevel 2/,
  },
  {
    name: 'insserv of openSUSE, whose runlevels lie in init.d',
    files: {
      'sbin/init': '',
      'sbin/insserv': '',
      'etc/SuSE-release': 'openSUSE 11.4 (x86_64)\nVERSION = 11.4\n',
      'etc/insserv.conf': '$local_fs boot.localfs\n$network network\n',
      'etc/inittab': 'id:3:initdefault:\n',
      'etc/rc.d': '->init.d',
      'etc/init.d/network': script('network', '$local_fs', '2 3 5'),
      'etc/init.d/sshd': script('sshd', '$network', '3 5'),
      'etc/init.d/.depend.boot': 'TARGETS = boot.localfs\nINTERACTIVE =\n',
      'etc/init.d/.depend.start': 'TARGETS = network sshd\nINTERACTIVE =\nsshd: network\n',
      'etc/init.d/rc3.d/S01network': '->../network',
      'etc/init.d/rc3.d/S02sshd': '->../sshd',
    },
    brings: [
      'etc/init.d/rc2.d/S01vmcontext.sh -> ../vmcontext.sh',
      'etc/init.d/rc2.d/S02vmcontext-final.sh -> ../vmcontext-final.sh',
      'etc/init.d/rc3.d/S01vmcontext.sh -> ../vmcontext.sh',
      'etc/init.d/rc3.d/S02network -> ../network',
      'etc/init.d/rc3.d/S03sshd -> ../sshd',
      'etc/init.d/rc3.d/S04vmcontext-final.sh -> ../vmcontext-final.sh',
      'etc/init.d/rc5.d/S01vmcontext.sh -> ../vmcontext.sh',
      'etc/init.d/rc5.d/S02vmcontext-final.sh -> ../vmcontext-final.sh',
      'etc/init.d/vmcontext-final.sh',
      'etc/init.d/vmcontext.sh',
    ],
    changes: [
      'D etc/init.d/rc3.d/S01network',
      'D etc/init.d/rc3.d/S02sshd',
      'M etc/init.d/.depend.start 0644',
    ],
    says: /SysV init will run vmcontext\.sh before network$/m,
  },
  {
    name: 'OpenRC',
    files: {
      'sbin/init': '->../bin/busybox',
      'bin/busybox': '',
      'sbin/openrc': '',
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n',
    },
    brings: [
      'etc/init.d/vmcontext',
      'etc/init.d/vmcontext-final',
      'etc/runlevels/boot/vmcontext -> /etc/init.d/vmcontext',
      'etc/runlevels/default/vmcontext-final -> /etc/init.d/vmcontext-final',
    ],
    says: /OpenRC will start vmcontext in the runlevel boot, before the network/,
  },
  {
    name: 'upstart',
    files: {
      'sbin/init': '',
      'sbin/initctl': '',
      'usr/sbin/update-rc.d': '',
      'etc/init/networking.conf': '',
      'etc/rc3.d/S20ssh': '',
    },
    brings: ['etc/init/vmcontext-final.conf', 'etc/init/vmcontext-wait.conf', 'etc/init/vmcontext.conf'],
    says: /upstart will start vmcontext before the network/,
  },
  {
    name: "busybox's rcS",
    files: {
      'sbin/init': '->../bin/busybox',
      'bin/busybox': '',
      'etc/init.d/rcS': 'for i in /etc/init.d/S??* ;do $i start; done\n',
      'etc/init.d/S10mdev': '',
      'etc/init.d/S40network': '',
    },
    brings: ['etc/init.d/S39vmcontext', 'etc/init.d/S99vmcontext-final'],
    says: /rcS will run \/etc\/init\.d\/S39vmcontext before S40network/,
  },
]

/** What every root of these gets. */
const common = [
  'etc/udev/rules.d/70-vmcontext.rules',
  'etc/vmcontext.conf',
  'usr/lib/vmcontext/hot-plug',
  'usr/sbin/vmcontext',
  'usr/share/doc/vmcontext/schema/bundle.schema.json',
  'usr/share/doc/vmcontext/schema/doctor.schema.json',
  'usr/share/doc/vmcontext/schema/explain.schema.json',
  'usr/share/doc/vmcontext/schema/log.schema.json',
  'usr/share/doc/vmcontext/schema/plan.schema.json',
  'usr/share/doc/vmcontext/schema/rollback.schema.json',
  'usr/share/doc/vmcontext/schema/status.schema.json',
  'usr/share/man/man5/vmcontext.conf.5',
  'usr/share/man/man8/vmcontext-boot.8',
  'usr/share/man/man8/vmcontext-disc.8',
  'usr/share/man/man8/vmcontext-doctor.8',
  'usr/share/man/man8/vmcontext-explain.8',
  'usr/share/man/man8/vmcontext-install.8',
  'usr/share/man/man8/vmcontext-log.8',
  'usr/share/man/man8/vmcontext-plan.8',
  'usr/share/man/man8/vmcontext-replay.8',
  'usr/share/man/man8/vmcontext-report.8',
  'usr/share/man/man8/vmcontext-rollback.8',
  'usr/share/man/man8/vmcontext-seal.8',
  'usr/share/man/man8/vmcontext-status.8',
  'usr/share/man/man8/vmcontext-uninstall.8',
  'usr/share/man/man8/vmcontext.8',
]

for (const {name, files, brings, says, changes = []} of kinds) {
  test(name, async t => {
    const root = plant(t, libraries, bootable, files)
    const before = readTree(root)
    const agent = makeAgent(t)
    const {exitCode, output, errors} = await runInstall(root, [], {agent})
    assert.equal(errors, '')
    assert.match(output, says)
    assert.equal(exitCode, 0, output)
    for (const line of output.split('\n')) assert.ok(line.length <= 80 || line.includes(root), line)
    const lines = compareTrees(before, readTree(root)).split('\n').slice(0, -1)
    const added = lines.filter(line => line.startsWith('A ')).map(line => describe(root, line.split(' ')[1]!))
    assert.deepEqual(added, [...common, ...brings].sort())
    assert.deepEqual(
      lines
        .filter(line => !line.startsWith('A '))
        .map(forget)
        .sort(),
      [...changes].sort(),
    )

    const installed = listTree(root)
    const again = await runInstall(root, [], {agent})
    assert.match(again.output, /Already installed; nothing to do\./)
    assert.match(again.output, says)
    assert.equal(listTree(root), installed)
  })
}

function describe(root: string, path: string): string {
  try {
    return `${path} -> ${readlinkSync(join(root, path))}`
  } catch {
    return path
  }
}

/** Without the owner, who is whoever runs the tests. */
function forget(line: string): string {
  return line.replace(/ \d+:\d+$/, '')
}

/** What comes to a small root with SysV init and something else. */
async function installBeside(t: TestContext, files: TreeFiles) {
  const root = plant(t, libraries, {'sbin/init': '', 'etc/rc3.d/S20ssh': '', ...files})
  const run = await runInstall(root, [], {agent: makeAgent(t)})
  return {...run, tree: readTree(root)}
}

test('a container without a kernel is told of changes by its driver', async t => {
  const {tree} = await installBeside(t, {})
  assert.ok(tree.has('etc/init.d/one-context-reconfigure'))
})

test('mdev gets our lines before its own, once', async t => {
  const root = plant(t, libraries, {
    'sbin/init': '->../bin/busybox',
    'bin/busybox': '',
    'sbin/openrc': '',
    'etc/mdev.conf': '# theirs\nnull root:root 666\n',
  })
  const agent = makeAgent(t)
  for (const _ of [1, 2]) await runInstall(root, [], {agent})
  const lines = readTree(root).get('etc/mdev.conf')!.text.split('\n')
  assert.deepEqual(
    lines.map(line => line.slice(0, 12)),
    ['-SUBSYSTEM=n', '-DISK_MEDIA_', '# theirs', 'null root:ro', ''],
  )
})

test('VMware tools without systemd: cron looks for a changed context', async t => {
  const {tree} = await installBeside(t, {'usr/bin/vmtoolsd': ''})
  assert.match(tree.get('etc/cron.d/vmcontext')!.text, /^\* \* \* \* \* root .*hot-plug poll$/m)
})

test('completions go to the shells that are there', async t => {
  const {tree} = await installBeside(t, {'usr/bin/fish': ''})
  const found = [...tree.keys()].filter(path => /completion|site-functions/.test(path))
  assert.deepEqual(found, ['usr/share/fish/vendor_completions.d/vmcontext.fish'])
})

test('what competes is named with its cure, and so are scripts that would run no more', async t => {
  const {exitCode, output} = await installBeside(t, {
    'sbin/initctl': '',
    'etc/init/one-context.conf': 'start on runlevel [2345]\n',
    'etc/one-context.d/99-mine': '#!/bin/sh\n',
    'etc/rc.local': '. /mnt/context.sh\n',
  })
  assert.match(output, /^warning +OpenNebula's one-context configures this guest too/m)
  assert.match(output, /^warning +\/etc\/rc\.local runs the init\.sh of the disc/m)
  assert.match(output, /99-mine/)
  assert.match(output, /vmcontext install --take-over --root/)
  assert.equal(exitCode, 0)
})

test('a unit that an administrator has masked is said to be so by the check of a package', async t => {
  const unit = '[Install]\nWantedBy=multi-user.target\n'
  const root = plant(t, libraries, {
    'usr/lib/systemd/systemd': '',
    'usr/sbin/vmcontext': '',
    'usr/lib/systemd/system/default.target': '->multi-user.target',
    'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
    'usr/lib/systemd/system/vmcontext-local.service': unit,
    'usr/lib/systemd/system/vmcontext-final.service': unit,
    'usr/lib/systemd/system/vmcontext-reconfigure.path': unit,
  })
  putFile(root, 'etc/systemd/system/vmcontext-local.service', '->/dev/null')
  const {exitCode, output} = await runInstall(root, ['--packaged'], {agent: ''})
  assert.match(output, /nothing starts vmcontext-local\.service at boot: it is masked/)
  assert.match(output, /systemd will start vmcontext-final last/)
  assert.equal(exitCode, 1)
})
