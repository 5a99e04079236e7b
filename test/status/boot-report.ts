// A report as a run writes it, for tests of what reads one.

import type {RunReport, StepReport} from '../../src/report/report.ts'

/** A step that took so long. */
export function step(name: StepReport['name'], parts: Partial<StepReport> = {}): StepReport {
  return {
    name,
    summary: '',
    outcome: 'unchanged',
    deeds: [],
    problems: [],
    startedMs: 0,
    durationMs: 0,
    ...parts,
  }
}

/** A run of both stages in which all went well. */
export function run(parts: Partial<RunReport> = {}): RunReport {
  return {
    agent: 'vmcontext 0.0.0',
    stages: ['local', 'final'],
    startedAt: '2026-01-02T03:04:05.678Z',
    sinceBootMs: 8000,
    durationMs: 100,
    outcome: 'done',
    context: {state: 'no disc', variables: 0, problems: [], durationMs: 1},
    steps: [],
    problems: [],
    ...parts,
  }
}

/** The files of a root whose report has these runs. */
export function reportOf(...runs: readonly RunReport[]): Record<string, string> {
  return {'run/vmcontext/report.json': JSON.stringify({version: 1, runs})}
}
