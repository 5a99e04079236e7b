import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RunAction} from '../../../src/action.ts'
import {verifyNetworkHandler} from '../../../src/apply/network/verify.ts'
import {runHandler} from '../../../src/apply/run.ts'
import type {Workshop} from '../../../src/apply/workshop.ts'
import {interfaces} from '../../../src/network/interfaces/interfaces.ts'
import type {Network, Nic} from '../../../src/network/model.ts'
import {type Change, verify} from '../../../src/plan/network/verification.ts'
import type {Command} from '../../../src/system/commands.ts'
import {openSystem} from '../../../src/system/system.ts'

const mac = '02:00:c0:a8:00:05'
const named = {
  device: 'eth0',
  mac,
  hasPermanentMac: true,
  origin: 'context',
  dns: [],
  searchDomains: [],
} as const

function plan(nic: Partial<Nic>) {
  const network: Network = {nics: [{...named, ...nic}], dns: [], searchDomains: []}
  const change: Change = {
    dialect: interfaces,
    surroundings: {
      os: {family: 'debian', id: 'debian', name: 'Debian'},
      files: new Map(),
      originals: new Map(),
      landmarks: new Set(),
      services: new Set(),
      isStarted: true,
    },
    activation: {down: ['eth0'], up: ['eth0'], network},
    files: [],
  }
  const action = verify([], change, {seconds: 1, rollsBack: true}).at(-1)
  assert.ok(action?.kind === 'verify-network')
  return action
}

test('an interface that DHCP serves is expected to have a lease', () => {
  const dhcp = plan({ipv4: {method: 'dhcp', addresses: [], routes: []}})
  assert.deepEqual(dhcp.expected, [{name: 'eth0', addresses: [], needsLease: true, gateways: []}])
})

test('what takes a change back is started even if the agent was told to stop', async () => {
  const undo = plan({ipv4: {method: 'dhcp', addresses: [], routes: []}}).undo
  const runs = undo.filter((action): action is RunAction => action.kind === 'run')
  assert.ok(runs.length > 1)
  const started: Command[] = []
  const run = async (command: Command) => {
    started.push(command)
    return {ended: 'exited', exitCode: 0, output: ''} as const
  }
  const workshop = {system: {...openSystem('/'), run}, mayExecute: true} as unknown as Workshop
  for (const action of runs) await runHandler.perform(action, workshop)
  assert.ok(started.every(({essential}) => essential))
})

const verdicts: [
  what: string,
  wanted: {addresses?: string[]; needsLease?: boolean},
  wrong: RegExp | undefined,
][] = [
  ['an address that is there', {addresses: ['127.0.0.1/8']}, undefined],
  [
    'an address that is not there',
    {addresses: ['192.0.2.5/24']},
    /lo does not have 192\.0\.2\.5\/24 after 0 s/,
  ],
  ['some other address for a lease', {needsLease: true}, undefined],
  ['no other address for a lease', {addresses: ['127.0.0.1/8'], needsLease: true}, /lo has no lease/],
]

for (const [what, wanted, wrong] of verdicts) {
  test(`the kernel has ${what}`, async () => {
    const expected = [{name: 'lo', addresses: [], needsLease: false, gateways: [], ...wanted}]
    const workshop = {system: openSystem('/'), mayExecute: true} as unknown as Workshop
    const action = {kind: 'verify-network', expected, timeoutMs: 0, undo: []} as const
    const {problems = []} = await verifyNetworkHandler.perform(action, workshop)
    assert.equal(problems.length, wrong === undefined ? 0 : 1)
    if (wrong !== undefined) assert.match(problems[0]!.message, wrong)
  })
}
