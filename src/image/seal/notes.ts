// What cannot be sealed, or need not be, and whoever publishes an image should know.

import {readSshd} from '../../facts/login/sshd.ts'
import {findRivals} from '../../facts/rivals.ts'
import {readStartedServices} from '../../facts/started-services.ts'
import {unlessRefused} from '../../system/errors.ts'
import {programPath} from '../install/agent-program.ts'
import {checkStart} from '../install/check/check.ts'
import {readInitSystem} from '../install/init-system.ts'
import type {Look} from './look.ts'
import type {Finding, Operation} from './operation.ts'
import {report} from './patterns.ts'

export const notes: readonly Operation[] = [
  note('sudo-rules', 'who may do everything without a password', findSudoRules),
  note('host-name', 'a name that clones have until a context gives another', findHostName),
  note('network-files', 'network files that name a MAC or an address', findNetworkFiles),
  note('lingering', 'accounts whose services start without a login', look =>
    look
      .find('/var/lib/systemd/linger/*')
      .map(place => report(look, place, 'its services start at every boot')),
  ),
  note('swap', 'swap holds what was in memory', findSwap),
  note('rivals', 'other agents that are enabled', findRivalNotes),
  note('agent', 'who configures a clone', findAgent),
  note('ssh-server', 'who makes host keys for a clone', findKeyMaker),
]

function note(name: string, description: string, find: Operation['find']): Operation {
  return {name, severity: 'note', isDefault: true, description, find}
}

function findSudoRules(look: Look): Finding[] {
  return ['/etc/sudoers', '/etc/sudoers.d/*', '/etc/doas.conf', '/etc/doas.d/*']
    .flatMap(pattern => look.find(pattern))
    .filter(place => /^[^#\n]*\b(NOPASSWD\s*:|nopass\b)/m.test(look.text(place)))
    .map(place => report(look, place, 'somebody may do everything without a password', 'look who it is'))
}

/** Names that images come with. */
const usualNames =
  /^(localhost|linux|debian|ubuntu|centos|fedora|rocky|alma\w*|alpine|archlinux|opensuse|image|template|guest|vm|\(none\))?(\.localdomain|\.local)?$/i

function findHostName(look: Look): Finding[] {
  const name = look.textOf('/etc/hostname').trim() || look.textOf('/etc/HOSTNAME').trim()
  if (usualNames.test(name)) return []
  const files = ['/etc/hostname', '/etc/HOSTNAME', '/etc/hosts', '/etc/mailname', '/etc/postfix/main.cf']
  const more = ['/etc/exim4/update-exim4.conf.conf', '/etc/sysconfig/network', '/etc/mdadm/mdadm.conf']
  return [...files, ...more]
    .flatMap(path => look.find(path))
    .filter(place => hasWord(look.text(place), name))
    .map(place =>
      report(look, place, `every clone is called ${name} here`, 'a context sets the name of the host'),
    )
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[\s=:,"'@]+/).some(each => each === word || each.startsWith(`${word}.`))
}

const networkFiles: readonly [pattern: string, told: RegExp][] = [
  ['/etc/sysconfig/network-scripts/ifcfg-*', /^\s*(MACADDR|IPADDR\d*)=/m],
  ['/etc/sysconfig/network/ifcfg-*', /^\s*(LLADDR|IPADDR\w*)=/m],
  ['/etc/network/interfaces', /^\s*(address|hwaddress)\s+(?!127\.)/m],
  ['/etc/network/interfaces.d/*', /^\s*(address|hwaddress)\s+(?!127\.)/m],
  ['/etc/netplan/*.yaml', /^\s*("?macaddress"?|addresses)\s*:/m],
  ['/etc/systemd/network/*', /^\s*(MACAddress|PermanentMACAddress|Address)\s*=/m],
  ['/etc/NetworkManager/system-connections/*', /^\s*(mac-address|address\d*|addresses\d*)\s*=/m],
  ['/etc/conf.d/net', /^\s*config_\w+=.*\d+\.\d+\.\d+\.\d+/m],
]

function findNetworkFiles(look: Look): Finding[] {
  return networkFiles.flatMap(([pattern, told]) =>
    look
      .find(pattern)
      .filter(({path}) => !path.endsWith('/ifcfg-lo'))
      .filter(place => told.test(look.text(place)))
      .map(place =>
        report(look, place, 'it names a MAC or an address', 'remove it unless every clone shall have it'),
      ),
  )
}

/** Files, and partitions by whatever name fstab(5) has for them: those lie outside of every tree. */
function findSwap(look: Look): Finding[] {
  const lines = look.textOf('/etc/fstab').split('\n')
  const named = lines.flatMap(line => /^\s*([^#\s]\S*)\s+\S+\s+swap\s/.exec(line)?.[1] ?? [])
  const reason = 'it holds what was in memory'
  return named.flatMap(name => {
    const isPartition = !name.startsWith('/') || name.startsWith('/dev/')
    if (isPartition) return [remark(name, reason, 'swapoff, then mkswap with its UUID and label (-U, -L)')]
    const places = look.find(name).filter(({status}) => status?.isFile())
    return places.map(place => report(look, place, reason, 'make it anew: mkswap'))
  })
}

function findRivalNotes(look: Look): Finding[] {
  const problems = unlessRefused(
    () => findRivals(look.system, readStartedServices(look.system)),
    () => [],
  )
  return problems.map(({message, cure}) => remark('/etc', message, cure))
}

function findAgent({system}: Look): Finding[] {
  if (system.files.status(programPath) === undefined) {
    return [remark(programPath, 'the agent is not installed here', 'vmcontext install')]
  }
  const {problems} = checkStart(system, readInitSystem(system).kind)
  return problems.map(({message, cure = 'vmcontext install'}) => remark(programPath, message, cure))
}

/** What makes host keys by itself: Red Hat's and SUSE's units, scripts of Alpine and of Red Hat of old. */
const keyMakers = [
  ...['/lib', '/usr/lib', '/etc'].flatMap(directory => [
    `${directory}/systemd/system/sshd-keygen.service`,
    `${directory}/systemd/system/sshd-keygen@.service`,
    `${directory}/systemd/system/sshdgenkeys.service`,
    `${directory}/systemd/system/regenerate_ssh_host_keys.service`,
  ]),
  ...['/usr/sbin/sshd-gen-keys-start', '/etc/rc.d/init.d/sshd'],
]

/** Tells of an ssh server that has no host keys, and nobody to make any. */
export function findKeyMaker(look: Look): Finding[] {
  const {server, hostKeys} = readSshd(look.system, false)
  if (server === undefined || hostKeys.some(({isThere}) => isThere)) return []
  const started = readStartedServices(look.system)
  const isMade = [...started].some(name => /^(vmcontext|cloud-(init|config)|cloud-init-main)/.test(name))
  if (isMade || keyMakers.some(path => look.has(path)) || makesKeys(look)) return []
  const message = 'sshd has no host keys, and nothing here makes them at boot: it lets nobody in'
  return [remark('/etc/ssh', message, 'vmcontext install')]
}

/** Alpine's and Gentoo's script of OpenRC calls ssh-keygen -A; Debian's does not. */
function makesKeys(look: Look): boolean {
  return ['/etc/init.d/sshd', '/etc/init.d/ssh'].some(path => /ssh-keygen/.test(look.textOf(path)))
}

function remark(path: string, reason: string, cure: string | undefined): Finding {
  return {path, reason, files: 0, bytes: 0, cure}
}
