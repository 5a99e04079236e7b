// Everything that says something: variables of the context and settings of the image's owner, as things that can be
// taken away one by one.

import {consumerOf} from '../context/consumed.ts'
import type {Assignment} from '../context/shell.ts'
import {isBlank, type Variables} from '../context/variables.ts'
import type {Prepared} from '../prepare.ts'
import {type SettingsLayer, settingNames} from '../settings/settings.ts'
import type {Origin} from './explanation.ts'
import {describeSetting, describeVariable, disturb, without} from './probes.ts'
import type {Supposition} from './suppose.ts'

export type Source = {assignment: Assignment; origin: Origin; layer?: SettingsLayer | undefined}

/** Lists what can have an effect. */
export function listSources({disc, layers}: Prepared): Source[] {
  const variables = [...(disc?.variables.values() ?? [])].filter(
    variable => consumerOf(variable.name) !== undefined || settingNames.includes(variable.name),
  )
  return [
    ...layers.flatMap(layer =>
      [...layer.variables.values()].map(assignment => ({
        assignment,
        layer,
        origin: describeSetting(assignment, layer),
      })),
    ),
    ...variables.map(assignment => ({assignment, origin: describeVariable(assignment, disc?.file)})),
  ].filter(({assignment}) => !isBlank(assignment))
}

/** The guest without some of them. */
export function takeAway({disc, layers}: Prepared, sources: readonly Source[]): Supposition {
  const names = sources.filter(({layer}) => layer === undefined).map(({assignment}) => assignment.name)
  const variables: Variables | undefined = disc && without(disc.variables, ...names)
  return {
    variables,
    layers: layers.map(layer => {
      const gone = sources.filter(each => each.layer === layer).map(({assignment}) => assignment.name)
      return gone.length === 0 ? layer : {...layer, variables: without(layer.variables, ...gone)}
    }),
  }
}

/** The guest where one of them says something else. */
export function replaceValue({disc, layers}: Prepared, {assignment, layer}: Source): Supposition {
  const changed = {...assignment, value: disturb(assignment.value)}
  const change = (variables: Variables): Variables => new Map([...variables, [changed.name, changed]])
  if (layer === undefined) return {variables: disc && change(disc.variables)}
  return {
    layers: layers.map(each => (each === layer ? {...layer, variables: change(layer.variables)} : each)),
  }
}
