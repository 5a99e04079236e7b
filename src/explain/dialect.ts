// Who spells the network, why, and in which files a card stands.

import {chooseDialect} from '../facts/network/dialect-in-charge.ts'
import {interfaceOf, type Nic} from '../network/model.ts'
import {planNextBoot} from '../plan/next-boot.ts'
import type {Prepared} from '../prepare.ts'
import type {World} from './suppose.ts'
import {escapeWord, isUnseen} from './words.ts'

/** Names the dialect with its reason, and the files that this card gets. */
export function describeDialect(
  {facts, plan, context, settings}: World,
  nic: Nic,
  prepared: Prepared,
): string[] {
  const {dialect} = facts
  if (dialect === undefined) {
    return [`Nothing is written: what configures the network of ${facts.os.name} is not known here.`]
  }
  const asked = context?.networkType ?? settings.networkType
  const isKnown = chooseDialect(facts.manager, facts.os, asked, facts.dialects).problems.length === 0
  const state = facts.dialects.find(each => each.dialect === dialect)?.state
  const why =
    asked !== undefined && isKnown
      ? `because NETCFG_TYPE says ${asked}`
      : `which is ${state === 'enabled' ? 'enabled' : 'what is installed'} on ${facts.os.name}`
  const files = writtenFiles(plan, nic)
  const now = planNextBoot(prepared.input, ['network']).steps.flatMap(step => step.actions)
  const isDue = files.some(path => now.some(action => 'path' in action && action.path === path))
  const title = dialect.title.replace(/^the /, '')
  if (files.length === 0) return [`It is written for ${title}, ${why}.`]
  if (files.some(path => isUnseen(path, prepared))) {
    return [
      `It is written for ${title}, ${why}: in ${files.join(' and ')}. Whether it stands there cannot be seen.`,
    ]
  }
  const due = isDue ? 'The next boot writes that' : 'That stands there already'
  return [`It is written for ${title}, ${why}: in ${files.join(' and ')}. ${due}.`]
}

/** The files of the plan that name the card; of several cards each may have its own. */
function writtenFiles({steps}: World['plan'], nic: Nic): string[] {
  const actions = steps.find(({name}) => name === 'network')?.actions ?? []
  const name = new RegExp(`(^|[^\\w.])${escapeWord(interfaceOf(nic))}($|[^\\w.])`, 'm')
  return actions.flatMap(action =>
    action.kind === 'write' &&
    (name.test(action.path) || name.test(action.content) || action.content.includes(nic.mac))
      ? [action.path]
      : [],
  )
}
