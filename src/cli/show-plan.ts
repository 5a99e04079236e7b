// `vmcontext plan`: what boot would do now, as a person reads it. Nothing is changed, no mount is left.

import {createTwoFilesPatch} from 'diff'
import type {Action, ActionOf, Step, WriteAction} from '../action.ts'
import type {FileTree} from '../facts/files.ts'
import {previewKeys} from '../plan/login/keys.ts'
import {type Prepared, prepareBoot, type Request} from '../prepare.ts'
import {weighProblem} from '../problem.ts'
import {
  count,
  formatContext,
  formatIdleSteps,
  formatProblemLine,
  idleWords,
  isSilent,
  nameWidth,
} from '../report/lines.ts'
import {stringifyMasked} from '../report/mask.ts'
import {formatBytes} from '../report/sizes.ts'
import {placeForLooking} from '../source/mount.ts'
import {escapeControls} from '../system/commands.ts'
import {openSystem, type System} from '../system/system.ts'
import {exitCodes, type Terminal} from './start.ts'

export type PlanOptions = {json: boolean; check: boolean; strict: boolean; terminal: Terminal}

/** Prints the plan and gives the exit code. */
export async function showPlan(system: System, request: Request, options: PlanOptions): Promise<number> {
  const {print} = options.terminal
  const prepared = await prepareBoot(system, request, () => placeForLooking(openSystem('/')))
  if (prepared === 'switched off') {
    print('vmcontext is switched off; boot would do nothing\n')
    return exitCodes.done
  }
  if (prepared.source.state === 'found') await prepared.source.release()
  const text = options.json
    ? stringifyMasked(describePlan(prepared), prepared.mask)
    : prepared.mask(escapeControls(formatPlan(prepared)))
  print(`${text}\n`)
  return judge(prepared, options)
}

function judge(prepared: Prepared, {check, strict}: PlanOptions): number {
  const weights = planProblems(prepared).map(weighProblem)
  const hasWork = thingsToDo(prepared).length > 0
  if (weights.includes('failure') || (strict && weights.includes('warning'))) return exitCodes.failed
  return check && hasWork ? exitCodes.failed : exitCodes.done
}

function planProblems({plan, problems, contextReport}: Prepared) {
  return [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)]
}

/** The plan as lines for a person: what each step aims at, what it would do, and diffs of the files. */
function formatPlan(prepared: Prepared): string {
  const {plan, contextReport, facts, problems} = prepared
  const lines = [
    `Plan for ${facts.live ? 'this guest' : facts.root} (${facts.os.name})`,
    ...formatContext(contextReport).map(({text}) => text),
    ...plan.steps.filter(step => !isSilent(step)).flatMap(step => formatStep(step, prepared)),
    ...formatIdleSteps(plan.steps, 'done before').map(({text}) => text),
    ...formatIdleSteps(plan.steps, 'done once').map(({text}) => text),
    ...formatIdleSteps(plan.steps, 'not asked').map(({text}) => text),
    ...problems.map(problem => formatProblemLine(problem).text),
    summarize(prepared),
  ]
  return lines.join('\n')
}

const indent = ' '.repeat(nameWidth + 3)

function formatStep(step: Step, prepared: Prepared): string[] {
  const state = describeState(step)
  const aim = [step.summary, state].filter(Boolean).join(': ')
  return [
    `  ${step.name.padEnd(nameWidth)} ${aim}`.trimEnd(),
    ...step.actions
      .flatMap(action => describeAction(action, prepared))
      .map(line => `${indent}${line}`.trimEnd()),
    ...step.problems.map(problem => formatProblemLine(problem).text),
  ]
}

function describeState({idle, actions, problems}: Step): string {
  // What stands in the way is told below.
  if (idle === 'not asked' && problems.length > 0) return ''
  if (idle !== undefined) return idleWords[idle]
  return actions.length === 0 ? 'nothing to do' : ''
}

function describeAction(action: Action, {facts, manifest}: Prepared): string[] {
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

function summarize(prepared: Prepared): string {
  const {length} = thingsToDo(prepared)
  return length === 0 ? 'Nothing to do.' : `${count(length, 'thing')} to do.`
}

/** What a boot would really do: on another root nothing is executed, and folding keys belongs to the scripts. */
function thingsToDo({plan, facts}: Prepared): Action[] {
  const accompanying = ['fold-keys', 'await-network', 'mark-once']
  const executed = ['run', 'take-dns-name', 'run-script', 'set-hostname', 'set-mtu', 'report-ready']
  return plan.steps
    .flatMap(step => step.actions)
    .filter(({kind}) => !accompanying.includes(kind) && (facts.live || !executed.includes(kind)))
}

/** The plan for programs. */
function describePlan(prepared: Prepared) {
  const {plan, contextReport, facts} = prepared
  const steps = plan.steps.map(({digest: _, actions, ...step}) => ({
    ...step,
    actions: actions.map(withoutEnvironment),
  }))
  const {live, root, os, manager, links} = facts
  return {
    version: 1,
    guest: {live, root, os, links, networkManager: manager, dialect: facts.dialect?.name},
    context: contextReport,
    network: plan.network,
    steps,
    problems: prepared.problems,
  }
}

/** A script's variables may be secrets: their names are enough. */
function withoutEnvironment(action: Action): object {
  if (action.kind === 'report-ready' && action.script !== undefined)
    return {...action, script: withoutEnvironment(action.script)}
  if (action.kind !== 'run-script') return action
  const {environment, ...rest} = action
  return {...rest, variables: Object.keys(environment)}
}
