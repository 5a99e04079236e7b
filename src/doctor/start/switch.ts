// Checks whether the agent is switched on, and what its owner has set.

import type {Prepared} from '../../prepare.ts'
import type {Place, Problem} from '../../problem.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {note, wrong} from '../problems.ts'

export const switchCheck: Check = {
  id: 'switch',
  title: 'whether the agent is switched on',
  examine(exam) {
    const problems = [...findSwitch(exam), ...findSteps(exam.prepared), ...findSettings(exam.prepared)]
    return {facts: exam.isSwitchedOff ? [] : ['the agent is switched on'], problems}
  },
}

function findSwitch({isSwitchedOff, prepared}: Exam): Problem[] {
  if (!isSwitchedOff) return []
  // The doctor's own setting stands above all others.
  const place = findPlace(prepared, 'VMCONTEXT', layer => layer !== '--set') ?? {file: '--set'}
  const message = 'the agent is switched off: a boot changes nothing'
  return [wrong({...place, message, cure: switchCures[place.file ?? ''] ?? 'take that line out'})]
}

const switchCures: Readonly<Record<string, string>> = {
  '/proc/cmdline':
    'take vmcontext=off out of the kernel command line (in /etc/default/grub, then update-grub or grub2-mkconfig) and boot again',
  '--set': 'leave VMCONTEXT out',
}

function findSteps({settings, layers}: Prepared): Problem[] {
  const names = [...settings.stepsOff]
  if (names.length === 0) return []
  const place = findPlace({layers}, 'STEPS_OFF', () => true) ?? {key: 'STEPS_OFF'}
  const message = `these steps are switched off: ${names.join(', ')}`
  return [note({...place, message, cure: 'take out of STEPS_OFF what is to be done'})]
}

/** The strongest place that says it. */
function findPlace(
  {layers}: Pick<Prepared, 'layers'>,
  key: string,
  isMeant: (file: string) => boolean,
): Place | undefined {
  const layer = layers.find(({file, variables}) => isMeant(file ?? '') && variables.has(key))
  if (layer?.file === undefined) return undefined
  const isText = layer.file.endsWith('.conf')
  return {file: layer.file, line: isText ? layer.variables.get(key)?.line : undefined, key}
}

/** What is wrong with the settings themselves. */
function findSettings({problems, layers}: Prepared): Problem[] {
  const files = new Set(layers.map(({file}) => file).filter(file => file !== undefined))
  const isOfSettings = ({file = ''}: Problem) => files.has(file) || /^\/etc\/vmcontext\.conf/.test(file)
  return problems.filter(isOfSettings)
}
