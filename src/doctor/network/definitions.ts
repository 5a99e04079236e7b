// Definitions of NICs in files of another manager than the one in charge: found by what that dialect would take out.

import type {FileTree} from '../../facts/files.ts'
import {selectNics} from '../../facts/network/links.ts'
import {naturally} from '../../natural-order.ts'
import type {Dialect, Surroundings} from '../../network/dialect.ts'
import {interfacesOf, type LinkName, noNetwork} from '../../network/model.ts'
import {describeSurroundings} from '../../plan/network/network-files.ts'
import type {Problem} from '../../problem.ts'
import {listRecords} from '../../report/owned-nics.ts'
import type {Exam} from '../exam.ts'
import {doubtful, wrong} from '../problems.ts'
import {plannedNics} from './planned-nics.ts'

/** A file, and the NICs that it says something of. */
type Definition = {path: string; names: readonly string[]; isOurs: boolean}

/** Tells of each such file that counts, or keeps the manager in charge from its work. Others the plan notes. */
export function findDefinitionsElsewhere(exam: Exam): Problem[] {
  const {facts} = exam.prepared
  const {dialect: inCharge} = facts
  if (inCharge === undefined) return []
  return facts.dialects.flatMap(({dialect, state}) => {
    const isInTheWay = (inCharge.displaces ?? []).includes(dialect.name)
    if (dialect === inCharge || (state !== 'enabled' && !isInTheWay)) return []
    const found = findDefinitions(dialect, exam)
    const counting = state === 'enabled' ? found.filter(each => isShared(each, inCharge, exam)) : found
    return counting.map(each => describe(each, dialect, state === 'enabled', exam))
  })
}

/** Two managers may well have a card each. Those of the agent it defines itself for who is in charge. */
function isShared({names, isOurs}: Definition, inCharge: Dialect, exam: Exam): boolean {
  if (isOurs) return true
  return findDefinitions(inCharge, exam).some(other => other.names.some(name => names.includes(name)))
}

/** What a dialect that is not in charge says of NICs: the files that change if it lets go of them. */
function findDefinitions(dialect: Dialect, exam: Exam): Definition[] {
  const {prepared} = exam
  const surroundings = describeSurroundings(prepared)
  const ours = ownNics(exam)
  const names = new Set(ours.flatMap(interfacesOf))
  const others = listOtherNics(exam, dialect).filter(({device}) => !names.has(device))
  return [...listFiles(ours, true, dialect, surroundings), ...listFiles(others, false, dialect, surroundings)]
}

function listFiles(
  nics: readonly LinkName[],
  isOurs: boolean,
  dialect: Dialect,
  surroundings: Surroundings,
): Definition[] {
  const pairs = nics.flatMap(nic => {
    const {files} = dialect.render({network: noNetwork, withdraw: [nic], giveBack: []}, surroundings)
    return files.map(({path}) => ({path, name: interfacesOf(nic).at(-1)!}))
  })
  const paths = [...new Set(pairs.map(({path}) => path))]
  return paths.map(path => {
    const names = pairs.filter(pair => pair.path === path).map(({name}) => name)
    return {path, names: names.toSorted(naturally), isOurs}
  })
}

/** Those that the agent configures, or has configured: on an image tree the manifest alone knows them. */
function ownNics(exam: Exam): LinkName[] {
  const recorded = Object.entries(exam.prepared.manifest.nics).flatMap(([mac, nic]) =>
    listRecords(nic).map(({device, vlan}) => ({device, mac, vlan})),
  )
  const all = [...plannedNics(exam), ...recorded]
  return [...new Map(all.toReversed().map(nic => [interfacesOf(nic).join(), nic])).values()]
}

/** Other NICs of this guest, and on an image tree, where none is to be seen, whatever ifupdown's files name. */
function listOtherNics({prepared: {facts}}: Exam, dialect: Dialect): LinkName[] {
  if (facts.links.length > 0) return selectNics(facts.links).map(({name, mac}) => ({device: name, mac}))
  if (dialect.name !== 'interfaces') return []
  return listStanzas(facts.files).map(device => ({device, mac: '00:00:00:00:00:00'}))
}

/** The interfaces that have a stanza (interfaces(5)), but the loopback. */
function listStanzas(files: FileTree): string[] {
  const texts = [...files].filter(([path]) => path.startsWith('/etc/network/interfaces'))
  const names = texts.flatMap(([, {content}]) =>
    [...content.matchAll(/^[ \t]*iface[ \t]+(\S+)/gm)].map(([, name]) => name!),
  )
  return [...new Set(names)].filter(name => name !== 'lo' && !name.includes('/'))
}

/**
 * NetworkManager leaves alone what ifupdown's file names (NetworkManager.conf(5), [ifupdown]); of two that both run,
 * the one that comes last wins.
 */
function describe(
  {path, names, isOurs}: Definition,
  other: Dialect,
  isEnabled: boolean,
  exam: Exam,
): Problem {
  const {title} = exam.prepared.facts.dialect!
  const who = names.join(' and ')
  const effect = isEnabled
    ? `${other.title} and ${title} both have a hand in it`
    : `${title} is in charge and leaves alone what is named there, so nobody configures ${who}`
  const message = `${who} ${names.length === 1 ? 'is' : 'are'} defined here for ${other.title}: ${effect}`
  if (!isOurs) return doubtful({file: path, message, cure: `take ${who} out of one of the two`})
  const cure = `run \`vmcontext boot --only network\`, which takes ${who} out of this file`
  return isEnabled ? doubtful({file: path, message, cure}) : wrong({file: path, message, cure})
}
