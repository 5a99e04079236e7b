// The steps of a boot in the order in which they are done, by stage.

export const stages = {
  local: ['network', 'hostname', 'account', 'keys'],
  final: ['scripts'],
} as const

export type Stage = keyof typeof stages
export type StepName = (typeof stages)[Stage][number]

/** Every step, in order. */
export const stepNames: readonly StepName[] = [...stages.local, ...stages.final]

/** Tells in which stage a step is done. */
export function stageOf(step: StepName): Stage {
  return (stages.local as readonly string[]).includes(step) ? 'local' : 'final'
}
