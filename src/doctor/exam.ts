// What every check of the doctor gets: the guest, and what the agent would do with it now.

import type {Prepared} from '../prepare.ts'
import type {Problem} from '../problem.ts'
import type {RunReport} from '../report/report.ts'
import type {System} from '../system/system.ts'

export type Exam = {
  system: System
  /** Everything may be read. */
  isRoot: boolean
  /** What the next boot would do: source, context, facts, settings, manifest, plan. */
  prepared: Prepared
  /** The agent is switched off, by the kernel command line or vmcontext.conf; it was planned all the same. */
  isSwitchedOff: boolean
  /** The runs of this boot, the latest last. */
  runs: readonly RunReport[]
  /** What earlier checks have told. */
  told?: readonly Problem[] | undefined
}
