// A bundle of every scenario is made and planned from: the plan has to be the one that the guest itself makes.

import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {test} from 'node:test'
import {runVmcontext} from '../run-vmcontext.ts'
import {layOut, listScenarios, scenariosDirectory} from '../scenario.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

for (const scenario of listScenarios()) {
  test(relative(scenariosDirectory, scenario), async t => {
    if (!requireRoot(t)) return
    const directory = makeDirectory(t, {'root/nothing': ''})
    const root = layOut(join(directory, 'root'), scenario)
    const bundle = join(directory, 'bundle.tar.gz')
    const options = ['--root', root, ...readGuestOptions(scenario)]
    const report = await runVmcontext('report', '-o', bundle, ...options)
    assert.equal(report.exitCode, 0, report.errors)
    const plan = await runVmcontext('plan', ...options)
    const replay = await runVmcontext('replay', bundle)
    assert.equal(replay.errors, '')
    assert.equal(replay.output, plan.output)
    assert.match(report.errors, /The plan made from it is the one that the guest makes\./)
    const check = await runVmcontext('replay', bundle, '--check')
    assert.equal(check.output, 'The plan is the one that the guest made.\n')
    assert.equal(check.exitCode, 0)
  })
}

/** The guest, and what stands in for parts of it; which steps and stages is not asked of a bundle. */
function readGuestOptions(scenario: string): string[] {
  const at = (name: string) => join(scenario, name)
  const words = existsSync(at('options')) ? readFileSync(at('options'), 'utf8').trim().split('\n') : []
  const settings = words.flatMap((word, index) =>
    word === '--set' ? [word, words[index + 1]!] : word.startsWith('--set=') ? [word] : [],
  )
  return [
    ...(existsSync(at('context')) ? ['--context', at('context')] : []),
    ...(existsSync(at('links')) ? ['--links', at('links')] : []),
    ...settings,
  ]
}
