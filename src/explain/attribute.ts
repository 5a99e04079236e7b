// Which cause each part of something has: that whose change touches it, and of several the one that touches least else.
// Taking away the only address of a card takes the whole card away, and would explain everything.

import type {Origin} from './explanation.ts'
import type {Probe} from './probes.ts'
import type {Supposition, World} from './suppose.ts'

/** Tells which of the parts, by their number, are another or gone in a world. */
export type FindTouched = (world: World) => ReadonlySet<number>

/** Of more probes than that, those that change next to nothing by being absent are not tried with another value. */
const patience = 300

/** Gives the causes of each of `count` parts; none where nothing that was tried touches it. */
export function attribute(
  count: number,
  probes: readonly Probe[],
  imagine: (supposition: Supposition) => World,
  findTouched: FindTouched,
): Origin[][] {
  const touches: {origin: Origin; parts: ReadonlySet<number>}[] = []
  const isHasty = probes.length > patience
  for (const {origin, changes} of probes) {
    for (const change of changes) {
      const parts = findTouched(imagine(change))
      if (parts.size > 0) touches.push({origin, parts})
      // Without it another may step in and say nearly the same, so its value is tried as well; but that is rare.
      if (isHasty && parts.size <= 1) break
    }
  }
  return Array.from({length: count}, (_, part) => chooseCauses(touches.filter(({parts}) => parts.has(part))))
}

function chooseCauses(touches: readonly {origin: Origin; parts: ReadonlySet<number>}[]): Origin[] {
  const least = Math.min(...touches.map(({parts}) => parts.size))
  const causes = [...new Set(touches.filter(({parts}) => parts.size === least).map(({origin}) => origin))]
  // What somebody has said explains more than what nobody has.
  const said = causes.filter(({kind}) => kind !== 'default')
  return said.length === 0 ? causes : said
}
