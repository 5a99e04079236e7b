// The golden path: an image is made, sealed and booted twice, as it is done with no cloud at hand. Two guests from one
// image, each right, and nothing of the maker or of the other in either. Then one of them becomes an image itself.

import assert from 'node:assert/strict'
import {chmod, copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {
  agentOnTree,
  expectNoTraceInFiles,
  expectNoTraceInTree,
  expectNoTraceOnDisk,
  expectSealed,
  workIn,
} from './golden.ts'
import {startGuest} from './guest.ts'
import {agentBinary, skipWithoutGuest} from './host.ts'
import {type Machine, type MachineNic, startMachine} from './machine.ts'
import {type KeyPair, makeKeyPair} from './manual-context.ts'
import {debian12, debian12WithSystemd, provideRoot} from './root-image.ts'

const timeout = 600_000
const mebibytesOfDisk = 600

/** What a disc says of its guest. */
type Clone = {
  hostname: string
  account: string
  nic: MachineNic
  address: string
  gateway: string
  nameServer: string
  /** Stands in what its script writes. */
  mark: string
}

const first: Clone = {
  hostname: 'first-85',
  account: 'firstuser',
  nic: {mac: '02:00:c0:a8:07:0b', network: '192.168.7.0/24', host: '192.168.7.2'},
  address: '192.168.7.11',
  gateway: '192.168.7.1',
  nameServer: '192.168.7.3',
  mark: 'the-script-of-the-first',
}

const second: Clone = {
  hostname: 'second',
  account: 'seconduser',
  nic: {mac: '02:00:0a:14:1e:05', network: '10.20.30.0/24', host: '10.20.30.2'},
  address: '10.20.30.5',
  gateway: '10.20.30.1',
  nameServer: '10.20.30.3',
  mark: 'the-script-of-the-second',
}

/** As in 2.2: an address that follows from the MAC, files by path, a gateway of the virtual network. */
const firstTemplate = (directory: string) => `NAME   = first
CPU    = 0.5
MEMORY = 512
DISK   = [ SOURCE = "/srv/images/golden.img", TARGET = "sda", READONLY = "no" ]
NIC    = [ NETWORK = "Small LAN", IP = "${first.address}" ] # its MAC follows
CONTEXT = [
  hostname  = "$NAME-$VMID",
  ip_public = "$NIC[IP, NETWORK=\\"Small LAN\\"]",
  gateway   = "$NETWORK[GATEWAY, NAME=\\"Small LAN\\"]",
  dns       = "$NETWORK[DNS, NAME=\\"Small LAN\\"]",
  username  = "${first.account}",
  files     = "${directory}/id_rsa.pub ${directory}/init.sh",
  target    = "hdc"
]
`
const firstNetwork = `NAME    = "Small LAN"
TYPE    = FIXED
BRIDGE  = vbr0
LEASES  = [ IP = ${first.address} ]
GATEWAY = ${first.gateway}
DNS     = ${first.nameServer}
`

const secondTemplate = `NAME = "second"
CPU = "0.5"
MEMORY = "512"
NIC = [ NETWORK = "Office", IP = "${second.address}" ]
CONTEXT = [
  NETWORK = "YES",
  SET_HOSTNAME = "$NAME",
  USERNAME = "${second.account}",
  SSH_PUBLIC_KEY = "$USER[SSH_PUBLIC_KEY]",
  START_SCRIPT = "#!/bin/sh
echo '${second.mark}' >/run/script-was-here"
]
`
const secondNetwork = `NAME = "Office"
NETWORK_ADDRESS = "10.20.30.0"
NETWORK_MASK = "255.255.255.0"
GATEWAY = "${second.gateway}"
DNS = "${second.nameServer}"
AR = [ TYPE = "IP4", IP = "10.20.30.4", SIZE = "100" ]
`

describe('a golden image', {...skipWithoutGuest('machine'), concurrency: 2}, () => {
  test('is booted twice, and a guest of it becomes an image', {timeout}, async context => {
    await using place = await makePlace()
    await using buildersKey = await makeKeyPair()
    await using firstKey = await makeKeyPair()
    await using secondKey = await makeKeyPair()
    const [golden, firstDisk, secondDisk] = ['golden', 'first', 'second'].map(name => place.at(name))

    const buildersMarks = await makeImage(golden!, buildersKey.publicKey)
    await copyFile(golden!, firstDisk!)
    await copyFile(golden!, secondDisk!)
    const firstDisc = await buildFirstDisc(place, firstKey)
    const secondDisc = await buildSecondDisc(place, secondKey)

    const boot = (name: string, {nic, address}: Clone, disk: string, disc: string) =>
      startMachine({name: `golden-${name}`, nics: [nic], address, disk, disc: {image: disc}})

    let marksOfFirst: string[]
    let keysOfFirst: string[]
    {
      await using one = await boot('first', first, firstDisk!, firstDisc)
      await using two = await boot('second', second, secondDisk!, secondDisc)
      const [looksOne, looksTwo] = await Promise.all([
        lookAt(one, first, firstKey, secondKey),
        lookAt(two, second, secondKey, firstKey),
      ])
      context.diagnostic(`both are looked at ${two.age.toFixed(0)} s after power-on`)
      assert.notEqual(looksOne.machineId, looksTwo.machineId)
      assert.deepEqual(
        looksOne.hostKeys.filter(key => looksTwo.hostKeys.includes(key)),
        [],
      )
      keysOfFirst = [...looksOne.hostKeys, firstKey.publicKey.split(' ')[1]!]
      marksOfFirst = [...looksOne.marks, ...keysOfFirst]

      await two.login(second.account, secondKey, switchOff())
      // As its user would do it: the account of whoever is logged in goes too.
      await one.login(first.account, firstKey, switchOff('vmcontext seal --yes --accounts'))
      await Promise.all([one.end(), two.end()])
    }
    await expectNoTraceOnDisk(secondDisk!, [...buildersMarks, ...marksOfFirst])
    await expectNoTraceInFiles(firstDisk!, marksOfFirst)
    await expectNoTraceOnDisk(firstDisk!, keysOfFirst)
    await expectSealed(firstDisk!)

    await using clone = await boot('clone', second, firstDisk!, secondDisc)
    const looks = await lookAt(clone, second, secondKey, firstKey)
    context.diagnostic(`the clone is looked at ${clone.age.toFixed(0)} s after power-on`)
    for (const mark of [looks.machineId, ...looks.hostKeys]) assert.ok(!marksOfFirst.includes(mark))
    await clone.login(second.account, secondKey, switchOff())
    await clone.end()
    await expectNoTraceInFiles(firstDisk!, marksOfFirst)
  })

  test('with sysvinit: its links start the agent before the network', {timeout}, async () => {
    await using place = await makePlace()
    await using key = await makeKeyPair()
    await using otherKey = await makeKeyPair()
    const disk = place.at('disk')
    await makeImage(disk, otherKey.publicKey, 'sysvinit')
    const disc = {image: await buildFirstDisc(place, key)}
    const {nic, address} = first
    await using machine = await startMachine({name: 'golden-sysvinit', nics: [nic], address, disk, disc})
    await lookAt(machine, first, key, otherKey, 'sysvinit')
    assert.match(
      await machine.console(),
      /wrote \S+interfaces.*Configuring network interfaces.*ran init\.sh/s,
    )
    assert.doesNotMatch(await machine.console(), /service\(s\) returned failure/)
  })
})

type Init = 'systemd' | 'sysvinit'
type Place = AsyncDisposable & {directory: string; at(name: string): string}

async function makePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-golden-'))
  return {
    directory,
    at: name => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, {recursive: true}),
  }
}

/** Makes the golden image of a tree in which its maker has worked, and gives what stands for him. */
async function makeImage(image: string, buildersKey: string, init: Init = 'systemd'): Promise<string[]> {
  const root = await provideRoot(init === 'systemd' ? debian12WithSystemd : debian12)
  await using guest = await startGuest({root, agent: null})
  await agentOnTree(guest, 0, 'install', '--yes')
  const marks = await workIn(guest, buildersKey)
  await agentOnTree(guest, 1, 'seal', '--check')
  await agentOnTree(guest, 0, 'seal', '--yes', '--accounts')
  await agentOnTree(guest, 0, 'seal', '--check')
  await expectNoTraceInTree(guest, marks)
  await guest.saveDisk(image, mebibytesOfDisk)
  return marks
}

async function buildFirstDisc(place: Place, {publicKey}: KeyPair): Promise<string> {
  await writeFile(place.at('id_rsa.pub'), `${publicKey}\n`)
  await writeFile(place.at('init.sh'), `#!/bin/sh\necho ${first.mark} >/run/script-was-here\n`)
  await chmod(place.at('init.sh'), 0o755)
  await writeFile(place.at('first.one'), firstTemplate(place.directory))
  await writeFile(place.at('small-lan.net'), firstNetwork)
  const words = ['--network', place.at('small-lan.net'), '--set', 'VMID=85', '--format', '2.2', '--strict']
  return buildDisc(place.at('first.one'), place.at('first.iso'), words)
}

async function buildSecondDisc(place: Place, {publicKey}: KeyPair): Promise<string> {
  await writeFile(place.at('second.one'), secondTemplate)
  await writeFile(place.at('office.net'), secondNetwork)
  await writeFile(place.at('user'), `SSH_PUBLIC_KEY = "${publicKey}"\n`)
  const words = ['--network', place.at('office.net'), '--user', place.at('user'), '--strict']
  return buildDisc(place.at('second.one'), place.at('second.iso'), words)
}

async function buildDisc(template: string, disc: string, words: readonly string[]): Promise<string> {
  await execa(agentBinary, ['disc', 'build', template, '--output', disc, ...words])
  await execa(agentBinary, ['disc', 'check', disc])
  return disc
}

/** In one sudo: a seal may leave nobody who may use it. In the background: the login ends before the machine does. */
function switchOff(before = ':'): string {
  return `sudo -n sh -ec '${before} >&2; (sleep 1; poweroff) >/dev/null 2>&1 </dev/null &'`
}

type Looks = {machineId: string; hostKeys: string[]; marks: string[]}

/** Logs in to a guest and looks at all that its disc asks for. */
async function lookAt(
  machine: Machine,
  clone: Clone,
  key: KeyPair,
  otherKey: KeyPair,
  init: Init = 'systemd',
): Promise<Looks> {
  const {hostname, account, nic, address, gateway, nameServer, mark} = clone
  await machine.login(account, key, `sudo -n sh -c '${waitForBoot[init]}'`)
  const seen = await ask(machine, account, key)
  const {runs} = JSON.parse(seen.report!) as {runs: {outcome: string}[]}
  assert.deepEqual([...new Set(runs.map(({outcome}) => outcome))], ['done'], seen.report)
  assert.equal(seen.sudo, 'root')
  assert.equal(seen.hostname, `${hostname}\n${hostname}`)
  assert.match(seen.addresses!, new RegExp(`^\\d+: \\S+ +inet ${address}/24 [^\n]*$`))
  assert.match(seen.routes!, new RegExp(`^default via ${gateway} dev \\S+ [^\n]*$`))
  assert.equal(seen.macs, nic.mac)
  assert.match(seen.resolver!, new RegExp(`^nameserver ${nameServer}$`, 'm'))
  assert.equal(seen.keys, key.publicKey)
  assert.equal(seen.rootKeys, '')
  assert.equal(seen.script, mark)
  assert.equal(seen.failed, '')
  assert.equal(seen.plan, '0')
  assert.ok(await machine.refuses(account, otherKey))
  assert.ok(await machine.refuses('root', key))

  const machineId = seen.machineId!
  assert.match(machineId, init === 'systemd' ? /^[0-9a-f]{32}$/ : /^$/)
  const hostKeys = seen.hostKeys!.split('\n')
  assert.ok(hostKeys.every(key => key.length > 60))
  const words = [hostname, account, address, gateway, nameServer, nic.mac, nic.host, mark, machineId]
  return {machineId, hostKeys, marks: words.filter(Boolean)}
}

const questions = {
  sudo: 'sudo -n id -un',
  hostname: 'hostname; cat /etc/hostname',
  addresses: 'ip -oneline -4 address show scope global',
  routes: 'ip route show default',
  macs: 'cat /sys/class/net/e*/address',
  resolver: 'cat /etc/resolv.conf',
  keys: 'cat .ssh/authorized_keys',
  rootKeys: 'sudo -n cat /root/.ssh/authorized_keys',
  script: 'cat /run/script-was-here',
  report: 'cat /run/vmcontext/report.json',
  failed: 'command -v systemctl >/dev/null && sudo -n systemctl --failed --no-legend',
  plan: 'sudo -n vmcontext plan --check >&2; echo $?',
  machineId: 'cat /etc/machine-id',
  hostKeys: 'cut -d " " -f 2 /etc/ssh/ssh_host_*_key.pub',
}
type Question = keyof typeof questions

/** Asks all questions in one login: each costs an emulated machine seconds. */
async function ask(
  machine: Machine,
  account: string,
  key: KeyPair,
): Promise<Partial<Record<Question, string>>> {
  const script = Object.entries(questions).map(
    ([name, question]) => `echo "=== ${name}"; ${question} 2>/dev/null`,
  )
  const sections = (await machine.login(account, key, `${script.join('\n')}\n:`)).split(/^=== /m).slice(1)
  return Object.fromEntries(
    sections.map(section => {
      const [name, ...lines] = section.split('\n')
      return [name, lines.join('\n').trim()]
    }),
  )
}

/** ssh answers while the boot is still going on. */
const waitForBoot: Record<Init, string> = {
  systemd: 'systemctl is-system-running --wait || systemctl --failed >&2',
  sysvinit: 'n=0; while pidof vmcontext startpar >/dev/null && [ $n -lt 45 ]; do n=$((n + 1)); sleep 1; done',
}
