import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import type {Step} from '../../src/action.ts'
import {applySteps} from '../../src/apply/apply.ts'
import {readManifest} from '../../src/report/manifest.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const write = (path: string) => ({kind: 'write', path, content: 'text', mode: 0o644}) as const
const step = (name: Step['name'], path: string): Step => ({
  name,
  summary: '',
  actions: [write(path)],
  problems: [],
  digest: '',
})

test('a defect costs its deed; the others are done', async t => {
  const root = makeDirectory(t)
  const system = openSystem(root)
  const broken = {
    ...system.files,
    status(path: string) {
      if (path === '/broken') throw new TypeError('nobody expected this')
      return system.files.status(path)
    },
  }
  const options = {
    system: {...system, files: broken},
    manifest: readManifest(system, []),
    onStepEnd() {},
    elapsed: () => 0,
  }
  const reports = await applySteps([step('network', '/broken'), step('hostname', '/fine')], options)
  assert.deepEqual(
    reports.map(({name, outcome}) => [name, outcome]),
    [
      ['network', 'failed'],
      ['hostname', 'changed'],
    ],
  )
  assert.match(reports[0]?.problems[0]?.message ?? '', /defect of vmcontext: TypeError: nobody expected this/)
  assert.equal(readFileSync(join(root, 'fine'), 'utf8'), 'text')
})
