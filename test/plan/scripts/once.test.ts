import assert from 'node:assert/strict'
import {test} from 'node:test'
import {indexVariables} from '../../../src/context/variables.ts'
import type {VmIdentity} from '../../../src/facts/vm-identity.ts'
import type {PlanInput} from '../../../src/plan/input.ts'
import {planOnce} from '../../../src/plan/scripts/once.ts'

type Vm = VmIdentity & {vmid?: string}

/** All that is asked of the input. */
function makeInput({vmid, ...vm}: Vm, mark?: string, isForced = false): PlanInput {
  const variable = {name: 'VMID', written: 'VMID', value: vmid ?? '', line: 1, quoting: 'none'} as const
  const once = mark === undefined ? {} : {'user-data': mark}
  return {context: {variables: indexVariables([variable])}, facts: {vm}, manifest: {once}, isForced} as never
}

const plan = (vm: Vm, mark?: string, isForced?: boolean, text = 'text') =>
  planOnce('user-data', 'USER_DATA', [text], makeInput(vm, mark, isForced))

const cases: [what: string, before: Vm, now: Vm, isDone: boolean][] = [
  ['the same VMID', {vmid: '7'}, {vmid: '7'}, true],
  [
    'another VMID, though the disk is a copy',
    {vmid: '7', machineId: 'm'},
    {vmid: '8', machineId: 'm'},
    false,
  ],
  [
    'another uuid, though the disk is a copy',
    {uuid: 'u', machineId: 'm'},
    {uuid: 'v', machineId: 'm'},
    false,
  ],
  [
    'another machine-id, though the VM is the same',
    {uuid: 'u', machineId: 'm'},
    {uuid: 'u', machineId: 'n'},
    true,
  ],
  ['a VMID that came (TOKEN=YES)', {uuid: 'u'}, {vmid: '7', uuid: 'u'}, true],
  ['a VMID that went', {vmid: '7', uuid: 'u'}, {uuid: 'u'}, true],
  ['another machine-id, and nothing else', {machineId: 'm'}, {machineId: 'n'}, false],
  ['nothing that tells one machine from another', {}, {}, true],
]

for (const [what, before, now, isDone] of cases) {
  test(`${what}: ${isDone ? 'done before' : 'begins anew'}`, () => {
    const first = plan(before)
    assert.equal(first.isDone, false)
    assert.equal(plan(now, first.mark.mark).isDone, isDone)
  })
}

test('force does it again', () => assert.equal(plan({}, plan({}).mark.mark, true).isDone, false))

test('the same text needs no word, another one is told, and so is that it failed', () => {
  const {mark} = plan({vmid: '7'}).mark
  assert.deepEqual(plan({vmid: '7'}, mark).problems, [])
  assert.match(
    plan({vmid: '7'}, mark, false, 'other').problems[0]?.message ?? '',
    /another one than was done/,
  )
  const [problem] = plan({vmid: '7'}, `${mark} failed=yes`).problems
  assert.equal(problem?.code, 'value-ignored')
  assert.match(problem?.cure ?? '', /boot --only user-data/)
})

test('what a power cut ended is not done twice, and told', () => {
  const {isDone, problems} = plan({vmid: '7'}, `${plan({vmid: '7'}).mark.mark} ended=no`)
  assert.deepEqual([isDone, problems[0]?.code], [true, 'value-ignored'])
  assert.match(problems[0]?.message ?? '', /begun on this machine and cut off/)
})

test('the text itself is not in the mark', () => {
  assert.doesNotMatch(plan({vmid: '7'}, undefined, false, 'hunter2').mark.mark, /hunter2/)
})
