import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Step} from '../../src/action.ts'
import {inOrderOfUrgency} from '../../src/plan/urgency.ts'
import type {StepName} from '../../src/steps.ts'

const write = {kind: 'write', path: '/etc/x', content: '', mode: 0o644} as const
const up = {kind: 'run', argv: ['ifup', 'eth0'], purpose: 'bring up eth0', timeoutMs: 75_000} as const

function step(name: StepName, actions: Step['actions'] = [write]): Step {
  return {name, summary: '', actions, problems: [], digest: ''}
}

function orderWith(actions: Step['actions']): string[] {
  const others = (['hostname', 'account', 'keys', 'time-zone'] as const).map(name => step(name))
  return inOrderOfUrgency([step('network', actions), ...others]).map(({name}) => name)
}

test('files of the network come first', () => {
  assert.deepEqual(orderWith([write]), ['network', 'hostname', 'account', 'keys', 'time-zone'])
})

test('what lets people log in comes before a network that has to be brought up', () => {
  assert.deepEqual(orderWith([write, up]), ['account', 'keys', 'network', 'hostname', 'time-zone'])
})
