// The scripts that a context brings on its disc (contract §3).

import type {Problem} from '../../problem.ts'
import {type Disc, placeOf, refuseDiscName} from '../disc.ts'
import {pickVariable, splitNames} from '../variables.ts'

/** Reads INIT_SCRIPTS; without it init.sh, if the disc has it. */
export function readScripts(disc: Disc, problems: Problem[]): string[] {
  const variable = pickVariable(disc.variables, 'INIT_SCRIPTS')
  if (variable === undefined) return disc.names.includes('init.sh') ? ['init.sh'] : []
  const names = splitNames(variable.value)
  return names.filter(name => {
    const refusal = refuseDiscName(name) ?? (disc.hasFile(name) ? undefined : 'is not on the disc')
    if (refusal !== undefined) {
      const message = `${JSON.stringify(name)} ${refusal}, so it is not run`
      problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
    }
    return refusal === undefined
  })
}
