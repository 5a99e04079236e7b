// Notes of what is done once for good. A note is on the disk before the deed begins.

import type {MarkOnceAction, OnceMark} from '../../action/scripts.ts'
import {writeManifest} from '../../report/manifest.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {Handler, Workshop} from '../workshop.ts'

export const markOnceHandler: Handler<MarkOnceAction> = {
  perform(action, workshop) {
    const {step, mark} = action
    // Files can be written as often as one likes: what is missing is tried again at the next boot.
    if (takeMissing(workshop)) return {status: 'unchanged', detail: `${step} is not finished`}
    if (workshop.manifest.once[step] === mark) return {status: 'unchanged', detail: step}
    markOnce(workshop, action)
    return {status: 'changed', detail: `noted that ${step} is done`}
  },
}

/** Notes that something is about to be done. Throws if the note cannot be kept: then it must not be done. */
export function markOnce(workshop: Workshop, {step, mark}: OnceMark): void {
  const before = workshop.manifest.once[step]
  workshop.manifest.once[step] = mark
  try {
    writeManifest(workshop.system, workshop.manifest)
  } catch (error) {
    restore(workshop, step, before)
    throw error
  }
}

/** Whether a file is missing that belongs to what is to be marked. */
export function takeMissing(workshop: Workshop): boolean {
  const isMissing = workshop.isFileMissing === true
  workshop.isFileMissing = false
  return isMissing
}

/** Notes how it ended; without a mark it is still to be done. What cannot be kept is told at the end of the run. */
export function noteEnd(workshop: Workshop, step: OnceMark['step'], mark: string | undefined): void {
  restore(workshop, step, mark)
  unlessRefused(
    () => writeManifest(workshop.system, workshop.manifest),
    () => undefined,
  )
}

function restore({manifest}: Workshop, step: OnceMark['step'], before: string | undefined): void {
  if (before === undefined) delete manifest.once[step]
  else manifest.once[step] = before
}
