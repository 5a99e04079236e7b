// Why a card gets nothing: the rules of contract §4 in the order in which they hold.

import {decodeMac} from '../../context/network/mac-address.ts'
import type {Link} from '../../facts/network/links.ts'
import type {Match} from '../../network/match-links.ts'
import type {Exam} from '../exam.ts'

/** In words that complete "nothing, …". */
export function explainNothing(link: Link, matches: readonly Match[], exam: Exam): string {
  return explainFreeze(exam) ?? explainByContext(link, matches, exam) ?? explainByMac(link, exam)
}

function explainFreeze({prepared: {context, facts, settings}}: Exam): string | undefined {
  if (context?.freezesNetwork) return 'NETWORK=NO in the context keeps the network as it is'
  if (settings.stepsOff.has('network')) return 'STEPS_OFF has the step network off'
  if (facts.leavesNetwork) return 'NETCFG_TYPE=none leaves the network alone'
  return undefined
}

function explainByContext(link: Link, matches: readonly Match[], {prepared}: Exam): string | undefined {
  const {context} = prepared
  if (!context?.describesNics) return undefined
  const request = matches.find(match => match.link.name === link.name)?.request
  if (request === undefined) {
    return context.nics.length === 0
      ? 'NETWORK=YES, and no ETHx_ variable describes a card'
      : 'no ETHx_MAC of the context is its MAC'
  }
  const {label, isSkipped, isUnclear, ipv4, ipv6} = request
  if (isSkipped) return `${label}_METHOD=skip keeps hands off`
  if (isUnclear) return `which card ${label} means is not clear`
  return ipv4 === undefined && ipv6 === undefined ? `${label} gives it no address` : undefined
}

function explainByMac({mac}: Link, {prepared}: Exam): string {
  const {context, settings, manifest, source} = prepared
  const {macRule, macPrefix} = settings
  if (macRule === 'never') return 'no context describes it, and MAC_RULE=never'
  if (macRule === 'auto' && context?.isOldKind === false) return 'the context describes no card'
  if (macRule === 'auto' && context === undefined && source.state === 'unreadable') {
    return 'the context cannot be read, and nothing is guessed'
  }
  const address = decodeMac(mac, macPrefix)
  if (address === undefined) return `its MAC does not begin with ${macPrefix} (MAC_PREFIX)`
  if (manifest.nics[mac]?.origin === 'context')
    return 'a context described it once, and its MAC alone does not count'
  return `its MAC stands for ${address}, which it cannot have`
}
