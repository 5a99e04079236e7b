// A booted machine: Debian with its own kernel and init under QEMU's emulation, which needs no KVM. For what a guest
// in namespaces cannot show: the order of a real boot, real names of network cards, a real CD.

import {once} from 'node:events'
import {mkdtemp, readFile, rm, symlink} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {execa} from 'execa'
import {type DiscFiles, makeIso} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {cacheDirectory} from './host.ts'
import {type Kernel, provideKernel} from './kernel.ts'
import {type KeyPair, makeKeyPair} from './manual-context.ts'
import {type Monitor, openMonitor} from './monitor.ts'
import {provideRoot} from './root-image.ts'

/** The network on a card: QEMU answers at its second address, and lets nothing out. */
export type MachineNic = {mac: string; network: string; host: string}

/** A CD; without a label it is one of OpenNebula 2.2. Or an image of one that is there already. */
export type MachineDisc = {files: DiscFiles; label?: string | undefined} | {image: string}

export type MachineOptions = {
  /** Names its console's log. */
  name: string
  nics: readonly MachineNic[]
  /** The address on the first network at which its ssh server will answer. */
  address: string
  /** The driver of its network cards lies in /dev/late/virtio_net.ko, and whoever wants them must load it. */
  lateDriver?: boolean
  /** The CD in its drive. */
  disc: MachineDisc
  /** The root file system its disk is made of. Default: Debian 12 with sysvinit. */
  root?: string | undefined
  /** Where its root is, if it is not the first disk as a whole. */
  rootDevice?: string
  /** Changes the disk, an image with the root file system, before the machine gets it. */
  finishDisk?: (image: string) => Promise<void>
  /** Further words for QEMU: more devices. */
  devices?: readonly string[]
  /** Changes the root file system before it becomes the machine's disk. */
  prepare?: (guest: Guest) => Promise<void>
  /** A disk that is there already, instead of one made of a root file system. It outlives the machine. */
  disk?: string
}

/** Services of Debian with sysvinit that no test looks at; each costs a second of emulation. */
const superfluousServices = [
  'brightness',
  'bootlogs',
  'hwclock.sh',
  'kmod',
  'mount-configfs',
  'procps',
  'sudo',
]

/** Where on the PCI bus the first network card is; the others follow. */
export const firstSlot = 0x10

/** What QEMU calls the CD drive. */
const drive = 'drive'
const monitorSocket = 'monitor'
const megabytesOfDisk = 900
const bootTimeoutMs = 300_000
const shutdownTimeoutMs = 120_000

/** Switches on a machine. Dispose of it (`await using`) to switch it off. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-machine-'))
  const key = await makeKeyPair()
  try {
    if (options.disk === undefined) await makeDisk(join(directory, 'disk'), options, key)
    await provideDisc(join(directory, 'cd'), options.disc)
    const port = await findFreePort()
    const log = join(cacheDirectory, `console-${options.name}.log`)
    const kernel = await provideKernel(await provideRoot())
    const emulator = startEmulator(directory, kernel, options, port, log)
    return new Machine({emulator, directory, port, log, key})
  } catch (error) {
    await key[Symbol.asyncDispose]()
    await rm(directory, {recursive: true, force: true})
    throw error
  }
}

async function provideDisc(image: string, disc: MachineDisc): Promise<void> {
  if ('image' in disc) await symlink(disc.image, image)
  else await makeIso(image, disc)
}

async function makeDisk(image: string, options: MachineOptions, key: KeyPair): Promise<void> {
  const {root, prepare, rootDevice = '/dev/vda', finishDisk} = options
  await using guest = await startGuest({root})
  await guest.writeFile('/etc/fstab', `${rootDevice} / ext4 defaults 0 0\n`)
  // So that tests can look at what the context's user cannot see.
  await guest.writeFile('/root/.ssh/authorized_keys', `${key.publicKey}\n`, 0o600)
  if (root === undefined) await trim(guest)
  await prepare?.(guest)
  await guest.saveDisk(image, megabytesOfDisk)
  await finishDisk?.(image)
}

/** Takes away what no test looks at from a Debian with sysvinit. */
export async function trim(guest: Guest): Promise<void> {
  await guest.expect(['insserv', '--remove', ...superfluousServices])
  // Nobody sits at its six terminals; a serial one shows in the log that the boot came to its end.
  const terminals = ['-e', '/getty.*tty[2-6]/d', '-e', 's/getty.*tty1$/getty -L ttyS0 115200/'] as const
  await guest.expect(['sed', '-i', ...terminals, '/etc/inittab'])
}

function startEmulator(
  directory: string,
  kernel: Kernel,
  {nics, address, lateDriver = false, rootDevice, devices = [], disk}: MachineOptions,
  port: number,
  log: string,
) {
  const network = nics.flatMap(({mac, network, host}, index) => {
    const {wire, card} = nameNic(mac)
    const forward = index === 0 ? `,hostfwd=tcp:127.0.0.1:${port}-${address}:22` : ''
    const place = `addr=0x${(firstSlot + index).toString(16)}`
    return [
      '-netdev',
      `user,id=${wire},net=${network},host=${host},ipv6=off,restrict=on${forward}`,
      '-device',
      `virtio-net-pci,netdev=${wire},id=${card},mac=${mac},romfile=,${place}`,
    ]
  })
  return execa(
    // Switched off with this process, however that ends.
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot'],
      ...['-machine', 'pc', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max', '-m', '512'],
      ...['-display', 'none', '-serial', `file:${log}`],
      ...['-kernel', kernel.image, '-initrd', kernel.ramdisk],
      ...[
        '-append',
        `console=ttyS0 quiet mitigations=off${lateDriver ? ' late_driver' : ''}${rootDevice ? ` root=${rootDevice}` : ''}`,
      ],
      ...[
        '-drive',
        `file=${disk ?? join(directory, 'disk')},if=virtio,format=raw,cache=unsafe,discard=unmap`,
      ],
      ...['-drive', `id=disc,file=${join(directory, 'cd')},if=none,media=cdrom,readonly=on`],
      ...['-device', `ide-cd,id=${drive},drive=disc,bus=ide.1`],
      ...['-qmp', `unix:${join(directory, monitorSocket)},server=on,wait=off`],
      ...network,
      ...devices,
    ],
    {reject: false, stdin: 'ignore'},
  )
}

/** What QEMU calls the two ends of a network card. */
function nameNic(mac: string): {wire: string; card: string} {
  const digits = mac.replaceAll(':', '')
  return {wire: `wire-${digits}`, card: `card-${digits}`}
}

type Parts = {
  emulator: ReturnType<typeof startEmulator>
  directory: string
  port: number
  log: string
  key: KeyPair
}

export class Machine implements AsyncDisposable {
  readonly #parts: Parts
  #emulatorEnd: string | undefined
  #monitor: Monitor | undefined
  #discs = 0
  readonly #switchedOn = performance.now()

  constructor(parts: Parts) {
    this.#parts = parts
    void parts.emulator.then(({stderr, shortMessage}) => {
      this.#emulatorEnd = stderr || (shortMessage ?? 'switched off')
    })
  }

  /** Seconds since it was switched on. */
  get age(): number {
    return (performance.now() - this.#switchedOn) / 1000
  }

  /** What the machine wrote to its console so far. */
  async console(): Promise<string> {
    return readFile(this.#parts.log, 'utf8').catch(() => '')
  }

  /** Runs a script as root, whatever the context says about accounts. */
  async inspect(script: string): Promise<string> {
    return this.login('root', this.#parts.key, script)
  }

  /** Logs in over ssh as soon as the machine lets it, and runs a script there. */
  async login(account: string, key: KeyPair, script: string): Promise<string> {
    let refused = 0
    for (;;) {
      const result = await this.#ssh(account, key, script)
      if (result.exitCode === 0) return result.stdout
      // 255 is ssh's own: nobody answers yet, or the key is not there yet.
      if (result.exitCode !== undefined && result.exitCode !== 255)
        throw await this.#fail(script, result.stderr)
      if (result.stderr.includes('Permission denied')) refused++
      if (refused > 30) throw await this.#fail(`login as ${account}`, result.stderr)
      if (performance.now() - this.#switchedOn > bootTimeoutMs) throw await this.#fail('boot', result.stderr)
      if (this.#emulatorEnd !== undefined) throw await this.#fail('boot', `QEMU ended: ${this.#emulatorEnd}`)
      await sleep(500)
    }
  }

  /** Tells whether its ssh server, which answers already, turns a key down. */
  async refuses(account: string, key: KeyPair): Promise<boolean> {
    const {exitCode, stderr} = await this.#ssh(account, key, ':')
    if (exitCode !== 0 && !stderr.includes('Permission denied'))
      throw await this.#fail(`login as ${account}`, stderr)
    return exitCode !== 0
  }

  async #ssh(account: string, {privateKeyFile}: KeyPair, script: string) {
    const options = [
      ...['BatchMode=yes', 'ConnectTimeout=10', 'LogLevel=ERROR', 'IdentitiesOnly=yes'],
      ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'],
      ...[`Port=${this.#parts.port}`, `IdentityFile=${privateKeyFile}`],
    ].flatMap(option => ['-o', option])
    const argv = ['-F', '/dev/null', ...options, `${account}@127.0.0.1`, script]
    return execa('ssh', argv, {reject: false, stdin: 'ignore', timeout: 60_000})
  }

  /** Waits until it has switched itself off. */
  async end(): Promise<void> {
    const late = sleep(shutdownTimeoutMs, 'late', {ref: false})
    if ((await Promise.race([this.#parts.emulator, late])) === 'late')
      throw await this.#fail('switching off', 'it is still on')
  }

  /** Plugs in another network card, in a free place on the bus. */
  async plugNic({mac, network, host}: MachineNic): Promise<void> {
    const monitor = await this.#openMonitor()
    const {wire, card} = nameNic(mac)
    const answers = {net: network, host, ipv6: false, restrict: true}
    await monitor.execute('netdev_add', {type: 'user', id: wire, ...answers})
    await monitor.execute('device_add', {
      driver: 'virtio-net-pci',
      id: card,
      netdev: wire,
      mac,
      romfile: '',
    })
  }

  /** Takes a network card out, and waits until the machine has let go of it. */
  async unplugNic(mac: string): Promise<void> {
    const monitor = await this.#openMonitor()
    const {wire, card} = nameNic(mac)
    await monitor.execute('device_del', {id: card})
    await monitor.waitFor('DEVICE_DELETED', card)
    await monitor.execute('netdev_del', {id: wire})
  }

  /** Puts another disc into the drive, as a cloud does: without asking whether the machine is using it. */
  async changeDisc(disc: MachineDisc): Promise<void> {
    const monitor = await this.#openMonitor()
    this.#discs += 1
    const image = join(this.#parts.directory, `cd${this.#discs}`)
    await provideDisc(image, disc)
    const medium = {filename: image, format: 'raw', 'read-only-mode': 'read-only'}
    await monitor.execute('blockdev-change-medium', {id: drive, force: true, ...medium})
  }

  /** Gives a disk another size while it is in use, as a cloud does. */
  async resizeDisk(id: string, mebibytes: number): Promise<void> {
    const monitor = await this.#openMonitor()
    await monitor.execute('block_resize', {device: id, size: mebibytes * 2 ** 20})
  }

  /** Takes the disc out. */
  async eject(): Promise<void> {
    const monitor = await this.#openMonitor()
    await monitor.execute('eject', {id: drive, force: true})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#monitor?.[Symbol.dispose]()
    this.#parts.emulator.kill('SIGKILL')
    await this.#parts.emulator
    await this.#parts.key[Symbol.asyncDispose]()
    await rm(this.#parts.directory, {recursive: true, force: true})
  }

  /** Only once it is needed: QEMU has made the socket by then. */
  async #openMonitor(): Promise<Monitor> {
    this.#monitor ??= await openMonitor(join(this.#parts.directory, monitorSocket))
    return this.#monitor
  }

  async #fail(deed: string, cause: string): Promise<Error> {
    const end = (await this.console()).split(/\r?\n/).slice(-60).join('\n')
    return new Error(
      `${deed}: ${cause}\nafter ${this.age.toFixed(0)} s; the console (${this.#parts.log}):\n${end}`,
    )
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
