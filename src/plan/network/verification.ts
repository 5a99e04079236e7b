// The deeds that check a network which changes while the guest runs, and those that take the change back.

import type {ExpectedInterface} from '../../action/network.ts'
import type {Action, FileAction, RunAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Activation, Dialect, Surroundings} from '../../network/dialect.ts'
import {interfaceOf, type Nic} from '../../network/model.ts'
import type {Verification} from '../input.ts'

export type Change = {
  dialect: Dialect
  surroundings: Surroundings
  activation: Activation
  files: readonly FileAction[]
}

/** Puts the deeds of a change between a look at the gateways and the verification. */
export function verify(actions: Action[], change: Change, {seconds, rollsBack}: Verification): Action[] {
  const {network, up} = change.activation
  const concerned = network.nics.filter(nic => up.includes(interfaceOf(nic)))
  const undo = rollsBack ? planUndo(change) : []
  return [
    {kind: 'probe-gateways'},
    ...actions,
    {kind: 'verify-network', expected: concerned.map(describeExpected), timeoutMs: seconds * 1000, undo},
  ]
}

/** What a NIC shall have once its network is up. */
export function describeExpected(nic: Nic): ExpectedInterface {
  const families = [nic.ipv4, nic.ipv6].filter(family => family !== undefined)
  return {
    name: interfaceOf(nic),
    addresses: families.flatMap(family =>
      family.addresses.map(({address, prefix}) => `${address}/${prefix}`),
    ),
    needsLease: nic.ipv4?.method === 'dhcp',
    gateways: families.flatMap(family => family.gateway?.address ?? []),
  }
}

/** Down by the new definition, the files as they were, up by the old one. */
function planUndo({dialect, surroundings, activation, files}: Change): Action[] {
  const {down, up, network} = activation
  const {before, after} = dialect.activate(
    {down: up, up: [...new Set([...down, ...up])], network},
    surroundings,
  )
  return [
    ...before.map(whateverHappens),
    ...files.map(action => invert(action, surroundings.files)),
    // A NIC that nothing defined before stays down.
    ...after.map(whateverHappens),
  ]
}

function whateverHappens(action: RunAction): RunAction {
  return {...action, optional: true, essential: true}
}

function invert({path}: FileAction, files: FileTree): FileAction {
  const before = files.get(path)
  return before === undefined ? {kind: 'remove', path} : {kind: 'write', path, ...before}
}
