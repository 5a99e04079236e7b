// A planned deed in words, as `vmcontext plan` prints it.

import {createTwoFilesPatch} from 'diff'
import type {Action, ActionOf, WriteAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {previewKeys} from '../../plan/login/keys.ts'
import type {Prepared} from '../../prepare.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'

/** Describes a deed in lines; in none if it only accompanies another one. */
export function describeAction(action: Action, {facts, manifest}: Prepared): string[] {
  switch (action.kind) {
    case 'write':
      return describeWrite(action, facts.files)
    case 'remove':
      return [`remove ${action.path} (a copy is kept)`]
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
    case 'authorize-keys': {
      const {added, revoked} = previewKeys(action, facts.authorizedKeys, manifest)
      return [
        ...added.map(key => `install for ${action.account}: ${shorten(key.line, key.blob)}`),
        ...(revoked.length > 0 ? [`revoke ${count(revoked.length, 'key')} of ${action.account}`] : []),
      ]
    }
    case 'make-host-keys':
      return ['make host keys for sshd']
    case 'set-password':
      return [`${action.password.kind === 'none' ? 'take away' : 'set'} the password of ${action.account}`]
    case 'write-sudo-rule':
      return describeWrite({...action, kind: 'write'}, facts.files)
    case 'run-script':
      return [describeScript(action, facts.live)]
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

/** A key as people tell keys apart: type, last characters of the blob, comment. */
function shorten(line: string, blob: string): string {
  return line.replace(blob, `…${blob.slice(-12)}`)
}

function describeWrite({path, content}: WriteAction, files: FileTree): string[] {
  const before = files.get(path)?.content
  const patch = createTwoFilesPatch('', '', asText(before ?? ''), asText(content), '', '', {context: 2})
  const body = patch
    .split('\n')
    .slice(4)
    .filter(line => line !== '')
  return [before === undefined ? `create ${path}` : `change ${path}`, ...body.map(line => `  ${line}`)]
}

/** Files are handled byte for byte; what they show is UTF-8. */
function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
