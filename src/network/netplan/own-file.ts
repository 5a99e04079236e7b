// /etc/netplan/50-vmcontext.yaml. Entries of NICs that nobody speaks of now stay in it.

import type {FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Change, Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'
import type {LinkName, Nic} from '../model.ts'
import {canBeAbout, createFinder, type Definition, isBroad} from './definition.ts'
import {type NicEntries, spellNic} from './entry.ts'
import type {Entry, Fields} from './fields.ts'
import {definitionsIn, globalRenderer, type OthersFile, ownPath, readContent} from './files.ts'
import {formatFields} from './format-yaml.ts'
import {chooseIds} from './ids.ts'
import {listFormer} from './others.ts'
import {parseOwn} from './read-yaml.ts'
import {chooseRenderer, type RendererChoice} from './renderer.ts'

export type OwnPlan = {
  ids: ReadonlyMap<Nic, string>
  renderer: RendererChoice['renderer']
  /** What the file says in the end. */
  entries: readonly Definition[]
  actions: FileAction[]
}

/** Plans the file; `others` are the files of others as they will be. */
export function planOwn(change: Change, others: readonly OthersFile[], surroundings: Surroundings): OwnPlan {
  const {nics} = change.network
  const {files} = surroundings
  const choice = chooseRenderer(surroundings, globalRenderer(others))
  const ids = planIds(nics, others, surroundings)
  const former = findFormer(nics, surroundings)
  const kept = collect(ownEntries(files), createFinder(nics))
  const broad = definitionsIn(others).filter(isBroad)
  const spell = (nic: Nic) =>
    spellNic(nic, {
      id: ids.get(nic)!,
      renderer: choice.renderer,
      rendererLine: choice.line,
      isOld: isOld(surroundings),
      former: former.get(nic)?.[0]?.fields,
      givenName: [...(former.get(nic) ?? []), ...(kept.get(nic) ?? [])]
        .map(({fields}) => fields['set-name'])
        .find(Boolean),
      hasRival: broad.some(definition => canBeAbout(definition, nic.device)),
    })
  const entries = nics.flatMap(nic => listEntries(nic, ids.get(nic)!, spell(nic)))
  const all = placeEntries(
    ownEntries(files),
    entries,
    createFinder<LinkName>([...nics, ...change.withdraw, ...change.giveBack]),
  )
  const text = all.length === 0 ? undefined : formatFile(all)
  return {
    ids,
    renderer: choice.renderer,
    entries: all,
    actions: planFile(files, ownPath, text).map(makePrivate),
  }
}

/** What our file says now. */
export function ownEntries(files: FileTree): Definition[] {
  const file = files.get(ownPath)
  const content = file && readContent(file, parseOwn)
  return (content?.entries ?? []).map(entry => ({...entry, path: ownPath}))
}

/** The ID of each NIC; the same for the same files, before they are written and after. */
export function planIds(
  nics: readonly Nic[],
  others: readonly OthersFile[],
  surroundings: Surroundings,
): Map<Nic, string> {
  const finder = createFinder(nics)
  const own = ownEntries(surroundings.files)
  const left = definitionsIn(others)
  const inForce = collect(left, finder)
  const kept = collect(own, finder)
  const former = findFormer(nics, surroundings)
  const requests = nics.map(nic => {
    const known = [inForce, former, kept].flatMap(definitions =>
      (definitions.get(nic) ?? []).map(({id}) => id),
    )
    return {nic, known: [...new Set(known)]}
  })
  const foreign = left.filter(definition => finder.nic(definition) === undefined)
  return chooseIds(requests, foreign, left.filter(isBroad))
}

function findFormer(nics: readonly Nic[], surroundings: Surroundings): ReadonlyMap<Nic, Definition[]> {
  return collect(listFormer(surroundings), createFinder(nics))
}

function collect(definitions: readonly Definition[], finder: {nic(definition: Entry): Nic | undefined}) {
  const all = new Map<Nic, Definition[]>()
  for (const definition of definitions) {
    const nic = finder.nic(definition)
    if (nic !== undefined) all.set(nic, [...(all.get(nic) ?? []), definition])
  }
  return all
}

function listEntries(nic: Nic, id: string, {ethernet, vlan}: NicEntries): Definition[] {
  const entry = {section: 'ethernets', id, fields: ethernet, path: ownPath}
  if (nic.vlan === undefined || vlan === undefined) return [entry]
  return [entry, {section: 'vlans', id: nic.vlan.name, fields: vlan, path: ownPath}]
}

/** Each entry takes the place of the one with its ID; what the NICs had besides goes. */
function placeEntries(
  before: readonly Definition[],
  entries: readonly Definition[],
  finder: {nic(entry: Entry): unknown; vlan(entry: Entry): unknown},
): Definition[] {
  const wanted = new Map(entries.map(entry => [`${entry.section}/${entry.id}`, entry]))
  const placed = before.flatMap(old => {
    const key = `${old.section}/${old.id}`
    const entry = wanted.get(key)
    if (wanted.delete(key)) return [entry!]
    return (finder.nic(old) ?? finder.vlan(old)) === undefined ? [old] : []
  })
  return [...placed, ...wanted.values()]
}

function formatFile(entries: readonly Entry[]): string {
  const sections: Record<string, Record<string, Fields>> = {}
  for (const {section, id, fields} of entries) sections[section] = {...sections[section], [id]: fields}
  return `${head}${formatFields({network: {version: 2, ...sections}})}`
}

const head = `# vmcontext: written anew whenever the context or the NICs change; what is edited here is lost then.
# To keep it off the network: STEPS_OFF=network in /etc/vmcontext.conf.
`

/** netplan warns of a file that others can read: there may be secrets in it. */
function makePrivate(action: FileAction): FileAction {
  return action.kind === 'write' ? {...action, mode: 0o600} : action
}

/** netplan before 0.106, as far as the distribution tells: Debian to 11 and Ubuntu to 20.04, and what derives from them. */
export function isOld({os: {id, version}}: Surroundings): boolean {
  if (version === undefined) return false
  return !(id === 'debian' && version >= 12) && !(id === 'ubuntu' && version >= 22)
}
