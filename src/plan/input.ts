// What every planner gets, and the shape of what it gives.

import type {Action, Idleness} from '../action.ts'
import type {Context, ContextProblems} from '../context/context.ts'
import type {Facts} from '../facts/facts.ts'
import type {Problem} from '../problem.ts'
import type {Manifest} from '../report/manifest.ts'
import type {RunReport} from '../report/report.ts'
import type {Settings} from '../settings/settings.ts'

/** Whether a network that changes while the guest runs is checked, and taken back if the guest is cut off. */
export type Verification = {seconds: number; rollsBack: boolean}

export type PlanInput = {
  /** Undefined where there is no context: then only what needs none is planned. */
  context?: Context | undefined
  /** There is a context, and what kind it is of cannot be told: nothing may be guessed from MACs. */
  isContextUnreadable: boolean
  /** What was found wrong in the context, by the step that it costs. */
  contextProblems: ContextProblems
  settings: Settings
  facts: Facts
  manifest: Manifest
  /** Where scripts find the disc. */
  mountDirectory?: string | undefined
  verification?: Verification | undefined
  /** What is done once for good is done again. */
  isForced: boolean
  /** What happened in this boot before the plan; looked up only where somebody is to be told of it. */
  bootSoFar?: BootSoFar | undefined
}

export type BootSoFar = {
  /** The runs of this boot that are over, the latest last. */
  runs: readonly RunReport[]
  /** What was found wrong with the context as a whole. */
  contextProblems: readonly Problem[]
}

/** What a planner gives for its step. `request` is what was asked for, in plain data. */
export type StepPlan = {
  summary: string
  actions: Action[]
  problems: Problem[]
  idle?: Idleness | undefined
  request: unknown
  /** It is looked at again even if it was asked for the same in this boot. */
  isOpen?: boolean | undefined
}

/** The plan of a step that nothing asks for. Problems may stand in the way of what was asked. */
export function nothingAsked(problems: Problem[] = []): StepPlan {
  return {summary: '', actions: [], problems, idle: 'not asked', request: null}
}
