import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RunReport, StepReport} from '../../src/report/report.ts'
import {listFailuresOfBoot} from '../../src/report/verdict.ts'
import type {Stage, StepName} from '../../src/steps.ts'

type Outcomes = Partial<Record<StepName, StepReport['outcome']>>
const dropped = [{code: 'variable-dropped', message: ''}] as const

function run(stages: string, outcomes: Outcomes, more: Partial<RunReport> = {}): RunReport {
  const steps = Object.entries(outcomes).map(([name, outcome]) => {
    return {
      name: name as StepName,
      outcome,
      summary: '',
      deeds: [],
      problems: [],
      startedMs: 0,
      durationMs: 0,
    }
  })
  const context = {state: 'found', variables: 0, problems: [], durationMs: 0} as const
  const rest = {agent: '', startedAt: '', durationMs: 0, outcome: 'done', context, problems: []} as const
  return {...rest, stages: stages.split(' ') as Stage[], steps, ...more}
}

const only = (name: StepName, outcome: StepReport['outcome']) =>
  run('local final', {[name]: outcome}, {only: [name]})
const badContext = {context: {state: 'found', variables: 0, problems: dropped, durationMs: 0}} as const

const cases: [what: string, runs: RunReport[], stages: Stage[], failures: string[]][] = [
  ['nothing has run', [], ['local'], ['local-stage']],
  ['nobody asks', [], [], []],
  ['all went well', [run('local', {keys: 'changed'})], ['local'], []],
  ['a step failed', [run('local', {keys: 'failed', hostname: 'changed'})], ['local'], ['keys']],
  ['it was mended', [run('local', {keys: 'failed'}), run('local', {keys: 'changed'})], ['local'], []],
  ['it was mended alone', [run('local', {keys: 'failed'}), only('keys', 'changed')], ['local'], []],
  ['it failed alone later', [run('local', {keys: 'changed'}), only('keys', 'failed')], ['local'], ['keys']],
  ['a part is no whole', [only('keys', 'changed')], ['local'], ['local-stage']],
  [
    'both at once',
    [run('local final', {keys: 'changed', scripts: 'failed'})],
    ['local', 'final'],
    ['scripts'],
  ],
  ['of the other stage', [run('local final', {scripts: 'failed'})], ['local'], []],
  ['a context with a hole', [run('local', {}, badContext)], ['local'], ['context']],
  ['which was filled', [run('local', {}, badContext), run('local', {})], ['local'], []],
  [
    'a hole that a part saw',
    [run('local', {}), run('local', {}, {...badContext, only: ['keys']})],
    ['local'],
    [],
  ],
  ['settings that are wrong', [run('local', {}, {problems: dropped})], ['local'], ['settings']],
]

for (const [what, runs, stages, failures] of cases) {
  test(`what failed in a boot: ${what}`, () => assert.deepEqual(listFailuresOfBoot(runs, stages), failures))
}
