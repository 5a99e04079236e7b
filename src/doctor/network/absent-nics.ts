// Cards that the context describes by a MAC that no card here has, and the one that was probably meant.

import {isAwaited, type NicRequest} from '../../context/network/nics.ts'
import {type Link, selectNics} from '../../facts/network/links.ts'
import {type Match, matchLinks} from '../../network/match-links.ts'
import type {Place, Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import type {Exam} from '../exam.ts'
import {doubtful, wrong} from '../problems.ts'
import {placeInContext} from './planned-nics.ts'

/** `missing` are the problems that the plan has with them; those said here in other words are in `covers`. */
export function findAbsent(
  matches: readonly Match[],
  missing: readonly Problem[],
  exam: Exam,
): {problems: Problem[]; covers: Problem[]} {
  const {context, facts} = exam.prepared
  const free = selectNics(facts.links).filter(link => !matches.some(match => match.link === link))
  const found = missing.flatMap(problem => {
    const request = context?.nics.find(({label, mac}) => label === problem.key && mac !== undefined)
    if (request === undefined || request.pciAddress !== undefined) return []
    return {problem, told: describeAbsent(request, problem, free, exam)}
  })
  return {problems: found.map(({told}) => told), covers: found.map(({problem}) => problem)}
}

/** A card that is described is not here: what it would bring, a gateway or name servers, is missing for that reason. */
export function isAnyAbsent({prepared: {context, facts}}: Exam): boolean {
  if (context === undefined) return false
  const found = new Set(matchLinks(context.nics, facts.links, context, []).map(({request}) => request))
  return context.nics.some(nic => isAwaited(nic) && !found.has(nic))
}

function describeAbsent(
  {label, mac = ''}: NicRequest,
  problem: Problem,
  free: readonly Link[],
  {prepared, system}: Exam,
): Problem {
  const key = `${label}_MAC`
  const place = placeInContext(prepared, key)
  const nearest = findNearest(mac, free)
  const enslaved = findEnslaved(mac, system)
  if (enslaved !== undefined) return describeEnslaved(enslaved, label, problem, place)
  if (problem.code === 'nic-gone') {
    return doubtful({...place, message: `the card ${mac} has been taken out of the running guest`})
  }
  if (nearest === undefined) {
    const message = `no card has the MAC ${mac}, and every card here is described otherwise`
    return wrong({
      ...place,
      message,
      cure: `attach that card to the machine, or take ${label} out of the context`,
    })
  }
  const message = `no card has this MAC, ${mac}: ${nearest.name} has ${nearest.mac}, and gets nothing`
  const cure = `make them one: ${key}='${nearest.mac}' in the context, or ${mac} for the card in the hypervisor; if other cards differ as well, this is the disc of another VM`
  return wrong({...place, message, cure})
}

type Enslaved = {name: string; master: string}

/** A card that a bridge or a bond has taken in: it is here, and none of those that the agent configures (contract §4). */
function findEnslaved(mac: string, {files}: System): Enslaved | undefined {
  const directory = '/sys/class/net'
  const own = files
    .list(directory)
    .filter(name => files.readText(`${directory}/${name}/address`)?.trim() === mac)
  return own
    .map(name => ({name, master: files.readLink(`${directory}/${name}/master`)?.split('/').at(-1)}))
    .find((each): each is Enslaved => each.master !== undefined)
}

/** Whoever made the bridge configures it as well; that the next boot fails for it is to be seen to. */
function describeEnslaved({name, master}: Enslaved, label: string, {code}: Problem, place: Place): Problem {
  const message = `${name} has this MAC and is part of ${master}, which somebody else configures: what ${label} says is not done`
  const cure = `${label}_METHOD=skip in the context has the agent leave that card alone, without a word`
  return (code === 'nic-gone' ? doubtful : wrong)({...place, message, cure})
}

/** The free card whose MAC differs in the fewest bytes; the first by name of several. */
function findNearest(mac: string, free: readonly Link[]): Link | undefined {
  return free.toSorted((one, other) => differences(mac, one.mac) - differences(mac, other.mac))[0]
}

function differences(one: string, other: string): number {
  const bytes = other.split(':')
  return one.split(':').filter((byte, index) => byte !== bytes[index]).length
}
