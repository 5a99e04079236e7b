// The references in the values of a CONTEXT, and what is wrong with them, at its place in the template.

import type {Place, Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {isSecretName} from '../../report/mask.ts'
import {isHarmless} from '../disc/shown-values.ts'
import {lookUp, type Scope} from '../template/scope.ts'
import {offsetInSource, placeOf, type Template, type Vector} from '../template/template.ts'
import {TemplateError} from '../template/template-error.ts'
import {resolveValues, type Spot} from './context-map.ts'

/**
 * Resolves the references of CONTEXT; what leads nowhere is said.
 * @throws TemplateError where the front end would refuse the machine.
 */
export function resolveContext(scope: Scope, context: Vector, problems: Problem[]): Map<string, string> {
  const {template, generation} = scope
  if (context.values.size === 0) {
    const message = 'CONTEXT is empty; the front end refuses that'
    throw new TemplateError({...placeOf(template, context.nameOffset), message})
  }
  const texts = new Map([...context.values].map(([name, {text}]) => [name, text]))
  const {values, losses, error} = resolveValues(texts, generation, reference => lookUp(scope, reference))
  if (error !== undefined) {
    const message = `${error.reason}; the front end refuses the machine`
    throw new TemplateError({
      ...placeOfSpot(scope, context, error),
      message,
      cure: cureOf(generation, error.name),
    })
  }
  for (const [name, spots] of Map.groupBy(losses, ({name}) => name))
    problems.push(...describeLosses(scope, context, name, spots))
  problems.push(...noteBackslashes(scope, context, values))
  return values
}

/** A script has a dollar in every other line: nobody wants to hear of each. */
const mostTold = 5

function describeLosses(scope: Scope, context: Vector, name: string, spots: readonly Spot[]): Problem[] {
  const isFolded = spots.length > mostTold || spots.some(spot => !mayBeShown(spot))
  const told = isFolded ? spots.slice(0, 1) : spots
  const cure = isFolded ? cureOf(scope.generation, name) : undefined
  return told.map(spot => {
    const message = isFolded ? describeFolded(spots) : describeLoss(spot)
    return {...placeOfSpot(scope, context, spot), code: 'reference-empty', message, cure}
  })
}

/**
 * What is taken for a reference may be a part of a secret: the hash of a password is full of dollars. Its place is told
 * in any case.
 */
function mayBeShown({name, text}: Spot): boolean {
  if (!text.startsWith('$') || isHarmless(name)) return true
  return !isSecretName(name) && (text.includes('[') || ofFrontEnd.has(text.slice(1)))
}

/** What the front end knows of a machine, and a template does not. */
const ofFrontEnd = new Set(['VMID', 'NAME', 'UID', 'UNAME', 'GID', 'GNAME', 'TEMPLATE'])

function describeLoss({text, reason}: Spot): string {
  if (!text.startsWith('$')) return reason
  return `${text.replaceAll('\n', ' ')} leads nowhere: ${reason}; its place stays empty`
}

function describeFolded(spots: readonly Spot[]): string {
  const empty = spots.filter(({text}) => text.startsWith('$')).length
  const lost = spots.length - empty
  const times = empty === 1 ? '' : `${empty} times `
  return [
    ...(empty === 0 ? [] : [`${times}a $ in it begins a reference that leads nowhere and stays empty`]),
    ...(lost === 0
      ? []
      : [`${count(lost, 'line end')} behind a reference ${lost === 1 ? 'is' : 'are'} lost`]),
  ].join('; ')
}

/** The front end leaves the backslash of `\$` where it is. A password's reader knows that; a shell makes something of it. */
function noteBackslashes(
  {generation, template}: Scope,
  context: Vector,
  values: ReadonlyMap<string, string>,
): Problem[] {
  if (generation === '2.2') return []
  const names = [...values]
    .filter(([name, value]) => !name.includes('PASSWORD') && value.includes('\\$'))
    .map(([name]) => name)
  return names.map(key => {
    const message = String.raw`the guest gets the backslash of \$ as well`
    const cure = /SCRIPT|DATA/.test(key) ? 'give it as base64' : undefined
    return {code: 'template-note', ...placeOfValue(template, context, key), key, message, cure}
  })
}

function placeOfSpot({template}: Scope, context: Vector, {name, index}: Spot): Place {
  const value = context.values.get(name)
  if (value === undefined) return {file: template.file, key: name}
  return {...placeOf(template, offsetInSource(template.source, value, index)), key: name}
}

function cureOf(generation: Scope['generation'], name: string): string {
  const isEncodable = name.startsWith('START_SCRIPT') || /PASSWORD|USER_?DATA/.test(name)
  const other = isEncodable ? 'give it as base64, which has no $' : 'put it into a file on the disc'
  return generation === 'today'
    ? String.raw`write \$ for a dollar, or ${other}`
    : `2.2 has no way to write a dollar: ${other}`
}

/** The place of a value of CONTEXT. */
export function placeOfValue(template: Template, {values, nameOffset}: Vector, name: string): Place {
  return placeOf(template, values.get(name)?.offset ?? nameOffset)
}
