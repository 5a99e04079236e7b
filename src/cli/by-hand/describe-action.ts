// A planned deed in words, as `vmcontext plan` prints it.

import type {Action, ActionOf, RemoveAction, WriteAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {previewKeys} from '../../plan/login/keys.ts'
import type {Prepared} from '../../prepare.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import {diffFile} from './file-diff.ts'
import type {Row} from './page.ts'

/** What a deed is described with: the guest, its files as they are once the deeds before this one are done. */
export type Surroundings = Pick<Prepared, 'facts' | 'manifest'> & {
  files: FileTree
  /** So many lines of a difference are shown. */
  limit: number
}

/** Describes a deed, and what becomes of a file or of keys below it; in no row if it only accompanies another one. */
export function describeAction(action: Action, surroundings: Surroundings): Row[] {
  const {files, limit} = surroundings
  switch (action.kind) {
    case 'write':
    case 'write-sudo-rule':
      return describeWrite(action, files, limit)
    case 'remove':
      return describeRemoval(action, files, limit)
    case 'authorize-keys':
      return describeKeys(action, surroundings)
    default:
      return describeDeed(action, surroundings.facts.live).map(text => ({text}))
  }
}

type OtherAction = Exclude<Action, {kind: 'write' | 'write-sudo-rule' | 'remove' | 'authorize-keys'}>

function describeDeed(action: OtherAction, live: boolean): string[] {
  switch (action.kind) {
    case 'run':
      return [`run ${action.shown ?? action.argv.join(' ')}`]
    case 'link':
      return [`link ${action.path} to ${action.target}`]
    case 'await-network':
      return [`wait for it, ${action.timeoutMs / 1000} s at most`]
    case 'take-dns-name':
      return ['ask the name servers, and take the name that they tell']
    case 'keep-screen-lit':
      return ['keep the screen from going dark']
    case 'probe-gateways':
      return []
    case 'verify-network':
      return [describeVerification(action)]
    case 'set-mtu':
      return [`give ${action.device} the MTU ${action.mtu}`]
    case 'set-hostname':
      return [`name the running system ${action.name}`]
    case 'create-account':
      return [`create the account ${action.name} with ${action.shell}`]
    case 'make-host-keys':
      return ['make host keys for sshd']
    case 'set-password':
      return [`${action.password.kind === 'none' ? 'take away' : 'set'} the password of ${action.account}`]
    case 'run-script':
      return [describeScript(action, live)]
    case 'grow-partition':
      return [`grow partition ${action.number} of ${action.disk} by ${formatBytes(action.gapBytes)}`]
    case 'grow-logical-volume':
      return [`grow the logical volume ${action.volume} by what is gained`]
    case 'grow-file-system':
      return [`grow the ${action.type} of ${action.point}`]
    case 'swap-on':
      return [`turn on the swap on ${action.device}`]
    case 'mount-shared':
      return [`mount ${action.tag} at ${action.point}`]
    case 'unmount-shared':
      return [`unmount ${action.tag} from ${action.point}`]
    case 'mark-once':
      return []
    case 'write-user-file':
      return [describeUserFile(action)]
    case 'fold-keys':
      return []
    case 'keep-one-env':
      return [`${action.values === undefined ? 'remove' : 'write'} /run/one-context/one_env`]
    case 'report-ready':
      return [describeReady(action)]
  }
}

/** Never its text: that may hold anything. */
function describeScript({name, text, once}: ActionOf<'run-script'>, live: boolean): string {
  const script = text?.reveal() ?? ''
  const interpreter = /^#![^\r\n]*/.exec(script)?.[0].slice(0, 80)
  const facts = [
    ...(interpreter === undefined ? [] : [interpreter]),
    ...(text === undefined ? [] : [count(script.length, 'byte')]),
    ...(once === undefined ? [] : ['once on this machine']),
  ].join(', ')
  return `run ${name}${facts && ` (${facts})`}${live ? '' : ' (not on this root: nothing of it is executed)'}`
}

function describeUserFile({path, bytes, mode, owner, append}: ActionOf<'write-user-file'>): string {
  const rights = `${mode.toString(8).padStart(4, '0')} ${[owner.user, owner.group].filter(Boolean).join(':')}`
  return `${append ? 'append to' : 'write'} ${path} (${count(bytes, 'byte')}, ${rights})`
}

function describeVerification({timeoutMs, undo}: ActionOf<'verify-network'>): string {
  const cost = undo.length > 0 ? ', and take all this back if the guest is cut off' : ''
  return `check addresses and gateway for ${timeoutMs / 1000} s${cost}`
}

function describeReady({endpoint, reportsReady, script}: ActionOf<'report-ready'>): string {
  const condition = script === undefined ? '' : ` and ${script.name} succeeds`
  const words = reportsReady ? `READY=YES if all succeeds${condition}` : 'how the boot ended'
  return `tell ${endpoint} ${words}`
}

function describeKeys(
  {account, ...action}: ActionOf<'authorize-keys'>,
  {facts, manifest}: Surroundings,
): Row[] {
  const {added, revoked} = previewKeys({account, ...action}, facts.authorizedKeys, manifest)
  const lines = (facts.authorizedKeys.get(account)?.text ?? '').split('\n')
  const rows = [
    ...added.map(({line, blob}) => keyRow(`+${shorten(line, blob)}`, 'added')),
    ...revoked.map(blob =>
      keyRow(`-${shorten(lines.find(line => line.includes(blob)) ?? blob, blob)}`, 'removed'),
    ),
  ]
  const deeds = [
    ...(added.length > 0 ? [`install ${count(added.length, 'key')} for`] : []),
    ...(revoked.length > 0 ? [`revoke ${count(revoked.length, 'key')} of`] : []),
  ]
  return [{text: `${deeds.join(' and ') || 'keep the keys of'} ${account}`}, ...rows]
}

/** A key as people tell keys apart: type, last characters of the blob, comment. */
function shorten(line: string, blob: string): string {
  return line.replace(blob, `...${blob.slice(-12)}`)
}

function keyRow(text: string, tone: Row['tone']): Row {
  return {text, tone, isVerbatim: true}
}

const usualMode = 0o644

function describeWrite(
  {path, content, mode}: Omit<WriteAction, 'kind'>,
  files: FileTree,
  limit: number,
): Row[] {
  const before = files.get(path)
  const rights = mode === usualMode ? '' : ` (mode ${mode.toString(8).padStart(4, '0')})`
  // One that is there keeps its rights.
  const text = before === undefined ? `create ${path}${rights}` : `change ${path}`
  return [{text}, ...diffFile(before?.content, content, limit)]
}

function describeRemoval({path}: RemoveAction, files: FileTree, limit: number): Row[] {
  const before = files.get(path)
  const rows = before === undefined ? [] : diffFile(before.content, undefined, limit)
  return [{text: `remove ${path} (a copy is kept)`}, ...rows]
}
