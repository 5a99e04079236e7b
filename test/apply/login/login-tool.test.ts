import assert from 'node:assert/strict'
import {mock, test} from 'node:test'
import {runLoginTool} from '../../../src/apply/login/login-tool.ts'
import type {Workshop} from '../../../src/apply/workshop.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

test('tools that hang share their time, and each gets some', async t => {
  const system = openSystem(makeDirectory(t))
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const limits: number[] = []
  const run = mock.fn(async ({timeoutMs}: {timeoutMs: number}) => {
    limits.push(timeoutMs)
    now += timeoutMs
    return {ended: 'timed out', exitCode: undefined, output: ''} as const
  })
  const workshop: Workshop = {system: {...system, run}, manifest: readManifest(system, []), mayExecute: true}
  for (const tool of ['useradd', 'chpasswd', 'visudo', 'visudo'])
    await runLoginTool(workshop, {argv: [tool], timeoutMs: 20_000})
  assert.deepEqual(limits, [20_000, 10_000, 3000, 3000])
})
