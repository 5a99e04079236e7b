// Checks whether the disc is of this machine: by the MACs of its cards, and by the number of the VM that the records
// know. One card of several that is not here is a matter of the cards.

import type {NicRequest} from '../../context/network/nics.ts'
import type {Link} from '../../facts/network/links.ts'
import {selectNics} from '../../facts/network/links.ts'
import {parseMark} from '../../plan/scripts/once.ts'
import type {Problem} from '../../problem.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, plannedProblems, wrong} from '../problems.ts'

export const ownerCheck: Check = {
  id: 'disc-owner',
  title: 'whether the disc is of this machine',
  needs: ['context'],
  examine({prepared}) {
    const cards = examineCards(prepared)
    const numbers = compareNumbers(prepared)
    return {...cards, problems: [...cards.problems, ...numbers]}
  },
}

function examineCards(prepared: Exam['prepared']): Finding {
  const {context, facts} = prepared
  const described = context!.nics.filter(({mac, pciAddress}) => mac !== undefined && pciAddress === undefined)
  const wanted = described.map(({mac}) => mac!)
  const present = new Set(facts.links.map(({mac}) => mac))
  const here = wanted.filter(mac => present.has(mac))
  if (wanted.length === 0) return {facts: ['nothing on it tells one machine from another'], problems: []}
  if (facts.links.length === 0)
    return {
      facts: [],
      problems: [],
      skipped: 'no network card is seen here; --links names those of the guest',
    }
  if (here.length > 0) return {facts: [`${here.length} of its ${wanted.length} MACs are here`], problems: []}
  const message = `the disc is of another VM, or its cards were exchanged: it has ${listCards(described)}; this machine has ${listLinks(facts.links)}`
  const cure =
    'detach that disc and attach the one of this VM: power it off and on (onevm poweroff, onevm resume)'
  const labels = new Set(described.map(({label}) => label))
  const covers = plannedProblems(prepared).filter(each => isOfMissing(each, labels))
  return {facts: [], problems: [wrong({message, cure})], covers}
}

/** What follows from it: none of those cards is found. */
function isOfMissing({code, key}: Problem, labels: ReadonlySet<string>): boolean {
  return (code === 'nic-skipped' || code === 'nic-gone') && labels.has(key ?? '')
}

function listCards(nics: readonly NicRequest[]): string {
  return nics.map(({label, mac}) => `${mac} (${label})`).join(', ')
}

function listLinks(links: readonly Link[]): string {
  const nics = selectNics(links)
  return (nics.length > 0 ? nics : links).map(({name, mac}) => `${mac} (${name})`).join(', ')
}

/** VMID comes with TOKEN=YES only; what was done once for a VM is noted with its number. */
function compareNumbers({context, manifest}: Exam['prepared']): Problem[] {
  const vmid = context!.variables.get('VMID')
  const known = Object.values(manifest.once).flatMap(mark => parseMark(mark).vmid ?? [])
  const last = known.at(-1)
  if (vmid === undefined || last === undefined || known.includes(vmid.value.trim())) return []
  const message = `this is of the VM ${vmid.value.trim()}, and the records of this guest are of the VM ${last}`
  const cure = `if this guest is a clone all is well, and vmcontext seal would have spared you this line; if it is the VM ${last}, attach its own disc`
  return [doubtful({file: context!.file, line: vmid.line, key: 'VMID', message, cure})]
}
