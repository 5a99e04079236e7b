// Checks who configures the network: that it is started, that it reads the files that are written, that nobody else
// has a hand in it.

import {chooseDialect} from '../../facts/network/dialect-in-charge.ts'
import {type ManagerName, readManagers} from '../../facts/network/network-managers.ts'
import type {Problem} from '../../problem.ts'
import {readSettingsLayers} from '../../settings/read-settings.ts'
import {type Check, healthy} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {enableCommand, serviceInCharge, startCommand} from './commands.ts'
import {findDefinitionsElsewhere} from './definitions.ts'
import {findLacking} from './kernel-state.ts'
import {placeInContext, plannedNics} from './planned-nics.ts'
import {plannedOf} from './planned-problems.ts'
import {findUnmanaged} from './unmanaged.ts'

export const managerCheck: Check = {
  id: 'manager',
  title: 'who configures the network',
  async examine(exam) {
    const {facts} = exam.prepared
    if (facts.leavesNetwork) return healthy('nobody of ours: NETCFG_TYPE=none leaves the network alone')
    const elsewhere = findDefinitionsElsewhere(exam)
    return {
      facts: [describeManager(exam)],
      problems: [
        ...findUnreadDialect(exam),
        ...findNotEnabled(exam),
        ...elsewhere,
        ...findNotRun(exam),
        ...(elsewhere.length === 0 ? await findUnmanaged(exam) : []),
        ...plannedOf('manager', exam),
      ],
    }
  },
}

const titles: Record<ManagerName, string> = {
  ifupdown: 'ifupdown',
  netplan: 'netplan',
  networkd: 'systemd-networkd',
  networkmanager: 'NetworkManager',
  'network-scripts': "Red Hat's network-scripts",
  suse: "SUSE's wicked or network scripts",
}

function describeManager(exam: Exam): string {
  const {system, prepared} = exam
  const {facts} = prepared
  if (facts.manager === undefined) return `nobody that is known here (${facts.os.name})`
  const isEnabled = readManagers(system, facts.services)[facts.manager] === 'enabled'
  const isSpelledOtherwise = facts.dialect !== undefined && facts.dialect.title !== titles[facts.manager]
  return [
    titles[facts.manager],
    isEnabled ? 'started at boot' : 'installed',
    ...(facts.networkStarted ? ['has run in this boot'] : []),
    ...(isSpelledOtherwise ? [`files of ${facts.dialect!.title}`] : []),
  ].join(', ')
}

/** NETCFG_TYPE has files written that nobody reads. */
function findUnreadDialect(exam: Exam): Problem[] {
  const {facts, context, settings} = exam.prepared
  const type = context?.networkType ?? settings.networkType
  const {dialect} = facts
  const usual = chooseDialect(facts.manager, facts.os, undefined, facts.dialects).dialect
  if (type === undefined || dialect === undefined || dialect === usual) return []
  const state = facts.dialects.find(each => each.dialect === dialect)?.state
  const place = placeOfType(exam)
  if (state === 'enabled') {
    return [
      note({...place, message: `this chooses ${dialect.title}; ${nameOf(exam)} would be in charge here`}),
    ]
  }
  const lack = state === 'absent' ? 'which is not installed' : 'which nothing starts at boot'
  const message = `this has the network written for ${dialect.title}, ${lack}: ${nameOf(exam)} is in charge, and does not read that`
  const cure = `take NETCFG_TYPE out, then run \`vmcontext boot --only network\``
  return [wrong({...place, message, cure})]
}

function nameOf({prepared: {facts}}: Exam): string {
  return facts.manager === undefined ? 'nobody' : titles[facts.manager]
}

function placeOfType(exam: Exam) {
  const {system, prepared} = exam
  const key = 'NETCFG_TYPE'
  if (prepared.context?.networkType !== undefined) return placeInContext(prepared, key)
  const layer = readSettingsLayers(system, [], []).find(({variables}) => variables.get(key) !== undefined)
  return layer === undefined ? {key} : {file: layer.file, line: layer.variables.get(key)?.line, key}
}

/** Those that the agent starts itself where nothing else does (src/network/autostart.ts) need no one else. */
const mustBeEnabled: readonly ManagerName[] = ['ifupdown', 'network-scripts', 'suse']

function findNotEnabled(exam: Exam): Problem[] {
  const {system, prepared} = exam
  const {manager, services} = prepared.facts
  const service = serviceInCharge(exam)
  if (manager === undefined || service === undefined || !mustBeEnabled.includes(manager)) return []
  if (plannedNics(exam).length === 0 || readManagers(system, services)[manager] !== 'installed') return []
  const message = `nothing starts ${titles[manager]} when this guest boots, so its files are not read`
  const cure = `run \`${enableCommand(service, exam)}\``
  return [prepared.facts.networkStarted ? doubtful({message, cure}) : wrong({message, cure})]
}

/** Files are there, and who reads them has not run: not a fault of theirs. */
function findNotRun(exam: Exam): Problem[] {
  const {facts} = exam.prepared
  const service = serviceInCharge(exam)
  if (!facts.live || facts.networkStarted || facts.dialect === undefined || service === undefined) return []
  if (plannedNics(exam).every(nic => findLacking(nic, exam) === undefined)) return []
  const message = `${nameOf(exam)} has not run in this boot: ${facts.dialect.serviceMarks[0]} is not there`
  return [wrong({message, cure: `run \`${startCommand(service, exam)}\`, and see what it says`})]
}
