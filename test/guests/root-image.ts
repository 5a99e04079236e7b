// Root file systems for guests, made by debootstrap once and kept. A guest puts its own layer over one and never
// writes to it.

import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {copyFile, mkdir, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {execa} from 'execa'
import {agentBinary, cacheDirectory, holdLock} from './host.ts'

/** What a root file system is made of. */
export type RootRecipe = {
  distribution: string
  suite: string
  packages: readonly string[]
}

/** Debian 12 with sysvinit and ifupdown: the 2.2 way on a system of today. The same root boots as a machine. */
export const debian12: RootRecipe = {
  distribution: 'debian',
  suite: 'bookworm',
  packages: [
    'sysvinit-core',
    'ifupdown',
    'iproute2',
    // The scripts of 2.2 call ifconfig.
    'net-tools',
    'openssh-server',
    'sudo',
    'udev',
    'kmod',
    'procps',
    // The shell of small guests, and all that an initramfs needs.
    'busybox-static',
  ],
}

/** The same with what grows disks. */
export const debian12WithDisks: RootRecipe = {
  ...debian12,
  packages: [...debian12.packages, 'cloud-guest-utils', 'fdisk', 'xfsprogs', 'btrfs-progs', 'lvm2'],
}

/** The same with systemd. */
export const debian12WithSystemd: RootRecipe = {
  ...debian12,
  packages: ['systemd', 'systemd-sysv', ...debian12.packages.filter(name => name !== 'sysvinit-core')],
}

/** With systemd, and what leaves traces: another agent, a syslog daemon, clients and servers of DHCP. */
export const debian12WithTraces: RootRecipe = {
  ...debian12WithSystemd,
  packages: [
    ...debian12WithSystemd.packages,
    // debootstrap resolves no virtual packages.
    'python3-cffi-backend',
    ...['cloud-init', 'dbus', 'rsyslog', 'isc-dhcp-client', 'dnsmasq', 'open-iscsi', 'cron', 'man-db'],
  ],
}

/**
 * Debian 12 with every manager of the network but ifupdown. NetworkManager is enabled by its installation; which of
 * them shall be in charge, each guest and machine decides.
 */
export const debian12WithManagers: RootRecipe = {
  distribution: 'debian',
  suite: 'bookworm',
  packages: [
    ...['systemd', 'systemd-sysv', 'netplan.io', 'network-manager', 'dbus'],
    // polkitd wants a logind, and debootstrap finds none by itself.
    'libpam-systemd',
    ...['iproute2', 'openssh-server', 'udev', 'kmod', 'procps', 'busybox-static'],
  ],
}

/** With a source of accounts besides files (nsswitch.conf(5)), and no more than the agent needs. */
export const debian12WithDirectory: RootRecipe = {
  distribution: 'debian',
  suite: 'bookworm',
  packages: ['iproute2', 'procps', 'sudo', 'libnss-extrausers'],
}

/** Debian 13 likewise. */
export const debian13WithManagers: RootRecipe = {...debian12WithManagers, suite: 'trixie'}

/** Raised when the finishing touches below change, so that no older root is taken. */
const edition = 2

/** Gives the directory of a root file system, made first if need be. */
export async function provideRoot(
  recipe: RootRecipe = debian12,
  tell: (progress: string) => void = () => {},
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify({...recipe, edition}))
  const directory = join(
    cacheDirectory,
    `${recipe.distribution}-${recipe.suite}-${key.digest('hex').slice(0, 12)}`,
  )
  if (existsSync(directory)) return directory
  await using _lock = await holdLock('root')
  if (existsSync(directory)) return directory

  tell(`making a ${recipe.distribution} ${recipe.suite} root file system, once`)
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, {recursive: true, force: true})
  await bootstrap(recipe, unfinished)
  await finish(unfinished)
  await rename(unfinished, directory)
  return directory
}

/**
 * Gives a directory that holds nothing but the agent, where a guest expects it: a layer to put over a root. A copy,
 * because a build may replace the binary while a guest runs it.
 */
export async function provideAgentLayer(binary = agentBinary): Promise<string> {
  const {size, mtimeMs} = await stat(binary)
  const key = createHash('sha256').update(`${binary} ${size} ${mtimeMs}`).digest('hex').slice(0, 12)
  const directory = join(cacheDirectory, `agent-${key}`)
  if (existsSync(directory)) return directory
  await using _lock = await holdLock('agent')
  if (existsSync(directory)) return directory

  await forgetOldAgents()
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, {recursive: true, force: true})
  await mkdir(join(unfinished, 'usr', 'sbin'), {recursive: true})
  await copyFile(binary, join(unfinished, 'usr', 'sbin', 'vmcontext'))
  await rename(unfinished, directory)
  return directory
}

async function bootstrap({suite, packages}: RootRecipe, directory: string): Promise<void> {
  // In a mount namespace, so that what debootstrap mounts goes with it even when it is killed.
  await execa('unshare', [
    '--mount',
    'debootstrap',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    suite,
    directory,
    ...(await findMirror()),
  ])
}

/** The mirror this machine itself uses for Debian. None known: debootstrap's own default. */
async function findMirror(): Promise<string[]> {
  const format = '$(ORIGIN) $(SITE)'
  const {stdout} = await execa('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    reject: false,
  })
  const sites = (stdout ?? '')
    .split('\n')
    .map(line => line.split(' '))
    .filter(([origin, site]) => origin === 'Debian' && site !== undefined && !site.includes('security'))
    .map(([, site]) => site!)
  return sites.slice(0, 1)
}

/** Takes away what debootstrap copied from this machine, and what no guest needs. */
async function finish(root: string): Promise<void> {
  await writeFile(join(root, 'etc/hostname'), 'debian\n')
  await writeFile(
    join(root, 'etc/hosts'),
    '127.0.0.1\tlocalhost\n127.0.1.1\tdebian\n\n::1\tlocalhost ip6-localhost\n',
  )
  // As in any image that is to be copied: systemd makes one at its first boot.
  await writeFile(join(root, 'etc/machine-id'), '')
  const superfluous = [
    'etc/resolv.conf',
    'usr/share/doc',
    'usr/share/locale',
    'usr/share/man',
    'var/cache/apt',
    'var/lib/apt/lists',
  ]
  for (const path of superfluous) await rm(join(root, path), {recursive: true, force: true})
}

async function forgetOldAgents(): Promise<void> {
  const longestRunMs = 20 * 60_000
  const names = await readdir(cacheDirectory)
  for (const path of names
    .filter(name => name.startsWith('agent-'))
    .map(name => join(cacheDirectory, name))) {
    const {mtimeMs} = await stat(path)
    // A younger one may be under a guest that is still running.
    if (Date.now() - mtimeMs > longestRunMs) await rm(path, {recursive: true, force: true})
  }
}
