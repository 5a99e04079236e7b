// What a reference in a CONTEXT leads to: the machine's template, its networks, its user, its images. The rules are
// those of insert_single and insert_vector (src/vm/vm_var_syntax.y of release-2.2-rc1, src/parsers/vm_var_syntax.y of
// release-7.0.2).

import type {Generation} from './generation.ts'
import type {Nic} from './nics.ts'
import type {Found, Reference} from './references.ts'
import {findSingle, findVectors, type Template, type Vector, valueIn} from './template.ts'
import type {VirtualNetwork} from './virtual-network.ts'

/** All that a reference can lead to. */
export type Scope = {
  generation: Generation
  template: Template
  nics: readonly Nic[]
  networks: readonly VirtualNetwork[]
  user?: Template | undefined
  images: readonly Template[]
}

/** Finds what a reference leads to. */
export function lookUp(scope: Scope, reference: Reference): Found {
  const {name, attribute, selector} = reference
  if (attribute === undefined) return findPlain(scope, name)
  const special = (scope.generation === '2.2' ? oldSpecials : specials)[name]
  return special === undefined
    ? findInVector(scope, {name, attribute, selector})
    : special(scope, {name, attribute, selector})
}

type Selection = {name: string; attribute: string; selector: Reference['selector']}
type Special = (scope: Scope, selection: Selection) => Found

const oldSpecials: Readonly<Record<string, Special>> = {NETWORK: findInOldNetwork}
const specials: Readonly<Record<string, Special>> = {
  NETWORK: findInNetwork,
  IMAGE: findInImage,
  USER: findInUser,
}

function findPlain({generation, template, user}: Scope, name: string): Found {
  const own = findSingle(template, name)?.text
  if (generation === 'today' && name === 'TEMPLATE')
    return nowhere('only the front end has the whole machine as XML')
  if (own !== undefined) return {value: own}
  if (name === 'NAME') return nameMachine(template)
  // A file of a user may tell who that is, as the front end knows.
  const ofUser =
    generation === 'today' ? ({UNAME: 'NAME', UID: 'ID'} as Record<string, string>)[name] : undefined
  const value = ofUser === undefined ? undefined : findSingle(user, ofUser)?.text
  if (value !== undefined) return {value}
  const isVector = template.attributes.some(attribute => attribute.name === name)
  const cure = 'VMID UID UNAME GID GNAME'.split(' ').includes(name) ? `, give it with --set ${name}=…` : ''
  return nowhere(isVector ? `${name} holds several values` : `the template has no ${name}${cure}`)
}

/** A machine without a name is called after its number. */
function nameMachine(template: Template): Found {
  const id = findSingle(template, 'VMID')?.text
  const prefix = findSingle(template, 'TEMPLATE_NAME')?.text || 'one'
  return id === undefined
    ? nowhere('the template has no NAME, and there is no --set VMID=…')
    : {value: `${prefix}-${id}`}
}

/** The vectors that today's front end has moved to where it looks for them when it reads a CONTEXT. */
const knownVectors = new Set(
  `NIC NIC_ALIAS NIC_DEFAULT DISK CONTEXT OS CPU_MODEL PCI INPUT FEATURES RAW TOPOLOGY NUMA_NODE HYPERV_OPTIONS
  SPICE_OPTIONS TPM`.split(/\s+/),
)

function findInVector({generation, template}: Scope, {name, attribute, selector}: Selection): Found {
  const vectors = findVectors(template, name)
  if (vectors.length === 0) return nowhere(`the template has no ${name} = [ … ]`)
  if (generation === 'today' && !knownVectors.has(name))
    return nowhere(`OpenNebula ${generation} does not look into ${name} = [ … ]`)
  const vector = selector === undefined ? vectors[0]! : vectors.find(one => isSelected(one, selector))
  if (vector === undefined) return nowhere(`no ${name} has that ${selector!.name}`)
  return findValue(vector, attribute, `that ${name} has no ${attribute}`)
}

/** A selector may also name an attribute that is not there as empty. */
function isSelected(vector: Vector, {name, value}: NonNullable<Reference['selector']>): boolean {
  return valueIn(vector, name) === value
}

function findValue(vector: Vector, attribute: string, missing: string): Found {
  const value = vector.values.get(attribute)?.text
  return value === undefined ? nowhere(missing) : {value}
}

/** 2.2 asks any network by its name, and without one that of the first NIC. */
function findInOldNetwork({nics, networks}: Scope, {attribute, selector}: Selection): Found {
  if (selector !== undefined && selector.name !== 'NAME')
    return nowhere(`OpenNebula 2.2 finds a network by its NAME alone, as in $NETWORK[${attribute}, NAME="…"]`)
  const name = selector?.value ?? (nics[0] === undefined ? '' : valueIn(nics[0], 'NETWORK'))
  if (name === '') return nowhere('no NIC names a network')
  const network = networks.find(candidate => candidate.name === name)
  return network === undefined
    ? nowhere(`no --network file is called ${name}`)
    : findInTemplate(network.template, attribute)
}

/** Today's asks a network that a NIC of the machine is in, and its address range before the network itself. */
function findInNetwork({nics}: Scope, {attribute, selector}: Selection): Found {
  if (selector === undefined || !['NETWORK', 'NETWORK_ID', 'NIC_ID'].includes(selector.name))
    return nowhere(
      `OpenNebula today wants NETWORK= or NETWORK_ID=, as in $NETWORK[${attribute}, NETWORK="…"]`,
    )
  // An alias that fits goes over a NIC.
  const fitting = nics.filter(nic => nic.name !== 'PCI' && isSelected(nic, selector))
  const nic = fitting.find(({name}) => name === 'NIC_ALIAS') ?? fitting[0]
  if (nic === undefined) return nowhere(`no NIC has that ${selector.name}`)
  const {network} = nic
  if (network === undefined) return nowhere('no --network file describes its network')
  const ofRange = nic.range?.values?.get(attribute)?.text
  return ofRange ? {value: ofRange} : findInTemplate(network.template, attribute)
}

/** Today's asks an image that a disk of the machine is of. */
function findInImage({template, images}: Scope, {attribute, selector}: Selection): Found {
  if (selector === undefined || !['IMAGE', 'IMAGE_ID'].includes(selector.name))
    return nowhere(`it wants IMAGE= or IMAGE_ID=, as in $IMAGE[${attribute}, IMAGE="…"]`)
  const disk = findVectors(template, 'DISK').find(candidate => isSelected(candidate, selector))
  if (disk === undefined) return nowhere(`no DISK has that ${selector.name}`)
  const image = findImage(images, selector)
  return image === undefined ? nowhere('no --image file describes it') : findInTemplate(image, attribute)
}

/** The image of a name or number among those whose files were given. */
export function findImage(
  images: readonly Template[],
  {name, value}: {name: string; value: string},
): Template | undefined {
  return images.find(image => findSingle(image, name === 'IMAGE' ? 'NAME' : 'ID')?.text === value)
}

function findInUser({user}: Scope, {attribute}: Selection): Found {
  return user === undefined ? nowhere('there is no --user file') : findInTemplate(user, attribute)
}

function findInTemplate(template: Template, attribute: string): Found {
  if (attribute === 'TEMPLATE') return nowhere('only the front end has it as XML')
  const value = findSingle(template, attribute)?.text
  return value === undefined ? nowhere(`${template.file} has no ${attribute}`) : {value}
}

function nowhere(missing: string): Found {
  return {value: '', missing}
}
