// What is done once for a VM (contract §3). The manifest notes for which VM it was: a clone begins anew.

import type {OnceMark} from '../../action/scripts.ts'
import type {Problem} from '../../problem.ts'
import {hashBytes} from '../../report/manifest.ts'
import type {StepName} from '../../steps.ts'
import type {PlanInput} from '../input.ts'

/** Appended to a mark by whoever did it and failed. */
export const failedMark = 'failed=yes'
/** Appended to a mark until it has ended: a machine that goes down meanwhile must not do it twice. */
export const begunMark = 'ended=no'

/** Whether something was done for this VM, what there is to say about it, and the note to make when it is done. */
export type OncePlan = {isDone: boolean; problems: Problem[]; mark: OnceMark}

/**
 * Compares the note of the last time with the VM of today. `texts` is what would be done: another one than last time
 * is told, and not done.
 */
export function planOnce(step: StepName, key: string, texts: readonly string[], input: PlanInput): OncePlan {
  const names = nameVm(input)
  const text = hashTexts(texts)
  const mark = [...Object.entries(names).map(([kind, value]) => `${kind}=${value}`), `text=${text}`].join(' ')
  const last = parseMark(input.manifest.once[step] ?? '')
  const isDone = !input.isForced && input.manifest.once[step] !== undefined && isSameVm(last, names)
  return {isDone, problems: isDone ? describeLast(step, key, text, last) : [], mark: {step, mark}}
}

/** What a mark keeps of texts: enough to tell them from others. */
export function hashTexts(texts: readonly string[]): string {
  return hashBytes(JSON.stringify(texts)).slice(0, 16)
}

/** Whether it failed for this VM the last time: it will not be done again by itself. */
export function hasFailedForGood(step: StepName, input: PlanInput): boolean {
  const last = parseMark(input.manifest.once[step] ?? '')
  return last.failed !== undefined && isSameVm(last, nameVm(input))
}

/** What a note names: the VM, and what was done. */
export type Marks = Partial<Record<string, string>>

const kinds = ['vmid', 'uuid', 'machine-id'] as const

/** The names of this VM, the strongest first. VMID comes only with TOKEN=YES. */
function nameVm({context, facts}: PlanInput): Marks {
  const vmid = context?.variables.get('VMID')?.value.trim() ?? ''
  const all: [(typeof kinds)[number], string | undefined][] = [
    ['vmid', /^\d+$/.test(vmid) ? vmid : undefined],
    ['uuid', facts.vm?.uuid],
    ['machine-id', facts.vm?.machineId],
  ]
  return Object.fromEntries(all.filter(([, value]) => value !== undefined))
}

/** The strongest name that both have decides: a VMID may come or go while the VM stays the same. */
function isSameVm(last: Marks, now: Marks): boolean {
  const kind = kinds.find(each => last[each] !== undefined && now[each] !== undefined)
  return kind === undefined || last[kind] === now[kind]
}

/** Reads a note. */
export function parseMark(mark: string): Marks {
  return Object.fromEntries(mark.split(' ').map(part => part.split('=', 2) as [string, string]))
}

function describeLast(step: StepName, key: string, text: string, last: Marks): Problem[] {
  const cure = `vmcontext boot --only ${step} does it again`
  if (last.failed !== undefined) {
    const message = 'this failed when it was done on this machine, and is not done again by itself'
    return [{code: 'value-ignored', key, message, cure}]
  }
  if (last.ended === 'no') {
    const message = 'this was begun on this machine and cut off, and is not done again by itself'
    return [{code: 'value-ignored', key, message, cure}]
  }
  if (last.text === text) return []
  const message = 'this is another one than was done on this machine, where it is done once for good'
  return [{code: 'choice-made', key, message, cure}]
}
