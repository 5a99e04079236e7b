// The console step: whether root may log in on any terminal, and a screen that does not go dark.

import type {Action} from '../action.ts'
import type {Context} from '../context/context.ts'
import type {Facts} from '../facts/facts.ts'
import {loginPath} from '../facts/screen.ts'
import type {Problem} from '../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'
import {hasSecuretty, switchOff, switchOn} from './login/login-file.ts'

/** Plans what the context says of terminals, and what a screen that somebody looks at needs. */
export function planConsole({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.console]
  if (context === undefined) return nothingAsked(problems)
  const {securetty} = context
  const actions: Action[] = []
  const before = facts.files.get(loginPath)
  const after = before && editLogin(before.content, securetty, facts)
  if (before !== undefined && after !== undefined && after !== before.content)
    actions.push({kind: 'write', path: loginPath, content: after, mode: before.mode})
  if (facts.screen.goesDark) actions.push({kind: 'keep-screen-lit'})
  if (securetty === 'on' && !hasSecuretty(after ?? '')) problems.push(describeNoLine(context))
  const isAsked = securetty === 'on' || securetty === 'off'
  if (!isAsked && actions.length === 0) return nothingAsked(problems)
  const summary = isAsked ? `securetty ${securetty}` : ''
  return {summary, actions, problems, request: {securetty}, isOpen: facts.screen.goesDark}
}

/**
 * Where the context says nothing: off in a container, whose terminals have names that no /etc/securetty lists, as the
 * agent of today has it; elsewhere what we switched off is on again.
 */
function editLogin(text: string, securetty: string, {live, screen}: Facts): string {
  if (securetty === 'unset') {
    if (!live) return text
    return screen.isContainer ? switchOff(text) : switchOn(text, ['vmcontext'])
  }
  if (securetty === 'off') return switchOff(text)
  return securetty === 'on' ? switchOn(text, ['vmcontext', 'one-contextd']) : text
}

/** A comment that somebody wrote by hand is not made into a rule: it may be no more than an explanation. */
function describeNoLine({file, variables}: Context): Problem {
  const key = 'SECURETTY'
  const message = `no line of ${loginPath} that an agent switched off asks for pam_securetty, so none is switched on`
  const cure = 'add `auth required pam_securetty.so` to it in the image'
  return {code: 'value-ignored', file, line: variables.get(key)?.line, key, message, cure}
}
