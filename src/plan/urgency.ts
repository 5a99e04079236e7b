// What comes first where time may run out.

import type {Step} from '../action.ts'
import type {StepName} from '../steps.ts'

/** Lets people log in, and takes seconds at most. */
const loginSteps: ReadonlySet<StepName> = new Set(['account', 'keys', 'password', 'sudo', 'host-keys'])

/**
 * Puts steps into the order in which they are done. The network is the first of them; but where we bring it up
 * ourselves, a lease may take longer than the local stage has. Then what lets people log in comes before it: whatever
 * hangs never costs the login (contract §5).
 */
export function inOrderOfUrgency(steps: readonly Step[]): readonly Step[] {
  const network = steps.find(({name}) => name === 'network')
  if (!network?.actions.some(({kind}) => kind === 'run')) return steps
  const isLogin = ({name}: Step) => loginSteps.has(name)
  return [...steps.filter(isLogin), ...steps.filter(step => !isLogin(step))]
}
