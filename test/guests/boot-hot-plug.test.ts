// What is plugged into a running machine and taken out of it: network cards and the disc with the context. With the
// kernel's own events and the real udev, which a guest in a namespace has not.

import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {assembleHotPlug, hotPlugPath} from '../../packaging/init-scripts.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {type Machine, type MachineDisc, startMachine} from './machine.ts'
import {debian12WithSystemd, provideRoot} from './root-image.ts'

const first = {mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.2'}
const second = {mac: '02:00:0a:00:00:05', network: '10.0.0.0/8', host: '10.0.0.2'}

const always = {
  SET_HOSTNAME: 'hot',
  ETH0_MAC: first.mac,
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_GATEWAY: '192.168.0.2',
}
const ofSecond = {ETH1_MAC: second.mac, ETH1_IP: '10.0.0.5', ETH1_MASK: '255.0.0.0'}

const note = '/run/vmcontext/changed'
/** A line for each run of the context's init.sh. */
const mark = '/root/runs-of-init-sh'
/** Every address that came or went, as `ip monitor` tells it. */
const witness = '/root/witness'

/** What the machine's owner has in /etc/network/interfaces. */
const ownStanzas = `# by hand
auto lo
iface lo inet loopback

iface spare inet static
    address 203.0.113.5/24
`

describe('a booted Debian 12 with systemd and ifupdown', skipWithoutGuest('machine'), () => {
  test('to which things are plugged and unplugged', {timeout: 400_000}, async context => {
    await using machine = await startMachine({
      name: 'hot-plug',
      root: await provideRoot(debian12WithSystemd),
      nics: [first],
      address: always.ETH0_IP,
      disc: makeDisc(),
      prepare,
    })
    try {
      const card = await expectNothingOfTheBoot(machine)
      const atBoot = await machine.inspect('cat /etc/network/interfaces')
      assert.ok(atBoot.includes(ownStanzas.trim()))
      context.diagnostic(`booted ${machine.age.toFixed(0)} s after power-on`)

      await expectNoRunFrom(machine, 'containers', plugVirtualCards)

      await machine.plugNic(second)
      await machine.changeDisc(makeDisc(ofSecond))
      await expectSecondCard(machine)
      assert.equal(await countScriptRuns(machine), 1)

      const runs = await countRuns(machine)
      await machine.unplugNic(second.mac)
      await waitUntil(machine, 'one card', `! grep -q ${second.mac} /sys/class/net/*/address && ${isQuiet}`)
      assert.ok((await countRuns(machine)) > runs, 'a card that goes leads to a run')
      await machine.changeDisc(makeDisc())
      await waitUntil(machine, 'no stanza', `! grep -qF ${ofSecond.ETH1_IP} /etc/network/interfaces`)
      await expectQuiet(machine)
      assert.equal(await machine.inspect('cat /etc/network/interfaces'), atBoot)
      assert.equal(await countScriptRuns(machine), 1)

      await machine.changeDisc(makeDisc({...ofSecond, MOTTO: 'this is for init.sh'}))
      await machine.plugNic(second)
      await expectSecondCard(machine)
      assert.equal(await countScriptRuns(machine), 2)

      await expectNoRunFrom(machine, 'an empty drive', ejectDisc)
      assert.equal(await countScriptRuns(machine), 2)
      await expectFirstCardUntouched(machine, card)
      context.diagnostic(`done ${machine.age.toFixed(0)} s after power-on`)
    } catch (error) {
      context.diagnostic(`the console:\n${await machine.console()}`)
      context.diagnostic(await machine.inspect(everything).catch(String))
      throw error
    }
  })
})

/** What helps to find out why. */
const everything = `
  cat /run/vmcontext/report.json ${witness} ${mark} /etc/network/interfaces; ls -l /run/vmcontext
  ip address; udevadm info --query=property --name=/dev/sr0; journalctl -b --no-pager -o short-monotonic | tail -n 150`

/** A disc that says the same as always, and something more. */
function makeDisc(more: Readonly<Record<string, string>> = {}): MachineDisc {
  const lines = Object.entries({...always, ...more}).map(([name, value]) => `${name}='${value}'\n`)
  const script = `#!/bin/sh\necho "$MOTTO" >>${mark}\n`
  return {label: 'CONTEXT', files: {'context.sh': lines.join(''), 'init.sh': script}}
}

/** Sets up the agent with all that belongs to plugging. */
async function prepare(guest: Guest): Promise<void> {
  const init = join(import.meta.dirname, '../../init')
  const services = ['vmcontext-local.service', 'vmcontext-final.service', 'vmcontext-reconfigure.path']
  for (const unit of [...services, 'vmcontext.service', 'vmcontext-reconfigure.service']) {
    const text = await readFile(join(init, 'systemd', unit), 'utf8')
    await guest.writeFile(`/etc/systemd/system/${unit}`, text)
  }
  const rules = await readFile(join(init, 'udev/70-vmcontext.rules'), 'utf8')
  await guest.writeFile('/usr/lib/udev/rules.d/70-vmcontext.rules', rules)
  await guest.writeFile(hotPlugPath, await assembleHotPlug(), 0o755)
  await guest.writeFile('/etc/network/interfaces', ownStanzas)
  await guest.expect(['systemctl', 'enable', ...services])
}

/** The boot is over, and what it plugged in by itself was of no interest. Puts up the witness. */
async function expectNothingOfTheBoot(machine: Machine): Promise<string> {
  const isOver = "systemctl is-system-running | grep -qxE 'running|degraded'"
  await waitUntil(machine, 'the end of the boot', `${isOver} && ${isQuiet}`)
  for (const unit of ['vmcontext-final.service', 'vmcontext-reconfigure.path'])
    assert.equal(await machine.inspect(`systemctl is-active ${unit} || :`), 'active')
  assert.equal(await countRuns(machine), 0)
  assert.equal(await countScriptRuns(machine), 1)
  assert.equal(await machine.inspect('systemctl --failed --no-legend'), '')
  const output = `--property=StandardOutput=file:${witness}`
  await machine.inspect(`systemd-run --quiet --unit=witness ${output} ip -o monitor address >&2`)
  return machine.inspect(`grep -l ${first.mac} /sys/class/net/*/address | cut -d/ -f5`)
}

async function plugVirtualCards(machine: Machine): Promise<void> {
  await machine.inspect(
    'ip link add veth0 type veth peer name veth1 && ip link add lan0 link veth0 type vlan id 7',
  )
  await machine.inspect('udevadm settle && ip link delete veth0')
}

/** QEMU says nothing of an open tray: the kernel finds the drive empty, and tells udev, when somebody wants to read. */
async function ejectDisc(machine: Machine): Promise<void> {
  await machine.eject()
  const label = 'udevadm info --query=property --name=/dev/sr0 | grep -q ^ID_FS_LABEL='
  await waitUntil(machine, 'an empty drive', `! head -c 1 /dev/sr0 >/dev/null 2>&1 && ! ${label}`)
}

/** The second card has what the context says, and all is quiet again. */
async function expectSecondCard(machine: Machine): Promise<void> {
  const has = `ip -4 -o address show up | grep -qF ' ${ofSecond.ETH1_IP}/8 '`
  await waitUntil(machine, 'the address of the second card', has)
  await expectQuiet(machine)
  assert.match(await machine.inspect('ip -4 -o address show'), /inet 10\.0\.0\.5\/8 /)
}

async function expectNoRunFrom(
  machine: Machine,
  what: string,
  deed: (machine: Machine) => Promise<void>,
): Promise<void> {
  const before = await countRuns(machine)
  await deed(machine)
  await expectQuiet(machine)
  assert.equal(await countRuns(machine), before, `${what} led to a run`)
}

/** The first card's addresses stayed; the second's came and went, or the witness was asleep. */
async function expectFirstCardUntouched(machine: Machine, card: string): Promise<void> {
  const lines = (await machine.inspect(`cat ${witness}`)).split('\n')
  const gone = lines.filter(line => line.startsWith('Deleted'))
  assert.deepEqual(
    gone.filter(line => line.includes(`: ${card} `)),
    [],
  )
  assert.ok(gone.some(line => line.includes(`inet ${ofSecond.ETH1_IP}/8`)))
}

/** No event is under way, none is noted, and the run it led to has ended: in this order, for each leads to the next. */
const isQuiet = `udevadm settle && [ ! -e ${note} ] && ! systemctl show --property=ActiveState vmcontext-reconfigure.service | grep -q activating`

async function expectQuiet(machine: Machine): Promise<void> {
  await waitUntil(machine, 'quiet', isQuiet)
  assert.equal(await machine.inspect('systemctl --failed --no-legend'), '')
  const {runs} = JSON.parse(await machine.inspect('cat /run/vmcontext/report.json'))
  assert.notEqual(runs.at(-1).outcome, 'failed')
}

/** How often something plugged in or out has led to a run. */
async function countRuns(machine: Machine): Promise<number> {
  const starts =
    'journalctl --sync && journalctl --unit=vmcontext-reconfigure.service --output=cat | grep -c ^Starting || :'
  return Number(await machine.inspect(starts))
}

async function countScriptRuns(machine: Machine): Promise<number> {
  return Number(await machine.inspect(`wc -l <${mark}`))
}

const patienceMs = 120_000

/** Waits until a condition of the shell holds in the machine. */
async function waitUntil(machine: Machine, what: string, condition: string): Promise<void> {
  const script = `n=0; until ${condition}; do n=$((n + 1)); [ $n -lt 20 ] || exit 0; sleep 1; done; echo yes`
  const deadline = Date.now() + patienceMs
  while ((await machine.inspect(script)) !== 'yes') {
    if (Date.now() > deadline) assert.fail(`waited in vain for ${what}`)
  }
}
