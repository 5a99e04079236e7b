// What of a guest's files goes into a bundle, and in which form. A path that no line here names is left out: its content
// may be anything.

import {keptDirectory, type Manifest} from '../report/manifest.ts'
import {blank, blankWords} from './redact/filler.ts'
import {redactKeys} from './redact/keys.ts'
import {redactNetworkFile} from './redact/network-file.ts'
import {redactShellText} from './redact/shell-text.ts'
import type {StandIns} from './redact/stand-ins.ts'
import type {RedactValue} from './redact/value.ts'

export type Redaction = {
  standIns: StandIns
  redactValue: RedactValue
  /** Files of keys, wherever sshd looks for them. */
  keyFiles: ReadonlySet<string>
  manifest: Manifest
}

type Form = (bytes: Buffer, redaction: Redaction, path: string) => Buffer

const asItIs: Form = bytes => bytes
const lines = (keep: RegExp): Form =>
  byLine(line => (keep.test(line) ? line : blankWords(line).replace(/\S/g, '#')))
const settings: Form = (bytes, {redactValue}) => redactShellText(bytes, redactValue)
/** Options of mounts and of PAM have the same form. */
const network: Form = (bytes, {standIns}) => asText(bytes, text => redactNetworkFile(text, standIns))
const keys: Form = bytes => asText(bytes, redactKeys)

/** The first that matches counts. */
const forms: readonly (readonly [RegExp, Form])[] = [
  // Who the guest is.
  [/^\/(etc|usr\/lib)\/([\w-]+-release|debian_version|os-release)$/i, asItIs],
  [
    /^\/etc\/(hostname|HOSTNAME|hosts|timezone|TIMEZONE|localtime|adjtime|conf\.d\/(clock|hwclock)|machine-id)$/,
    asItIs,
  ],
  [/^\/etc\/sysconfig\/(clock|init|console)$/, asItIs],
  [/^\/(usr\/(share|lib)|etc)\/zoneinfo\/[\w/+-]+$/, asItIs],
  [
    /^\/etc\/resolv\.conf$|^\/run\/(resolvconf|systemd\/resolve|NetworkManager|netconfig)\/(\w+\/)*[\w-]*resolv\.conf$/,
    asItIs,
  ],
  // Its network.
  [/^\/(etc|run|lib|usr\/lib)\/(network|netplan|systemd\/network|NetworkManager)\//, network],
  [/^\/etc\/sysconfig\/(network$|network\/|network-scripts\/|networking\/)/, network],
  [/^\/(etc|run)\/(resolvconf|ifplugd|dhcp|netconfig)\//, network],
  [/^\/etc\/(fstab|dhcpcd\.conf|default\/(networking|ifplugd))$/, network],
  // Who may log in.
  [/^\/etc\/passwd$/, byLine(hidePassword)],
  [/^\/etc\/group$/, byLine(line => line.replace(/^([^:]*):[^:]*:/, '$1:x:'))],
  [/^\/etc\/shadow$/, byLine(emptyShadow)],
  [/^\/(usr\/)?etc\/sudoers$/, lines(/^(#|[ \t]*@)include/)],
  [/^\/etc\/sudoers\.d\/[\w-]*vmcontext[\w-]*$/, asItIs],
  [/^\/(usr\/)?(etc|lib)\/ssh\/sshd_config(\.d\/[^/]+)?$/, asItIs],
  [/^\/etc\/(nsswitch\.conf|login\.defs|securetty|default\/useradd)$/, asItIs],
  [/^\/(usr\/)?(etc|lib)\/pam\.d\/[\w-]+$/, network],
  [/\/lib(crypt[.-]|\/?ld-musl-)[^/]*$|\/ld-musl-[^/]*$/, keepSchemes],
  // What is started.
  [
    /^\/etc\/(rc\.local|rc\.d\/rc\.local|init\.d\/boot\.local|rc\d\.d\/S01vmcontext\.sh)$/,
    lines(/^\s*mac2ip\s*\(|one-contextd|\/etc\/one-context\.d|^[^#]*(\/mnt\/init\.sh|\bcontext\.sh)\b/),
  ],
  [
    /^\/(etc\/init\.d|usr\/lib\/init|lib\/init|etc\/rc\.d)\/[\w.-]+$/,
    lines(/^\s*mac2ip\s*\(|one-contextd|\/etc\/one-context\.d|\bifup\s+(-\w+\s+)*(-a|--all)\b/),
  ],
  [/^\/etc\/init\/[\w.-]+$/, lines(/^\s*(manual|start on\b)/)],
  [/^\/etc\/inittab$/, lines(/sysinit/)],
  // What the kernel says.
  [/^\/proc\/cmdline$/, keepParameters],
  [/^\/proc\/1\/environ$/, keepContainer],
  [/^\/proc\/(\d+\/)?(mountinfo|mounts|swaps)$/, network],
  [/^\/proc\/(sys\/kernel\/(hostname|random\/boot_id)|net\/\w+|\d+\/net\/\w+|filesystems)$/, asItIs],
  [/^\/sys\/(class|devices|block|bus|module|dev|fs)\//, asItIs],
  // The agent's own.
  [/^\/etc\/vmcontext\.conf(\.d\/[^/]+)?$/, settings],
  [/^\/var\/lib\/vmcontext\/kept\//, keptForm],
  [/^\/var\/lib\/vmcontext\/(manifest\.json|[\w-]*growth[\w-]*(\.json)?)$/, asItIs],
  [/^\/run\/vmcontext\/(boot\.json|report\.json|shares|mounted)$/, asItIs],
  [/^\/run\/one-context\/one_env$/, bytes => asText(bytes, keepFirstLine)],
]

/** Gives the bytes of a file as they go into a bundle; undefined if it is not to be in one. */
export function redactFile(path: string, bytes: Buffer, redaction: Redaction): Buffer | undefined {
  const form = redaction.keyFiles.has(path) ? keys : forms.find(([pattern]) => pattern.test(path))?.[1]
  return form?.(bytes, redaction, path)
}

function asText(bytes: Buffer, change: (text: string) => string): Buffer {
  return Buffer.from(change(bytes.toString('latin1')), 'latin1')
}

function byLine(change: (line: string) => string): Form {
  return bytes => asText(bytes, text => text.split('\n').map(change).join('\n'))
}

/** Of a line of passwd(5), without the password and who somebody is. */
export function hidePassword(line: string): string {
  return line.replace(/^([^:]*):[^:]*:([^:]*:[^:]*):[^:]*:/, '$1:x:$2::')
}

/** Whether there is a password, of which kind, and whether it is locked (shadow(5)). */
function emptyShadow(line: string): string {
  const [name = '', password = ''] = line.split(':')
  if (name === '') return ''
  const [, lock = '', scheme = ''] = /^([!*]*)(\$\w+\$)?/.exec(password) ?? []
  const isMore = password.length > lock.length + scheme.length
  return `${name}:${lock}${scheme}${isMore ? 'withheld' : ''}:::::::`
}

const schemes = ['$y$', '$gy$', '$7$', '$2a$', '$2b$', '$2y$', '$sha1$', '$md5', '$1$', '$5$', '$6$']

/** Of a library that hashes passwords, the names of what it knows. */
function keepSchemes(bytes: Buffer): Buffer {
  return Buffer.from(schemes.filter(scheme => bytes.includes(scheme)).join('\0'))
}

/** `root=` may name a server and how to log in there. */
const keptParameter =
  /^(consoleblank=.*|root=[\w/=:.-]*|ro|rw|quiet|net\.ifnames=.*|biosdevname=.*|vmcontext=\w*)$/i

function keepParameters(bytes: Buffer, {redactValue}: Redaction): Buffer {
  const words = bytes.toString('latin1').trim().split(/\s+/)
  const kept = words.flatMap(word => {
    const [, head, name, value] = /^(vmcontext\.(\w+)=)(.*)$/i.exec(word) ?? []
    if (head !== undefined) return head + redactValue(name!.toUpperCase(), value!)
    return keptParameter.test(word) ? word : []
  })
  return Buffer.from(`${kept.join(' ')}\n`, 'latin1')
}

function keepContainer(bytes: Buffer): Buffer {
  const variables = bytes.toString('latin1').split('\0')
  return Buffer.from(variables.filter(each => /^container=/.test(each)).join('\0'), 'latin1')
}

function keepFirstLine(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  return [first, ...rest.map(line => blank(line))].join('\n')
}

/** A kept copy goes along in the form of the file that it was. */
function keptForm(bytes: Buffer, redaction: Redaction, path: string): Buffer {
  const sha256 = path.slice(keptDirectory.length + 1)
  const isOf = (copy: {sha256?: string | undefined} | null) => copy?.sha256 === sha256
  const origin = Object.entries(redaction.manifest.files).find(
    ([, {previous, overwritten = []}]) => isOf(previous) || overwritten.some(isOf),
  )?.[0]
  const form =
    origin === undefined || origin.startsWith(keptDirectory)
      ? undefined
      : redactFile(origin, bytes, redaction)
  return form ?? asText(bytes, text => blank(text))
}
