// Makes a fresh clone ready, and says nothing where there is nothing to do.
//
//   node packaging/setup.mjs            what package-lock.json names, Node 24 among it
//   node packaging/setup.mjs --packages and the Debian packages that the agent's own packages are made with
//   node packaging/setup.mjs --guests   and those of the tests that boot guests as well
//
// Plain JavaScript: on a fresh clone this runs on whatever Node the machine has, 20 or later.

import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

/** Debian package, how to tell that it is there (a program, or a file), and what it is for. A new need is a new line. */
const forPackages = [
  ['binutils', 'strip', 'an executable without symbols'],
  ['binutils-aarch64-linux-gnu', 'aarch64-linux-gnu-strip', 'an arm64 executable without symbols'],
  ['qemu-user', 'qemu-aarch64', 'the snapshot of the arm64 executable, and its runs'],
  ['libc6-arm64-cross', '/usr/aarch64-linux-gnu/lib/libc.so.6', 'arm64 programs under qemu'],
  ['libstdc++6-arm64-cross', '/usr/aarch64-linux-gnu/lib/libstdc++.so.6', 'arm64 programs under qemu'],
  ['xz-utils', 'xz', 'the portable form'],
  ['dpkg', 'dpkg-deb', 'the .deb'],
  ['rpm', 'rpmbuild', 'the .rpm'],
]

/** Likewise: what tests need besides. */
const forGuests = [
  ['e2fsprogs', 'mke2fs', 'disc images'],
  ['genisoimage', 'genisoimage', 'context discs as OpenNebula made them'],
  ['xorriso', 'xorriso', 'context discs as OpenNebula makes them'],
  ['libarchive-tools', 'bsdtar', 'discs read by others'],
  ['debootstrap', 'debootstrap', 'guests of Debian and Ubuntu'],
  ['iproute2', 'ip', 'network namespaces'],
  ['util-linux', 'unshare', 'name spaces'],
  ['qemu-system-x86', 'qemu-system-x86_64', 'booted guests'],
  ['openssh-client', 'ssh-keygen', 'keys'],
  ['openssl', 'openssl', 'certificates of a OneGate'],
  ['dosfstools', 'mkfs.vfat', 'disc images'],
  ['dnsmasq-base', 'dnsmasq', 'DHCP and router advertisements for guests'],
  ['shellcheck', 'shellcheck', 'the init scripts'],
  ['strace', 'strace', 'runs that are killed at every change'],
  ['python3', '/usr/bin/python3', 'runs that die at every change'],
  ['systemd', 'systemd-analyze', 'the units'],
  ['cloud-guest-utils', 'growpart', 'disks that grow'],
  ['fdisk', 'sfdisk', 'disks that grow'],
  ['xfsprogs', 'mkfs.xfs', 'disks that grow'],
  ['btrfs-progs', 'mkfs.btrfs', 'disks that grow'],
  ['man-db', 'man', 'the manual pages'],
  ['libxml2-utils', 'xmllint', 'the picture of a boot'],
  ['zsh', 'zsh', 'completions'],
  ['fish', 'fish', 'completions'],
  ['lintian', 'lintian', 'the .deb'],
  ['rpmlint', 'rpmlint', 'the .rpm'],
  ['busybox-static', 'busybox', 'guests without a C library'],
  ['musl', '/lib/ld-musl-x86_64.so.1', 'a guest with another C library'],
]

const repository = fileURLToPath(new URL('..', import.meta.url))

if (!modulesMatch()) installModules()
const debianPackages = [
  ...(process.argv.includes('--packages') || process.argv.includes('--guests') ? forPackages : []),
  ...(process.argv.includes('--guests') ? forGuests : []),
]
installDebianPackages(debianPackages.filter(([, sign]) => !isThere(sign)))

/** npm notes in node_modules what it installed. Packages for other systems, which are optional, are not among it. */
function modulesMatch() {
  const note = join(repository, 'node_modules', '.package-lock.json')
  if (!existsSync(note)) return false
  const installed = readPackages(note)
  const wanted = readPackages(join(repository, 'package-lock.json'))
  delete wanted['']
  return (
    Object.keys(installed).every(path => path in wanted) &&
    Object.entries(wanted).every(([path, {version, optional}]) =>
      path in installed ? installed[path].version === version : optional,
    )
  )
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

function installModules() {
  console.log('setup: npm ci, as node_modules is not what package-lock.json says')
  // Only errors: Node 20 is too old for some of these packages, but it runs none of them.
  const {status, error} = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: repository,
    stdio: 'inherit',
  })
  if (status === 0) return
  console.error(`setup: npm ci failed${error ? `: ${error.message}` : ''}`)
  process.exit(1)
}

/** Without a package some tests are skipped; that is no reason to run none. */
function installDebianPackages(missing) {
  if (missing.length === 0) return
  const names = missing.map(([name]) => name)
  if (!isThere('apt-get')) return leftOut(missing, 'no apt-get here')
  if (process.getuid() !== 0) return leftOut(missing, `not root; by hand: apt-get install ${names.join(' ')}`)
  console.log(`setup: apt-get install ${names.join(' ')}`)
  aptGet('update')
  // One by one if need be: a single unknown name makes apt-get refuse all.
  if (aptGet('install', ...names)) return
  const failed = missing.filter(([name]) => !aptGet('install', name))
  if (failed.length > 0) leftOut(failed, 'apt-get install failed')
}

function leftOut(packages, reason) {
  for (const [name, , purpose] of packages) console.log(`setup: left out ${name} (${purpose}): ${reason}`)
}

function aptGet(...words) {
  const quiet = [
    '-qq',
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=120',
    '-o',
    'DPkg::Use-Pty=0',
  ]
  const {status, stderr} = spawnSync('apt-get', [...quiet, ...words], {
    env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'},
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) console.error(stderr.trim())
  return status === 0
}

function isThere(sign) {
  if (sign.startsWith('/')) return existsSync(sign)
  const directories = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return directories.some(directory => existsSync(join(directory, sign)))
}
