// Where a moment lies on the axis of a picture: every stretch in its own width, with a gap where nothing ran.

import type {Stretch} from './timeline.ts'

export type Axis = {
  width: number
  /** Pixels from the left. */
  place(ms: number): number
  ticks: readonly {ms: number; x: number}[]
  gaps: readonly {x: number; width: number; pauseMs: number}[]
}

const gapWidth = 70
const leastWidth = 220
/** Pixels between two marks. */
const tickWidth = 90

/** Makes the axis; stretches share `width` by how long they are, and each has enough to be read. */
export function makeAxis(stretches: readonly Stretch[], width: number): Axis {
  const totalMs = stretches.reduce((sum, {startMs, endMs}) => sum + (endMs - startMs), 0) || 1
  let x = 0
  const parts = stretches.map(({startMs, endMs, pauseMs}, index) => {
    const gap = {x, width: index === 0 ? 0 : gapWidth, pauseMs}
    const part = {...{startMs, endMs}, x: x + gap.width, gap}
    const own = Math.max(leastWidth, (width * (endMs - startMs)) / totalMs)
    x = part.x + own
    return {...part, width: own}
  })
  const place = (ms: number) => {
    const part = parts.findLast(({startMs}) => startMs <= ms) ?? parts[0]
    if (part === undefined) return 0
    const share = (ms - part.startMs) / (part.endMs - part.startMs || 1)
    return part.x + Math.min(Math.max(share, 0), 1) * part.width
  }
  return {
    width: x,
    place,
    ticks: parts.flatMap(part => listTicks(part).map(ms => ({ms, x: place(ms)}))),
    gaps: parts.map(({gap}) => gap).filter(gap => gap.width > 0),
  }
}

/** Round moments within a stretch: 1, 2 or 5 of a power of ten apart. */
function listTicks({startMs, endMs, width}: Part): number[] {
  const wanted = ((endMs - startMs) * tickWidth) / width
  const power = 10 ** Math.floor(Math.log10(wanted || 1))
  const step = power * ([1, 2, 5].find(factor => factor * power >= wanted) ?? 10)
  const first = Math.ceil(startMs / step)
  const last = Math.floor(endMs / step)
  return Array.from({length: Math.max(0, last - first + 1)}, (_, index) => (first + index) * step)
}

type Part = {startMs: number; endMs: number; width: number}
