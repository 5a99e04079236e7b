// The steps of a boot in the order in which they are done, by stage (contract §5). What lets people log in comes
// before disks and scripts: whatever hangs there never costs the login.

export const stages = {
  local: [
    'network',
    'hostname',
    'account',
    'keys',
    'password',
    'sudo',
    'host-keys',
    'time-zone',
    'console',
    'onegate',
    'disks',
    'swap',
    'mounts',
    'local-hooks',
  ],
  final: ['online', 'dns-name', 'user-data', 'start-script', 'scripts', 'final-hooks', 'ready'],
} as const

export type Stage = keyof typeof stages
export type StepName = (typeof stages)[Stage][number]

/** Every step, in order. */
export const stepNames: readonly StepName[] = [...stages.local, ...stages.final]

/** Tells in which stage a step is done. */
export function stageOf(step: StepName): Stage {
  return (stages.local as readonly string[]).includes(step) ? 'local' : 'final'
}

/** Makes something for every step, under its name. */
export function forEachStep<T>(make: (step: StepName) => T): Record<StepName, T> {
  return Object.fromEntries(stepNames.map(step => [step, make(step)])) as Record<StepName, T>
}
