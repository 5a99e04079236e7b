// `vmcontext explain mac` and `vmcontext explain ip`, which work anywhere.

import {indexVariables} from '../../context/variables.ts'
import type {Explanation} from '../../explain/explanation.ts'
import {explainIp, explainMac} from '../../explain/mac.ts'
import {formatProblem, type Problem} from '../../problem.ts'
import {settle} from '../../settings/settings.ts'
import type {ExplainInvocation} from '../commands/explain.ts'
import {UsageError} from '../usage.ts'

/** `mac …` and `ip …` need no guest; undefined for any other subject. */
export function explainAddress({
  subject: [kind, address, ...rest],
  overrides,
}: ExplainInvocation): Explanation | undefined {
  if (kind !== 'mac' && kind !== 'ip') return undefined
  if (address === undefined || rest.length > 0) throw new UsageError(`explain ${kind}: it takes one address`)
  const problems: Problem[] = []
  const settings = settle([{file: '--set', variables: indexVariables(overrides)}], undefined, problems)
  if (problems[0] !== undefined) throw new UsageError(formatProblem({...problems[0], line: undefined}))
  const explanation = kind === 'mac' ? explainMac(address, settings) : explainIp(address, settings)
  if (explanation === undefined) {
    const example = kind === 'mac' ? 'a MAC such as 02:00:c0:a8:00:05' : 'an address such as 192.168.0.5'
    throw new UsageError(`explain ${kind}: ${JSON.stringify(address)} is not ${example}`)
  }
  return explanation
}
