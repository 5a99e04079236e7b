// What happens when something is plugged into a running guest: which events count, that none is lost, and that many
// lead to one run. Asked of the real udevadm, mdev and systemd.

import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {assembleHotPlug, assembleInitScript, hotPlugPath, scriptNames} from '../../packaging/init-scripts.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {debian12WithSystemd, debian13WithManagers, provideRoot} from './root-image.ts'
import {provideSmallRoot} from './small-root.ts'
import {units} from './units.ts'

const guests = skipWithoutGuest('namespace')
const init = join(import.meta.dirname, '../../init')
const quietBoot = 'boot --quiet --set NIC_WAIT=0'
const note = '/run/vmcontext/changed'
const runs = '/root/runs'

/** An agent that notes how it was called, and then does what a test wants. */
const agent = (deed = ':') => `#!/bin/sh\necho "$*" >>${runs}\n${deed}\n`

/** Starts a guest with the helper, which waits for nothing, and an agent that only says that it ran. */
async function startWithHelper(root?: string, standIn = agent()): Promise<Guest> {
  const guest = await startGuest({agent: null, root})
  const helper = (await assembleHotPlug()).replace('settle_seconds=2', 'settle_seconds=0')
  await guest.writeFile(hotPlugPath, helper, 0o755)
  await guest.writeFile('/usr/sbin/vmcontext', standIn, 0o755)
  await guest.writeFile(runs, '')
  return guest
}

/** As the agent leaves it once a boot has gone through its stages. */
async function writeReport(guest: Guest, stages: readonly string[]): Promise<void> {
  const bootId = (await guest.readFile('/proc/sys/kernel/random/boot_id')).trim()
  const report = {version: 1, bootId, runs: stages.map(stage => ({stages: [stage]}))}
  await guest.writeFile('/run/vmcontext/report.json', `${JSON.stringify(report, null, 2)}\n`)
}

/** Waits until the agent was called so often, and gives how it was called. */
async function waitForRuns(guest: Guest, count: number): Promise<string[]> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const lines = (await guest.readFile(runs)).split('\n').filter(Boolean)
    if (lines.length >= count || Date.now() > deadline) return lines
    await sleep(50)
  }
}

async function isNoted(guest: Guest): Promise<boolean> {
  return (await guest.run(['test', '-e', note])).exitCode === 0
}

const card = {ACTION: 'add', SUBSYSTEM: 'net', DEVPATH: '/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0'}
const virtualCard = {...card, DEVPATH: '/devices/virtual/net/veth0'}

describe('the helper of udev and mdev', guests, () => {
  test('notes nothing before the agent has run in this boot', async () => {
    await using guest = await startWithHelper()
    await guest.expect([hotPlugPath], {environment: card})
    assert.equal(await isNoted(guest), false)
  })

  test('leaves its note for the end of the boot, and sees to it then', async () => {
    await using guest = await startWithHelper()
    await writeReport(guest, ['local'])
    await guest.expect([hotPlugPath], {environment: card})
    assert.equal(await isNoted(guest), true)
    const path = `/etc/init.d/${scriptNames.final}`
    await guest.writeFile(path, await assembleInitScript('debian', 'final'), 0o755)
    await writeReport(guest, ['local', 'final'])
    await guest.expect([path, 'start'])
    assert.deepEqual(await waitForRuns(guest, 2), ['boot --stage final --no-verify', quietBoot])
    assert.equal(await isNoted(guest), false)
  })

  test('sees to it in the background once the boot is over', async () => {
    await using guest = await startWithHelper()
    await writeReport(guest, ['local', 'final'])
    await guest.expect([hotPlugPath], {environment: card})
    assert.deepEqual(await waitForRuns(guest, 1), [quietBoot])
  })

  test('takes a run of single steps for no end of the boot', async () => {
    await using guest = await startWithHelper()
    const bootId = (await guest.readFile('/proc/sys/kernel/random/boot_id')).trim()
    const stages = ['local', 'final']
    const report = {version: 1, bootId, runs: [{stages: ['local']}, {stages, only: ['ready']}]}
    await guest.writeFile('/run/vmcontext/report.json', `${JSON.stringify(report, null, 2)}\n`)
    await guest.expect([hotPlugPath], {environment: card})
    assert.equal(await isNoted(guest), true)
    assert.equal(await guest.readFile(runs), '')
  })

  test('makes one run of many events', async () => {
    await using guest = await startWithHelper()
    await writeReport(guest, ['local'])
    for (let count = 0; count < 10; count += 1) await guest.expect([hotPlugPath], {environment: card})
    await guest.expect([hotPlugPath, 'work'])
    await guest.expect([hotPlugPath, 'work'])
    assert.deepEqual(await waitForRuns(guest, 1), [quietBoot])
  })

  test('makes another run of an event in the middle of a run', async () => {
    const deed = `[ $(wc -l <${runs}) -gt 1 ] || SUBSYSTEM=block ACTION=change ${hotPlugPath}`
    await using guest = await startWithHelper(undefined, agent(deed))
    await writeReport(guest, ['local'])
    await guest.expect([hotPlugPath], {environment: card})
    await guest.expect([hotPlugPath, 'work'])
    assert.deepEqual(await waitForRuns(guest, 2), [quietBoot, quietBoot])
    assert.equal(await isNoted(guest), false)
  })

  test('tries again where another agent is at work, and gives up on one that cannot start', async () => {
    const lock = '/run/vmcontext/lock'
    const deed = `case $(wc -l <${runs}) in 1) : >${lock}; exit 3 ;; 2) rm ${lock}; exit 3 ;; esac`
    await using guest = await startWithHelper(undefined, agent(deed))
    await writeReport(guest, ['local'])
    await guest.expect([hotPlugPath], {environment: card})
    assert.equal((await guest.run([hotPlugPath, 'work'])).exitCode, 3)
    assert.equal((await waitForRuns(guest, 2)).length, 2)
  })

  test('notes that guestinfo has changed, once, and no answer is no change', async () => {
    await using guest = await startWithHelper()
    const poll = async (deed: string) => {
      await guest.expect(['rm', '-f', note])
      await guest.writeFile('/usr/bin/vmtoolsd', `#!/bin/sh\n${deed}\n`, 0o755)
      await guest.expect([hotPlugPath, 'poll'])
      return isNoted(guest)
    }
    assert.equal(await poll('echo QT0xCg=='), false, 'the boot is going to look')
    await writeReport(guest, ['local'])
    const seen: boolean[] = []
    for (const deed of ['echo QT0xCg==', 'echo QT0xCg==', 'exit 1', 'echo', 'echo QT0xCg==', 'echo QT0yCg=='])
      seen.push(await poll(deed))
    assert.deepEqual(seen, [true, false, false, false, false, true])
    assert.equal(await guest.expect(['stat', '-c', '%a', '/run/vmcontext/guestinfo.sum']), '600\n')
  })

  const events: [what: string, environment: Record<string, string>, isNoted: boolean][] = [
    ['a card', card, true],
    ['a card that goes', {...card, ACTION: 'remove'}, true],
    ['a veth', virtualCard, false],
    ['a veth that goes', {...virtualCard, ACTION: 'remove'}, false],
    ['a wireless card', {...card, DEVTYPE: 'wlan'}, false],
    ['another disc', {ACTION: 'change', SUBSYSTEM: 'block', DEVTYPE: 'disk', DISK_MEDIA_CHANGE: '1'}, true],
    ['a disk that goes', {ACTION: 'remove', SUBSYSTEM: 'block', DEVTYPE: 'disk'}, false],
  ]
  test('tells the events of interest from others', async () => {
    await using guest = await startWithHelper()
    await writeReport(guest, ['local'])
    for (const [what, environment, expected] of events) {
      await guest.expect(['rm', '-f', note])
      await guest.expect([hotPlugPath], {environment})
      assert.equal(await isNoted(guest), expected, what)
    }
  })
})

/** Devices of a machine as /sys shows them, in short: a card, what the kernel makes of nothing, drives. */
const sysfs = `
  umount -l /sys && mount -t tmpfs sysfs /sys && cd /sys
  mkdir -p class/net class/block bus dev/block dev/char
  add() {
    mkdir -p "devices/$2" && printf "$3" >"devices/$2/uevent"
    ln -s "/sys/class/$1" "devices/$2/subsystem" && ln -s "/sys/devices/$2" "class/$1/"
  }
  add net pci0000:00/0000:00:03.0/virtio0/net/ens3 'INTERFACE=ens3\\nIFINDEX=2\\n'
  add net vif-0/net/eth0 'INTERFACE=eth0\\nIFINDEX=3\\n'
  add net pci0000:00/0000:00:04.0/net/wlan0 'DEVTYPE=wlan\\nINTERFACE=wlan0\\nIFINDEX=4\\n'
  add net virtual/net/veth0 'INTERFACE=veth0\\nIFINDEX=5\\n'
  add net virtual/net/docker0 'DEVTYPE=bridge\\nINTERFACE=docker0\\nIFINDEX=6\\n'
  add net virtual/net/ens3.7 'DEVTYPE=vlan\\nINTERFACE=ens3.7\\nIFINDEX=7\\n'
  add net virtual/net/tap0 'INTERFACE=tap0\\nIFINDEX=8\\n'
  add block pci0000:00/0000:00:01.1/ata2/block/sr0 'MAJOR=11\\nMINOR=0\\nDEVNAME=sr0\\nDEVTYPE=disk\\n'
  add block pci0000:00/0000:00:01.1/ata2/block/sr1 'MAJOR=11\\nMINOR=1\\nDEVNAME=sr1\\nDEVTYPE=disk\\n'
  add block pci0000:00/0000:00:05.0/virtio1/block/vda 'MAJOR=254\\nMINOR=0\\nDEVNAME=vda\\nDEVTYPE=disk\\nRESIZE=1\\n'
  add block pci0000:00/0000:00:06.0/virtio2/block/vdb 'MAJOR=254\\nMINOR=16\\nDEVNAME=vdb\\nDEVTYPE=disk\\n'
  add block virtual/block/zram0 'MAJOR=253\\nMINOR=0\\nDEVNAME=zram0\\nDEVTYPE=disk\\n'`

/** Instead of the superblocks of drives that are not there. */
const labels = `
KERNEL=="sr0", ENV{ID_FS_LABEL}="CONTEXT"
KERNEL=="sr1", ENV{ID_FS_LABEL}="OTHER"
KERNEL=="vdb|zram0", ENV{ID_FS_TYPE}="swap"
`

const verdicts: [device: string, actions: readonly string[]][] = [
  ['net/ens3', ['add', 'remove']],
  ['net/eth0', ['add', 'remove']],
  ['net/wlan0', []],
  ['net/veth0', []],
  ['net/docker0', []],
  ['net/ens3.7', []],
  ['net/tap0', []],
  ['block/sr0', ['add', 'change']],
  ['block/sr1', []],
  ['block/vda', ['change']],
  ['block/vdb', ['add']],
  ['block/zram0', []],
]

describe('the udev rules', guests, () => {
  for (const [name, recipe] of [
    ['Debian 12', undefined],
    ['Debian 13', debian13WithManagers],
  ] as const) {
    test(`of ${name} call the helper for real cards and for a disc labelled CONTEXT`, async () => {
      await using guest = await startGuest({agent: null, root: await provideRoot(recipe)})
      const rules = '/usr/lib/udev/rules.d/70-vmcontext.rules'
      await guest.writeFile(rules, await readFile(join(init, 'udev/70-vmcontext.rules'), 'utf8'))
      await guest.writeFile('/usr/lib/udev/rules.d/61-labels.rules', labels)
      // systemd 254 has it.
      if (recipe !== undefined) await guest.expect(['udevadm', 'verify', rules])
      await guest.expect(['sh', '-ec', sysfs])
      const called = async (device: string) => {
        const actions = ['add', 'change', 'move', 'remove']
        const said = await Promise.all(
          actions.map(action => {
            const path = `/sys/class/${device}`
            const environment = {SYSTEMD_DEVICE_VERIFY_SYSFS: '0'}
            return guest.expect(['udevadm', 'test', `--action=${action}`, path], {environment})
          }),
        )
        return actions.filter((_, index) => said[index]!.includes(hotPlugPath))
      }
      for (const [device] of verdicts) assert.deepEqual(await called(device), [], `${device} at coldplug`)
      await guest.expect(['mkdir', '/run/vmcontext'])
      for (const [device, actions] of verdicts) assert.deepEqual(await called(device), actions, device)
    })
  }
})

describe('the lines for mdev', guests, () => {
  test('call the helper for real cards and for another disc', async () => {
    await using guest = await startWithHelper(await provideSmallRoot())
    const lines = await readFile(join(init, 'mdev/mdev.conf'), 'utf8')
    await guest.writeFile('/etc/mdev.conf', `${lines}sr[0-9]+ 0:0 640\n.* 0:0 660\n`)
    await guest.expect(['mkdir', '/run/vmcontext'])
    const drive = {SUBSYSTEM: 'block', DEVPATH: '/block/sr0', DEVNAME: 'sr0', MAJOR: '11', MINOR: '0'}
    const events: [what: string, environment: Record<string, string>, isNoted: boolean][] = [
      ['a card', card, true],
      ['a card that goes', {...card, ACTION: 'remove'}, true],
      ['a veth', virtualCard, false],
      ['another disc', {...drive, ACTION: 'change', DISK_MEDIA_CHANGE: '1'}, true],
      ['a drive that was opened', {...drive, ACTION: 'change', DISK_EJECT_REQUEST: '1'}, false],
    ]
    for (const [what, environment, expected] of events) {
      await guest.expect(['rm', '-f', note])
      await guest.expect(['mdev'], {environment})
      assert.equal(await isNoted(guest), expected, what)
    }
  })
})

describe('under systemd', guests, () => {
  for (const [what, exitCode] of [
    ['after a good boot', 0],
    ['though a script of the context has failed in the boot', 1],
  ] as const) {
    test(`each change leads to a run, ${what}`, async () => {
      // A change during the boot, one during the run that follows from it, and later another one.
      const deed = `
        mkdir -p /run/vmcontext
        case "$*:$(wc -l <${runs})" in
          *local*) : >${note} ;;
          *final*) exit ${exitCode} ;;
          *:3) : >${note} ;;
        esac`
      await using guest = await startWithHelper(await provideRoot(debian12WithSystemd), agent(deed))
      await bootWithSystemd(guest)
      const boot = ['boot --stage local', 'boot --stage final']
      assert.deepEqual(await waitForRuns(guest, 4), [...boot, quietBoot, quietBoot])
      await guest.expect([hotPlugPath], {environment: card})
      assert.deepEqual((await waitForRuns(guest, 5)).slice(4), [quietBoot])
    })
  }

  test('the LXC driver of OpenNebula starts a run by the name that it knows', async () => {
    await using guest = await startWithHelper(
      await provideRoot(debian12WithSystemd),
      agent('mkdir -p /run/vmcontext'),
    )
    await bootWithSystemd(guest)
    await waitForRuns(guest, 2)
    for (const count of [3, 4]) {
      // vmm_mad/remotes/lib/lxc/container.rb, restart_context
      await inSystemd(guest, 'service one-context-reconfigure restart')
      assert.deepEqual((await waitForRuns(guest, count)).slice(2), Array(count - 2).fill(quietBoot))
    }
  })

  test('the timer of VMware does not start elsewhere', async () => {
    await using guest = await startWithHelper(await provideRoot(debian12WithSystemd))
    await bootWithSystemd(guest)
    await waitForRuns(guest, 2)
    const state = await inSystemd(
      guest,
      'systemctl show -P ActiveState -P ConditionResult vmcontext-guestinfo.timer',
    )
    assert.deepEqual(state.split('\n').filter(Boolean).sort(), ['inactive', 'no'])
  })
})

/** Runs a command as a process of the systemd that was started in the guest. */
async function inSystemd(guest: Guest, command: string): Promise<string> {
  const enter = `exec nsenter --target "$(pgrep -xo systemd)" --pid --mount --cgroup ${command}`
  return guest.expect(['sh', '-ec', enter])
}

/** Starts systemd as the first process of a namespace in the guest, with a control group hierarchy of its own. */
async function bootWithSystemd(guest: Guest): Promise<void> {
  for (const unit of [...units, 'vmcontext-reconfigure.service', 'vmcontext-guestinfo.service']) {
    const text = await readFile(join(init, 'systemd', unit), 'utf8')
    await guest.writeFile(`/etc/systemd/system/${unit}`, text)
  }
  await guest.expect(['systemctl', 'enable', ...units])
  await guest.expect(['systemctl', 'mask', 'networking.service', 'ssh.service'])
  const start = `
    mount -t proc proc /proc && mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec env container=other /lib/systemd/systemd --system --unit=multi-user.target --show-status=no`
  const command = `setsid unshare --pid --fork --kill-child --mount --cgroup sh -c '${start}' >/dev/null 2>&1 </dev/null &`
  await guest.expect(['sh', '-ec', command])
}
