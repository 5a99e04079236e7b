// The whole guest on a page: its context, the settings that are set, its cards, its steps.

import {describeNic} from '../plan/network/network.ts'
import type {Prepared} from '../prepare.ts'
import {count, formatContext, idleWords} from '../report/lines.ts'
import {type Explanation, nameOrigin} from './explanation.ts'
import {findMatches} from './nic.ts'
import {describeSetting} from './probes.ts'

/** Explains a guest. */
export function explainGuest(prepared: Prepared): Explanation {
  const {facts, plan, problems, contextReport} = prepared
  const name = facts.live ? 'this guest' : facts.root
  return {
    subject: {kind: 'guest', name},
    answer: describeContext(prepared),
    values: listSettings(prepared),
    lines: [],
    sections: [
      {title: 'Cards', lines: describeCards(prepared)},
      {title: 'Steps', lines: describeSteps(prepared)},
    ],
    problems: [...problems, ...contextReport.problems, ...plan.steps.flatMap(step => step.problems)],
    also: [],
  }
}

function describeContext({contextReport, context, disc, facts}: Prepared): string[] {
  const [line] = formatContext({...contextReport, durationMs: 0})
  const found = line!.text.replace(/^\s*context\s+/, '').replace(/\s+0 ms$/, '')
  const text = contextReport.state === 'unreadable' ? 'there is one, and it cannot be read' : found
  const where = facts.live ? 'This guest' : 'This root'
  const who = `${where} runs ${facts.os.name}; ${facts.dialect?.title ?? 'nothing known'} configures its network.`
  if (context === undefined || disc === undefined) return [`Context: ${text}.`, who]
  const kind = context.isOldKind ? 'of OpenNebula 2.2 to 4.0' : 'of OpenNebula 4.2 or later'
  const lost = disc.dropped.size === 0 ? '' : `; ${count(disc.dropped.size, 'variable')} could not be read`
  return [`Context: ${text}, ${kind}${lost}.`, who]
}

function listSettings({layers}: Prepared) {
  return layers.flatMap(layer =>
    [...layer.variables.values()].map(each => {
      const origin = describeSetting(each, layer)
      const winner = layers.find(({variables}) => variables.has(each.name))!
      const note =
        winner === layer
          ? undefined
          : `${nameOrigin(describeSetting(winner.variables.get(each.name)!, winner))} wins`
      return {name: each.name, value: each.value, from: [origin], note}
    }),
  )
}

function describeCards(prepared: Prepared): string[] {
  const {facts, plan, context} = prepared
  const matches = findMatches(prepared)
  const isOff = prepared.settings.stepsOff.has('network')
  const here = facts.links.map(link => {
    const nic = isOff ? undefined : plan.network.nics.find(({device}) => device === link.name)
    const label = matches.find(match => match.link === link)?.request.label
    const about = label === undefined ? link.mac : `${link.mac}, ${label}`
    const gets =
      nic === undefined ? 'is left as it is' : describeNic(nic).replace(/^\S+ ?/, '') || 'no address'
    return `${link.name} (${about}): ${gets}`
  })
  const found = new Set(matches.map(({request}) => request))
  const missing = (context?.nics ?? [])
    .filter(request => !found.has(request))
    .map(({label, mac}) => `${label}${mac === undefined ? '' : ` (${mac})`}: no such card here`)
  const all = [...here, ...missing]
  return all.length === 0 ? ['none seen; --links FILE names those of an image'] : all
}

function describeSteps({plan}: Prepared): string[] {
  const busy = plan.steps.filter(({idle}) => idle === undefined)
  const lines = busy.map(({name, summary, actions}) => {
    const state = actions.length === 0 ? 'nothing to do' : count(actions.length, 'deed')
    return `${name.padEnd(12)} ${[summary, state].filter(Boolean).join(': ')}`
  })
  const reasons = ['off', 'not asked', 'done before', 'done once'] as const
  const idle = reasons.flatMap(reason => {
    const names = plan.steps.filter(step => step.idle === reason).map(({name}) => name)
    return names.length === 0 ? [] : [`${idleWords[reason]}: ${names.join(', ')}`]
  })
  return [...lines, ...idle]
}
