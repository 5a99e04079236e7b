// What a context asks of a guest, in lines for a person, by the step that does it. No guest is there: what depends on
// one, such as which card has which MAC, is said as the context says it.

import type {AuthorizedKey} from '../../action/login.ts'
import type {Context} from '../../context/context.ts'
import type {NicRequest} from '../../context/network/nics.ts'
import type {ScriptText} from '../../context/scripts/script-text.ts'
import type {Route} from '../../network/model.ts'
import {describeNic} from '../../plan/network/network.ts'
import {count} from '../../report/lines.ts'
import type {StepName} from '../../steps.ts'

/** The steps that have something to do, and what. */
export type Meaning = readonly (readonly [StepName, readonly string[]])[]

type Describe = (context: Context) => readonly string[]

const describers: readonly (readonly [StepName, Describe])[] = [
  ['network', describeNetwork],
  ['hostname', ({hostname}) => (hostname === undefined ? [] : [hostname.full])],
  ['account', describeAccount],
  ['keys', describeKeys],
  ['password', describePassword],
  ['sudo', describeSudo],
  ['time-zone', ({timeZone}) => (timeZone === undefined ? [] : [timeZone])],
  ['console', describeConsole],
  ['onegate', ({oneGateAccess: {endpoint}}) => (endpoint === undefined ? [] : [endpoint])],
  ['disks', ({growth}) => (growth.length === 0 ? [] : [`grow ${growth.map(({path}) => path).join(', ')}`])],
  ['swap', ({usesSwap}) => (usesSwap ? ['turn on what swap there is'] : [])],
  ['mounts', ({shares}) => shares.map(({tag, point}) => `mount ${tag} at ${point}`)],
  ['dns-name', ({wantsDnsName}) => (wantsDnsName ? ['ask the name servers for the name'] : [])],
  ['user-data', describeUserData],
  ['start-script', describeStartScript],
  ['scripts', ({scripts}) => scripts.map(name => `run ${name}`)],
  ['ready', describeReady],
]

/** Tells what each step would do. */
export function describeMeaning(context: Context): Meaning {
  return describers
    .map(([step, describe]) => [step, describe(context)] as const)
    .filter(([, lines]) => lines.length > 0)
}

function describeNetwork(context: Context): string[] {
  if (context.freezesNetwork) return ['left as it is (NETWORK=NO)']
  const lines = context.describesNics ? context.nics.flatMap(describeRequest) : describeOldNics(context)
  const names = describeNames(context)
  return [...lines, ...(names.length === 0 ? [] : [names.join('; ')])]
}

function describeRequest(nic: NicRequest): string[] {
  const {label, mac, pciAddress, mtu, ipv4, ipv6} = nic
  const who = [
    label,
    ...(mac === undefined ? [] : [mac]),
    ...(pciAddress === undefined ? [] : [`at ${pciAddress}`]),
  ]
  const more = [
    ...(mtu === undefined ? [] : [`MTU ${mtu}`]),
    ...[ipv4, ipv6].flatMap(family => family?.routes ?? []).map(describeRoute),
    ...describeNames(nic),
  ]
  return [
    `${who.join(' ')} ${describeAddresses(nic)}`,
    ...(more.length === 0 ? [] : [`${label} ${more.join('; ')}`]),
  ]
}

function describeRoute({destination: {address, prefix}, gateway, metric}: Route): string {
  const [via, weight] = [gateway && ` via ${gateway.address}`, metric && ` metric ${metric}`]
  return `route ${address}/${prefix}${via ?? ''}${weight ?? ''}`
}

function describeNames({dns, searchDomains}: Pick<NicRequest, 'dns' | 'searchDomains'>): string[] {
  return [
    ...(dns.length === 0 ? [] : [`name servers ${dns.join(', ')}`]),
    ...(searchDomains.length === 0 ? [] : [`search ${searchDomains.join(', ')}`]),
  ]
}

function describeAddresses({isUnclear, isSkipped, ipv4, ipv6}: NicRequest): string {
  if (isSkipped) return 'left as it is (METHOD=skip)'
  if (isUnclear) return 'left as it is: which card is meant is unclear'
  if (ipv4 === undefined && ipv6 === undefined) return 'gets no address'
  const link = {
    device: '',
    mac: '',
    hasPermanentMac: false,
    origin: 'context',
    dns: [],
    searchDomains: [],
  } as const
  return describeNic({...link, ipv4, ipv6}).trim()
}

function describeOldNics({isOldKind, firstNic}: Context): string[] {
  const {address, prefix, gateway} = firstNic
  const first = [
    ...(address === undefined ? [] : [address]),
    ...(prefix === undefined ? [] : [`/${prefix}`]),
    ...(gateway === undefined ? [] : [` via ${gateway}`]),
  ].join('')
  return [
    ...(first === '' ? [] : [`the first card: ${first.trim()}`]),
    ...(isOldKind ? ['every card: the IPv4 address that its MAC carries behind 02:00'] : []),
  ]
}

function describeAccount({username, shell, accountIsKnown}: Context): string[] {
  if (!accountIsKnown) return ['unclear, so nothing is done for any']
  if (username === undefined) return []
  return [shell === undefined ? username : `${username}, with ${shell}`]
}

function describeKeys({keys}: Context): string[] {
  return [...keys].flatMap(([account, list]) => list.map(key => `${account}: ${describeKey(key)}`))
}

/** As people tell keys apart: type, last characters, comment; options go. */
function describeKey({line, blob}: AuthorizedKey): string {
  const [before = '', after = ''] = line.split(blob)
  const type = before.trim().split(/\s+/).at(-1)
  return `${type} …${blob.slice(-12)}${after.trim() === '' ? '' : ` ${after.trim()}`}`
}

function describePassword({password, username = 'root'}: Context): string[] {
  if (password === undefined) return []
  if (password.kind === 'none') return [`${username} gets none`]
  const kind = password.kind === 'hashed' ? `a hash ${password.scheme || 'of DES'}` : 'in clear text'
  return [`${username} gets the one in ${password.place.key} (${kind})`]
}

function describeSudo({username, sudo}: Context): string[] {
  if (username === undefined || username === 'root' || !sudo.isKnown) return []
  return [`${username} ${(sudo.answer ?? true) ? 'may do everything' : 'may do nothing'} as root`]
}

function describeConsole({securetty}: Context): string[] {
  if (securetty === 'on') return ['root only on terminals that are listed']
  return securetty === 'off' ? ['root on any terminal'] : []
}

function describeUserData({userData}: Context): string[] {
  if (userData === undefined) return []
  const files = userData.files.map(({path}) => `write ${path}`)
  return [...files, ...(userData.script === undefined ? [] : [`run ${describeScript(userData.script)}`])]
}

function describeStartScript({startScript}: Context): string[] {
  if (startScript === undefined) return []
  return [`run ${describeScript(startScript)}${startScript.once ? ', once for a machine' : ''}`]
}

/** Never its text: that may hold anything. */
function describeScript({key, text}: ScriptText): string {
  const script = text.reveal()
  const interpreter = /^#![^\r\n]*/.exec(script)?.[0].slice(0, 60)
  return `${key} (${interpreter === undefined ? '' : `${interpreter}, `}${count(script.length, 'byte')})`
}

function describeReady({ready}: Context): string[] {
  if (ready === undefined) return []
  const words = ready.reportsReady ? 'READY=YES once all has succeeded' : 'how the boot has ended'
  return [`tell OneGate ${words}${ready.script === undefined ? '' : `, ${ready.script.name} too`}`]
}
