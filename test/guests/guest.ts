// A guest in namespaces: a root file system of its own with its own processes, host name and network cards, on this
// machine's kernel. Starts in a fraction of a second and vanishes without a trace.

import {once} from 'node:events'
import {mkdtemp, rmdir} from 'node:fs/promises'
import {constants, tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {type Disc, insertDisc, type LoopDevice} from './context-disc.ts'
import {provideAgentLayer, provideRoot} from './root-image.ts'

/** A network card. Addresses on the wire are those of who answers at its far end, e.g. `192.168.0.1/24`. */
export type NetworkCard = {name: string; mac: string; wire?: readonly string[]}

export type GuestOptions = {
  nics?: readonly NetworkCard[]
  disc?: Disc
  /** Where there is more than one. */
  discs?: readonly Disc[]
  /** The root file system below it. Default: Debian 12. */
  root?: string | undefined
  /** The agent it has as /usr/sbin/vmcontext; none if null. Default: the one under test. */
  agent?: string | null
  /** Directories that are laid over the root, the first on top. */
  layers?: readonly string[]
  /** An image with an ext4 file system that is the guest's root, all but /usr. Its writes stay there. */
  image?: string
}

export type RunOptions = {
  input?: string | Uint8Array
  environment?: Readonly<Record<string, string>>
  timeoutMs?: number
}

/** How a command in the guest ended. A signal is told as a shell does: 128 and its number. */
export type RunResult = {exitCode: number; stdout: string; stderr: string}

/** Starts a guest. Dispose of it (`await using`), and all of it is gone. */
export async function startGuest(options: GuestOptions = {}): Promise<Guest> {
  const root = options.root ?? (await provideRoot())
  const agent = options.agent === null ? [] : [await provideAgentLayer(options.agent)]
  const layers = [...(options.layers ?? []), ...agent, root]
  const scratch = await mkdtemp(join(tmpdir(), 'vmcontext-guest-'))
  const wire = startNamespaces(scratch, layers, options.image)
  const guest = new Guest(wire, scratch)
  try {
    await guest.settle(options)
    return guest
  } catch (error) {
    await guest[Symbol.asyncDispose]()
    throw error
  }
}

type Wire = ReturnType<typeof startNamespaces>

function startNamespaces(scratch: string, layers: readonly string[], image?: string) {
  const script = join(import.meta.dirname, 'guest.sh')
  const inside = ['sh', script, scratch, layers.join(':'), ...(image === undefined ? [] : [image])]
  const command = ['--net', '--mount', '--propagation', 'private', ...inside]
  return execa('unshare', command, {stdin: 'pipe', reject: false})
}

export class Guest implements AsyncDisposable {
  readonly #wire: Wire
  readonly #scratch: string
  readonly #discs: LoopDevice[] = []
  readonly #nics: NetworkCard[] = []
  readonly #servers: {kill(signal: NodeJS.Signals): boolean}[] = []
  #pid = 0

  constructor(wire: Wire, scratch: string) {
    this.#wire = wire
    this.#scratch = scratch
  }

  /** The number that the guest's first process has on this machine. */
  get pid(): number {
    return this.#pid
  }

  /** Waits for the namespaces, then puts in what the guest shall have. */
  async settle({nics = [], disc, discs = []}: GuestOptions): Promise<void> {
    const signal = AbortSignal.timeout(20_000)
    const [line] = await once(this.#wire.stdout, 'data', {signal}).catch(() => [])
    this.#pid = Number(line)
    if (!(this.#pid > 0)) {
      this.#wire.kill('SIGKILL')
      throw new Error(`the guest did not start: ${(await this.#wire).stderr}`)
    }
    await this.addNics(nics)
    for (const each of disc === undefined ? discs : [disc, ...discs]) await this.insert(each)
  }

  /** Runs a command in the guest, as root, with the environment that a boot script has. */
  async run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
    const {input = '', environment = {}, timeoutMs = 60_000} = options
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid'] as const
    const command = execa('/usr/bin/nsenter', ['--target', `${this.#pid}`, ...namespaces, '--', ...argv], {
      input,
      env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...environment},
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
    })
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      // Whatever the command started has its output open too: the guest is stopped as a whole.
      void this.run(['sh', '-c', 'kill -9 -1'])
    }, timeoutMs)
    const result = await command
    clearTimeout(timer)
    if (timedOut) {
      throw new Error(`${argv.join(' ')}: no end within ${timeoutMs} ms\n${result.stdout}${result.stderr}`)
    }
    const exitCode = result.exitCode ?? (result.signal && 128 + constants.signals[result.signal])
    if (exitCode === undefined) throw new Error(`${argv.join(' ')}: ${result.message}`)
    return {exitCode, stdout: result.stdout, stderr: result.stderr}
  }

  /** Runs a command that must succeed, and gives what it wrote. */
  async expect(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
    const {exitCode, stdout, stderr} = await this.run(argv, options)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: exit code ${exitCode}\n${stdout}${stderr}`)
    return stdout
  }

  /** Runs a command on the wire: where the far ends of the network cards are. */
  async expectOnWire(argv: readonly [string, ...string[]], input = ''): Promise<string> {
    const {stdout} = await execa('nsenter', ['--target', `${this.#wire.pid}`, '--net', '--', ...argv], {
      input,
    })
    return stdout
  }

  /** Starts a program on the wire that goes on in the background and ends with the guest. */
  async startOnWire(argv: readonly [string, ...string[]]): Promise<void> {
    const namespace = ['--target', `${this.#wire.pid}`, '--net', '--'] as const
    const command = execa('nsenter', [...namespace, 'setpriv', '--pdeathsig', 'KILL', ...argv], {
      reject: false,
    })
    this.#servers.push(command)
  }

  // Files go through commands in the guest: an absolute symbolic link would lead out of it otherwise.

  async readFile(path: string): Promise<string> {
    return this.expect(['cat', '--', path])
  }

  async writeFile(path: string, content: string, mode = 0o644): Promise<void> {
    const script = 'mkdir -p -- "$(dirname -- "$1")" && cat >"$1" && chmod "$2" "$1"'
    await this.expect(['sh', '-c', script, 'sh', path, mode.toString(8)], {input: content})
  }

  /**
   * Every file below some paths with its kind, mode, owner, size, time and inode, a line each: two listings are the
   * same if, and only if, nothing was written in between.
   */
  async listing(...paths: readonly string[]): Promise<string> {
    const format = '%p %y %m %U:%G %s %T@ %i %l\\n'
    return this.expect(['sh', '-c', 'find "$@" -xdev -printf "$0" | LC_ALL=C sort', format, ...paths])
  }

  /** What the guest wrote to its console. */
  async console(): Promise<string> {
    return this.readFile('/dev/console')
  }

  /** The addresses that the kernel has, with their prefix, by device; link-local ones of IPv6 left out. */
  async addresses(): Promise<Record<string, string[]>> {
    type Link = {
      ifname: string
      addr_info: {family: string; local: string; prefixlen: number; scope: string}[]
    }
    const links: Link[] = JSON.parse(await this.expect(['ip', '-json', 'address', 'show']))
    return Object.fromEntries(
      links.map(({ifname, addr_info}) => [
        ifname,
        addr_info.filter(({scope}) => scope !== 'link').map(({local, prefixlen}) => `${local}/${prefixlen}`),
      ]),
    )
  }

  /**
   * The kernel's IPv4 routes as `ip route` spells them, sorted: `default via 192.168.0.1 dev eth0 metric 100`. Without
   * `onlink`, which Debian's ifup adds to every default route.
   */
  async routes(): Promise<string[]> {
    type Route = {dst: string; gateway?: string; dev: string; metric?: number}
    const routes: Route[] = JSON.parse(await this.expect(['ip', '-json', '-4', 'route', 'show']))
    const lines = routes.map(({dst, gateway, dev, metric}) =>
      [
        dst,
        ...(gateway === undefined ? [] : ['via', gateway]),
        ...['dev', dev],
        ...(metric === undefined ? [] : ['metric', metric]),
      ].join(' '),
    )
    return lines.sort()
  }

  /**
   * Runs a program of this machine on the guest's root file system, as on an image that is mounted somewhere: nothing
   * is mounted in it, and nothing of it runs. `argv` is told where it is.
   */
  async runOnTree(argv: (root: string) => readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const root = join(this.#scratch, 'root')
    const command = ['--target', `${this.#wire.pid}`, '--mount', '--', ...argv(root)]
    const {input = '', environment = {}} = options
    const result = await execa('nsenter', command, {
      input,
      env: environment,
      reject: false,
      stripFinalNewline: false,
    })
    return {exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr}
  }

  /** Makes a disk image of the guest's root file system as it is now, for a machine to boot from. */
  async saveDisk(image: string, mebibytes: number): Promise<void> {
    // On the wire the root is there too, without what is mounted on it.
    const root = join(this.#scratch, 'root')
    const mke2fs = ['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-d', root, image, `${mebibytes}M`]
    await execa('nsenter', ['--target', `${this.#wire.pid}`, '--mount', '--', ...mke2fs])
  }

  /** Plugs in network cards. */
  async addNics(nics: readonly NetworkCard[]): Promise<void> {
    const commands = nics.flatMap(({name, mac, wire = []}, index) => {
      const end = `wire${this.#nics.length + index}`
      return [
        `link add name ${name} netns ${this.#pid} address ${mac} type veth peer name ${end}`,
        `link set ${end} up`,
        ...wire.map(address => `address add ${address} dev ${end}`),
      ]
    })
    this.#nics.push(...nics)
    await this.expectOnWire(['ip', '-batch', '-'], `${commands.join('\n')}\n`)
  }

  /** Puts in a disc, in place of the one that is at this device. */
  async insert(disc: Disc): Promise<void> {
    const loop = await insertDisc(disc)
    this.#discs.push(loop)
    const device = disc.device ?? 'sr0'
    await this.eject(device)
    const script = `
      mknod -m 660 "/dev/$1" b "$2" "$3"
      ln -s "../devices/virtual/block/$4" "/sys/block/$1"
      ln -s "../../devices/virtual/block/$4" "/sys/class/block/$1"
      printf '%4d %8d %10d %s\\n' "$2" "$3" "$(($(cat "/sys/block/$1/size") / 2))" "$1" >>/proc/partitions`
    await this.expect(['sh', '-ec', script, 'sh', device, `${loop.major}`, `${loop.minor}`, loop.name])
  }

  /** Takes a disc out, and its drive with it. */
  async eject(device = 'sr0'): Promise<void> {
    const script = `
      rm -f "/dev/$1" "/sys/block/$1" "/sys/class/block/$1"
      others=$(grep -v " $1\\$" /proc/partitions)
      printf '%s\\n' "$others" >/proc/partitions`
    await this.expect(['sh', '-ec', script, 'sh', device])
  }

  /**
   * Starts the guest over, as far as its software can tell: its processes are gone, /run is empty, the kernel has
   * another boot_id, no host name and no addresses. What is on its disk stays, and so do discs and network cards.
   */
  async reboot(): Promise<void> {
    const script = `
      kill -9 -1 2>/dev/null || :
      umount -l /run && mount -t tmpfs -o mode=755,nosuid,noexec run /run && mkdir /run/lock /run/mount
      : >/dev/console
      echo '(none)' >/proc/sys/kernel/hostname
      cat /proc/sys/kernel/random/uuid >/proc/sys/kernel/random/boot_id
      ip address flush dev lo && ip link set lo down
      for path in /sys/class/net/*; do
        ip link set "\${path##*/}" down && ip address flush dev "\${path##*/}"
      done`
    await this.expect(['sh', '-ec', script])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.kill('SIGKILL')
    this.#wire.stdin.end()
    const tooLate = setTimeout(() => this.#wire.kill('SIGKILL'), 5000)
    await this.#wire
    clearTimeout(tooLate)
    for (const loop of this.#discs) await loop[Symbol.asyncDispose]()
    await rmdir(this.#scratch)
  }
}
