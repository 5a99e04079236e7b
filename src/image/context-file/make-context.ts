// From a machine's template to the variables of its context, as the front end goes about it: leases first, then the
// references, then what it adds itself (VirtualMachine::insert, parse_context and generate_context of both releases).

import {isYes} from '../../context/variables.ts'
import type {Problem} from '../../problem.ts'
import {completeNics, type Nic} from '../template/nics.ts'
import {lookUp, type Scope} from '../template/scope.ts'
import {
  findVectors,
  placeOf,
  setValue,
  type Template,
  type Value,
  type Vector,
  valueIn,
} from '../template/template.ts'
import {TemplateError} from '../template/template-error.ts'
import {resolveValues} from './context-map.ts'
import {listDeviceAddresses} from './device-addresses.ts'
import {listDeviceVariables, listNicVariables} from './network-variables.ts'
import {addToken} from './onegate.ts'
import {placeOfValue, resolveContext} from './resolve-context.ts'
import {chooseTarget, oldTarget} from './target.ts'

/** The context of a machine. Files are still to be found. */
export type MadeContext = {
  values: Map<string, string>
  /** What the template says of files of images (FILES_DS of today), before any reference in it is resolved. */
  imageFiles?: Value | undefined
  /** CONTEXT as the template has it, for the places of its values. */
  source: Vector
  problems: Problem[]
}

/** Makes the variables. @throws TemplateError if the front end would make no machine of the template. */
export function makeContext(given: Omit<Scope, 'nics'>): MadeContext {
  const problems: Problem[] = []
  const context = findContext(given.template, given.generation === '2.2', problems)
  const nics = completeNics(given.template, given.networks, given.generation, problems)
  const scope: Scope = {...given, nics}
  const source: Vector = {...context, values: new Map(context.values)}
  if (given.generation === '2.2') return {values: makeOldValues(scope, context, problems), source, problems}
  const imageFiles = context.values.get('FILES_DS')
  context.values.delete('FILES_DS')
  return {values: makeValues(scope, context, problems), imageFiles, source, problems}
}

/** The first counts. 2.2 refuses one that holds no values; today's overlooks it. */
function findContext(template: Template, isOld: boolean, problems: Problem[]): Vector {
  const all = template.attributes.filter(({name}) => name === 'CONTEXT')
  const first = isOld ? all[0] : all.find(({kind}) => kind === 'vector')
  if (first === undefined || first.kind === 'single') {
    const place = all[0] === undefined ? {file: template.file} : placeOf(template, all[0].nameOffset)
    throw new TemplateError({
      ...place,
      message: 'there is no CONTEXT = [ … ] in it; the machine gets no disc',
    })
  }
  for (const other of all.filter(attribute => attribute !== first)) {
    const message = 'this is another CONTEXT; the first one counts, and this does not'
    problems.push({code: 'template-doubtful', ...placeOf(template, other.nameOffset), message})
  }
  return first
}

function makeOldValues(scope: Scope, context: Vector, problems: Problem[]): Map<string, string> {
  const values = resolveContext(scope, context, problems)
  if ((values.get('TARGET') ?? '') === '') values.set('TARGET', oldTarget)
  if (values.has('FILES_DS')) warnOfOld(scope.template, context, 'FILES_DS', problems)
  if (isYes(values.get('NETWORK') ?? '')) warnOfOld(scope.template, context, 'NETWORK', problems)
  return values
}

function warnOfOld(template: Template, context: Vector, key: string, problems: Problem[]): void {
  const message = `OpenNebula 2.2 knows no ${key}; it is a variable like any other`
  problems.push({code: 'template-doubtful', ...placeOfValue(template, context, key), key, message})
}

function makeValues(scope: Scope, context: Vector, problems: Problem[]): Map<string, string> {
  const {template, nics} = scope
  if (valueIn(context, 'TARGET') === '') setValue(context, 'TARGET', chooseTarget(template, context))
  setValue(context, 'DISK_ID', `${findVectors(template, 'DISK').length}`)
  const values = resolveContext(scope, context, problems)
  addNetwork(scope, context, values, problems)
  for (const device of listDeviceAddresses(template)) values.set(`PCI${device.id}_ADDRESS`, device.address)
  addToken(scope, context, values, problems)
  for (const name of ['VROUTER_ID', 'VROUTER_KEEPALIVED_ID', 'VROUTER_KEEPALIVED_PASSWORD']) {
    const value = lookUp(scope, {name}).value
    if (value !== '') values.set(name, value)
  }
  warnOfUnknownNetworks(nics, values, template, problems)
  return values
}

/** Only YES will do, in any case; every other answer is none. */
function addNetwork(scope: Scope, context: Vector, values: Map<string, string>, problems: Problem[]): void {
  const answer = values.get('NETWORK') ?? ''
  const place = placeOfValue(scope.template, context, 'NETWORK')
  if (answer.toUpperCase() !== 'YES') {
    const message = 'the front end takes YES only; it writes no ETHx_ variables'
    if (isYes(answer)) problems.push({code: 'template-doubtful', ...place, key: 'NETWORK', message})
    return
  }
  const own = resolveValues(listNicVariables(scope.nics), scope.generation, reference =>
    lookUp(scope, reference),
  )
  if (own.error !== undefined)
    throw new TemplateError({...place, key: own.error.name, message: own.error.reason})
  // What `onevm show` has in its CONTEXT is what the cloud knew of a network that nobody describes here.
  const unknown = listNicVariables(scope.nics.filter(({network}) => network === undefined))
  for (const [name, value] of [...own.values, ...listDeviceVariables(scope.nics)])
    if (value !== '' || !unknown.has(name) || !values.has(name)) values.set(name, value)
}

/** What is asked of a network that nobody described stays empty, and that is not what the cloud would say. */
function warnOfUnknownNetworks(
  nics: readonly Nic[],
  values: Map<string, string>,
  template: Template,
  problems: Problem[],
): void {
  if ((values.get('NETWORK') ?? '').toUpperCase() !== 'YES') return
  for (const nic of nics.filter(({network}) => network === undefined)) {
    const id = valueIn(nic, 'NIC_ID')
    if (['MASK', 'IP6_PREFIX_LENGTH'].some(name => values.get(`ETH${id}_${name}`))) continue
    const hasAddress = ['IP', 'IP6', 'IP6_GLOBAL'].some(name => valueIn(nic, name) !== '')
    const lack = hasAddress ? 'mask, gateway and name servers' : 'its address and all else'
    const message = `no --network file describes the network of ${nic.name} ${id}; ${lack} stay empty but for what the NIC says itself`
    problems.push({code: 'reference-empty', ...placeOf(template, nic.nameOffset), message})
  }
}
