// The sudo step: the account of the context becomes root without a password, unless the context says no. The rule is
// taken away again when it is for somebody else, or for nobody.

import type {Action} from '../../action.ts'
import {sudoersPath} from '../../context/login/sudo.ts'
import type {FileFact} from '../../facts/files.ts'
import type {Problem} from '../../problem.ts'
import {adoptedPaths} from '../../report/manifest.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {isServiceAccount} from './account.ts'

/** Plans the file of ours that sudo reads. Where the answer is not known nothing is granted or taken away. */
export function planSudo(input: PlanInput): StepPlan {
  const {context, contextProblems, facts, manifest} = input
  const problems = [...contextProblems.sudo]
  if (context === undefined || !context.accountIsKnown || !context.sudo.isKnown) return nothingAsked(problems)
  const account = decide(input, problems)
  const isNothing =
    account === undefined &&
    manifest.files[sudoersPath] === undefined &&
    !isRule(facts.files.get(sudoersPath)) &&
    withdrawAdopted(input).length === 0
  if (isNothing) return nothingAsked(problems)
  const own = account === undefined ? planWithdrawal(input) : planRule(input, formatRule(account))
  const actions = [...own, ...withdrawAdopted(input)]
  const file = facts.login.sudo.readsDirectory
  return {summary: account ?? 'nobody', actions, problems, request: {account, file}}
}

/** sudo takes no file that others may write, and asks for this mode (sudoers(5)). */
const mode = 0o440

/** Who gets the rule; undefined: nobody. */
function decide({context, facts}: PlanInput, problems: Problem[]): string | undefined {
  const {username: name, sudo} = context!
  const {answer = true, place = {file: context!.file, key: 'USERNAME'}} = sudo
  // root may do everything as it is.
  if (name === undefined || name === 'root' || !answer) return undefined
  const isAsked = sudo.answer !== undefined
  const {isInstalled, readsDirectory, file = '/etc/sudoers'} = facts.login.sudo
  if (!isInstalled) {
    const message = `sudo is not installed, so ${name} gets no rule`
    if (isAsked) problems.push({...place, code: 'deed-left-out', message})
    return undefined
  }
  const account = facts.accounts.find(each => each.name === name)
  if (!isAsked && account !== undefined && isServiceAccount(account, facts)) {
    const message = `${name} is an account of a service, so it gets no sudo rule unasked`
    problems.push({...place, code: 'value-ignored', message, cure: 'ask for it with USERNAME_SUDO=YES'})
    return undefined
  }
  if (readsDirectory) return name
  const message = `${file} does not include /etc/sudoers.d, so ${name} gets no sudo rule`
  const cure = 'add the line #includedir /etc/sudoers.d with visudo, or say USERNAME_SUDO=NO'
  problems.push({...place, code: 'value-ignored', message, cure})
  return undefined
}

const head = '# vmcontext: the account of the context\n'

function formatRule(account: string): string {
  return `${head}${quote(account)} ALL=(ALL) NOPASSWD:ALL\n`
}

/**
 * A file that says this is of ours, even if the records were lost since it was written: it does not stay, and it is not
 * what comes back.
 */
function isRule(file: FileFact | undefined): boolean {
  return (
    file?.content.startsWith(head) === true &&
    /^"?[\w.$-]+"? ALL=\(ALL\) NOPASSWD:ALL\n$/.test(file.content.slice(head.length))
  )
}

/**
 * A name in capitals is one of an alias, and ALL is everybody; a few words begin another kind of line (sudoers(5)). In
 * quotes each is a name.
 */
function quote(account: string): string {
  const isWord = /^[A-Z][A-Z0-9_]*$|^Defaults|_Alias$/.test(account)
  return isWord || !/^[\w.-]+$/.test(account) ? `"${account}"` : account
}

function planRule({facts}: PlanInput, content: string): Action[] {
  const now = facts.files.get(sudoersPath)
  if (now?.content === content && now.mode === mode) return []
  return [{kind: 'write-sudo-rule', path: sudoersPath, content, mode}]
}

/** The rule of an agent before us that was taken over. */
function withdrawAdopted({manifest, facts}: PlanInput): Action[] {
  const isRuleFile = (path: string) => path.startsWith('/etc/sudoers.d/') && facts.files.has(path)
  return adoptedPaths(manifest)
    .filter(isRuleFile)
    .map(path => ({kind: 'remove', path}))
}

/** What stood there before us comes back. */
function planWithdrawal({facts: {files, originals}}: PlanInput): Action[] {
  const kept = originals.get(sudoersPath)
  const original = isRule(kept) ? undefined : kept
  const now = files.get(sudoersPath)
  if (now?.content === original?.content) return []
  if (original === undefined) return [{kind: 'remove', path: sudoersPath}]
  return [{kind: 'write-sudo-rule', path: sudoersPath, ...original}]
}
