// Installing into real roots, and what their own tools make of it: insserv and startpar, systemctl, OpenRC.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {type Guest, startGuest} from './guest.ts'
import {agentBinary, skipWithout, skipWithoutGuest} from './host.ts'
import {withOpenrc} from './openrc-root.ts'
import {debian12WithSystemd, provideRoot, type RootRecipe} from './root-image.ts'
import {provideSmallRoot} from './small-root.ts'

/** Starts a guest and installs into it from outside, as into an image. */
async function startInstalled(recipe?: RootRecipe): Promise<Guest> {
  const root = recipe && (await provideRoot(recipe))
  const guest = await startGuest({agent: null, root})
  const {exitCode, stdout, stderr} = await install(guest)
  assert.equal(exitCode, 0, stdout + stderr)
  return guest
}

function install(guest: Guest) {
  return guest.runOnTree(root => [agentBinary, 'install', '--root', root])
}

/** An agent that says how it was called. */
const standIn = '#!/bin/sh\necho "service: vmcontext $*"\n'

describe('SysV init with insserv', skipWithoutGuest('namespace'), () => {
  const links = 'cd /etc && ls rc?.d && cat init.d/.depend.*'

  /** Every script of others says its name and does nothing. */
  async function quietScripts(guest: Guest): Promise<void> {
    const script = `
      cd /etc/init.d
      for name in $(ls); do
        case $name in vmcontext*|rc|rcS|README|functions) continue ;; esac
        { echo '#!/bin/sh'; sed -n '/BEGIN INIT INFO/,/END INIT INFO/p' "$name"; echo "echo $name >>/tmp/order"; } >/tmp/x
        cat /tmp/x >"$name"
      done`
    await guest.expect(['sh', '-ec', script])
    await guest.writeFile('/usr/sbin/vmcontext', '#!/bin/sh\necho "vmcontext $*" >>/tmp/order\n', 0o755)
  }

  /** What rc starts in a runlevel, in the order in which it was started. */
  async function bootInto(guest: Guest, level: string, previous: string): Promise<string[]> {
    const environment = {RUNLEVEL: level, PREVLEVEL: previous, runlevel: level, previous}
    await guest.writeFile('/tmp/order', '')
    await guest.expect(['/etc/init.d/rc', level], {environment})
    return (await guest.readFile('/tmp/order')).trim().split('\n')
  }

  for (const concurrency of ['makefile', 'none']) {
    test(`starts ours before the network and last (CONCURRENCY=${concurrency})`, async () => {
      await using guest = await startInstalled()
      await quietScripts(guest)
      await guest.expect(['sed', '-i', `s/^CONCURRENCY=makefile/CONCURRENCY=${concurrency}/`, '/lib/init/rc'])
      const boot = await bootInto(guest, 'S', 'N')
      const [local, network, mounts] = [
        'vmcontext boot --stage local --no-verify',
        'networking',
        'mountall-bootclean.sh',
      ].map(name => boot.indexOf(name))
      assert.ok(mounts! >= 0 && local! > mounts! && network! > local!, boot.join('\n'))
      const start = await bootInto(guest, '2', 'S')
      assert.equal(start.at(-1), 'vmcontext boot --stage final --no-verify', start.join('\n'))
      assert.ok(start.includes('ssh'))
    })
  }

  test('is what insserv itself keeps, and a second install finds nothing to do', async () => {
    await using guest = await startInstalled()
    const {stdout} = await install(guest)
    assert.match(stdout, /Already installed; nothing to do/)
    await guest.expect(['insserv', 'vmcontext.sh'])
    const boot = await guest.readFile('/etc/init.d/.depend.boot')
    assert.match(boot, /^networking:.* vmcontext\.sh/m)
    assert.match(await guest.readFile('/etc/init.d/.depend.start'), /^vmcontext-final\.sh:.* ssh/m)
    // The same numbers in S as ours.
    assert.match(await guest.expect(['sh', '-c', links]), /^S09vmcontext\.sh\nS10networking$/m)
  })

  test('on the running guest its own insserv has the last word, and the record follows', async () => {
    await using guest = await startGuest()
    const said = await guest.expect(['vmcontext', 'install', '--yes'])
    assert.match(said, /^ran +\/usr\/sbin\/insserv vmcontext\.sh$/m)
    assert.match(said, /SysV init will run vmcontext\.sh before networking/)
    const record = JSON.parse(await guest.readFile('/var/lib/vmcontext/installed.json'))
    const missing = Object.keys(record.files).map(path => `[ -e ${path} ] || [ -L ${path} ] || echo ${path}`)
    assert.equal(await guest.expect(['sh', '-c', missing.join('\n')]), '')
    const before = await guest.listing('/etc', '/usr', '/var')
    const again = await guest.expect(['vmcontext', 'install', '--yes'])
    assert.match(again, /Already installed; nothing to do/)
    assert.equal(await guest.listing('/etc', '/usr', '/var'), before)
  })
})

describe('systemd', skipWithoutGuest('namespace'), () => {
  const enabled = ['vmcontext-local.service', 'vmcontext-final.service', 'vmcontext-reconfigure.path']

  test('finds the units enabled, and its own tool would make the same links', async () => {
    await using guest = await startInstalled(debian12WithSystemd)
    const states = await guest.expect(['systemctl', 'is-enabled', ...enabled])
    assert.equal(states, 'enabled\nenabled\nenabled\n')
    const listLinks = ['sh', '-c', 'find /etc/systemd/system -type l -printf "%p %l\\n" | sort'] as const
    const ours = await guest.expect(listLinks)
    await guest.expect(['systemctl', '--no-reload', 'disable', ...enabled])
    assert.notEqual(await guest.expect(listLinks), ours)
    await guest.expect(['systemctl', '--no-reload', 'enable', ...enabled])
    assert.equal(await guest.expect(listLinks), ours)
  })

  test('keeps it so when all presets are applied, as a first boot and image builders do', async () => {
    await using guest = await startInstalled(debian12WithSystemd)
    await guest.writeFile('/usr/lib/systemd/system-preset/90-x.preset', 'disable *\n')
    await guest.expect(['systemctl', '--no-reload', 'preset-all'])
    assert.equal(await guest.expect(['systemctl', 'is-enabled', ...enabled]), 'enabled\nenabled\nenabled\n')
    await guest.writeFile('/usr/lib/systemd/system-preset/90-x.preset', 'enable *\n')
    await guest.expect(['systemctl', '--no-reload', 'preset-all'])
    const timer = await guest.run(['systemctl', 'is-enabled', 'vmcontext-guestinfo.timer'])
    assert.equal(timer.stdout, 'disabled\n')
  })

  test('understands the units as they lie there', async () => {
    await using guest = await startInstalled(debian12WithSystemd)
    const {stdout, stderr} = await guest.run(['systemd-analyze', 'verify', '--man=no', ...enabled])
    assert.doesNotMatch(stdout + stderr, /vmcontext/)
  })

  test('a program that runs is replaced while it runs, by one from elsewhere', async () => {
    await using guest = await startGuest({root: await provideRoot(debian12WithSystemd)})
    await guest.expect(['sh', '-ec', 'mv /usr/sbin/vmcontext /root/new && echo old >/usr/sbin/vmcontext'])
    const said = await guest.expect(['/root/new', 'install', '--yes'])
    assert.match(said, /systemd will start vmcontext-local before network-pre\.target/)
    await guest.expect(['cmp', '/root/new', '/usr/sbin/vmcontext'])
    assert.equal(await guest.expect(['stat', '-c', '%a %U:%G', '/usr/sbin/vmcontext']), '755 root:root\n')
    assert.match(await guest.expect(['/usr/sbin/vmcontext', '--version']), /^vmcontext \d/)
  })
})

describe('OpenRC', skipWithoutGuest('namespace'), () => {
  test('has both services in their runlevels, and starts them', async () => {
    await using guest = await startInstalled(withOpenrc)
    const shown = await guest.expect(['rc-update', 'show', '-v'])
    // Debian's own has networking there.
    assert.match(shown, /^ *vmcontext \| +sysinit/m)
    assert.match(shown, /^ *vmcontext-final \| +default/m)
    await guest.writeFile('/usr/sbin/vmcontext', standIn, 0o755)
    const others = 'find /etc/runlevels/sysinit -type l ! -name "vmcontext*" -delete'
    await guest.expect(['sh', '-c', others])
    const said = await guest.expect(['sh', '-c', '{ openrc sysinit; openrc boot; openrc default; } 2>&1'])
    const started = [...said.matchAll(/^service: (.*)$/gm)].map(match => match[1]!)
    assert.deepEqual(started, [
      'vmcontext boot --stage local --no-verify',
      'vmcontext boot --stage final --no-verify',
    ])
  })
})

describe("busybox's init", skipWithoutGuest('namespace'), () => {
  test('runs ours before its network and last', async () => {
    await using guest = await startGuest({agent: null, root: await provideSmallRoot()})
    // As Buildroot's does.
    const rcS = '#!/bin/sh\nfor i in /etc/init.d/S??* ;do\n  [ -f "$i" ] && $i start\ndone\n'
    await guest.writeFile('/etc/init.d/rcS', rcS, 0o755)
    await guest.writeFile('/etc/init.d/S40network', '#!/bin/sh\necho "service: network"\n', 0o755)
    const {exitCode, stdout, stderr} = await install(guest)
    assert.equal(exitCode, 0, stdout + stderr)
    await guest.writeFile('/usr/sbin/vmcontext', standIn, 0o755)
    const said = await guest.expect(['/etc/init.d/rcS'])
    assert.deepEqual(said.match(/^service: .*$/gm), [
      'service: vmcontext boot --stage local --no-verify',
      'service: network',
      'service: vmcontext boot --stage final --no-verify',
    ])
  })
})

describe('the jobs of upstart', () => {
  for (const name of ['vmcontext', 'vmcontext-wait', 'vmcontext-final']) {
    test(`${name} holds a clean script`, skipWithout('shellcheck'), async () => {
      const {payload} = await import('../../src/image/install/payload.ts')
      const text = payload[`upstart/${name}.conf`]!
      const script = /^script\n([\s\S]*?)^end script$/m.exec(text)![1]!
      const {stdout} = await execa('shellcheck', ['--shell=sh', '-'], {
        input: `export INTERFACE=eth0\n${script}`,
        reject: false,
      })
      assert.equal(stdout, '')
      assert.match(text, /^start on /m)
    })
  }
})

describe('a disk', skipWithoutGuest('namespace'), () => {
  /** Installs on a small file system again and again, each time with more room for names, and tells what came of it. */
  const script = `
    list() { (cd "$1" && find . -printf '%p %y %m %U:%G %l\\n' | sort && find . -type f -exec sha256sum {} + | sort); }
    for inodes in $2; do
      mount -t tmpfs -o "size=400m,nr_inodes=$inodes" tree /mnt
      mkdir -p /mnt/etc /mnt/usr/lib/systemd /mnt/usr/sbin
      echo old >/mnt/usr/sbin/vmcontext && : >/mnt/usr/lib/systemd/systemd
      before=$(list /mnt)
      [ "$3" = rw ] || mount -o remount,ro /mnt
      said=$("$1" install --root /mnt 2>&1)
      echo "$? $([ "$before" = "$(list /mnt)" ] && echo same || echo other) $said" | tr '\\n' ' '
      umount /mnt
      echo
    done`
  const installOn = async (...args: string[]) => {
    const {stdout} = await execa('unshare', ['--mount', 'sh', '-c', script, 'sh', agentBinary, ...args])
    return stdout.split('\n')
  }

  test('that is full at any deed has everything as it was before', async () => {
    const lines = await installOn('12 16 20 24 28 32 36', 'rw')
    assert.equal(lines.length, 7)
    for (const line of lines) assert.match(line, /^1 same .*the disk is full; everything is as it was before/)
  })

  test('that is read-only is said to be', async () => {
    const [line] = await installOn('100', 'ro')
    assert.match(line!, /^1 same .*the file system is read-only/)
  })
})

describe('completions', skipWithoutGuest('namespace'), () => {
  /** What bash itself would put behind a line that is typed. */
  async function complete(line: string): Promise<string[]> {
    const words = line.split(' ')
    const script = `
      eval "$0"
      function=$(complete -p vmcontext | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      "$function" && printf '%s\\n' "\${COMPREPLY[@]}"`
    const {payload} = await import('../../src/image/install/payload.ts')
    const {stdout} = await execa('bash', ['-c', script, payload['completions/vmcontext.bash']!, ...words])
    return stdout.split('\n').filter(word => word !== '')
  }

  for (const [line, expected] of [
    ['vmcontext in', ['install']],
    ['vmcontext install --t', ['--take-over']],
    ['vmcontext disc b', ['build']],
    ['vmcontext boot --stage f', ['final']],
    ['vmcontext boot --only ho', ['hostname', 'host-keys']],
    ['vmcontext seal --root /us', ['/usr']],
    ['vmcontext plan --set x', []],
  ] as const) {
    test(line, async () => assert.deepEqual(await complete(line), expected))
  }
})
