// The step that waits for the network, in the stage that may need it (contract §5).

import type {ExpectedInterface} from '../../action/network.ts'
import type {Context} from '../../context/context.ts'
import {pickVariable} from '../../context/variables.ts'
import type {Network, Nic} from '../../network/model.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {describeExpected} from './verification.ts'

/** Plans to wait until the addresses of the context are there, if something that it asks for needs them. */
export function planOnline(
  {context, contextProblems, settings, facts}: PlanInput,
  network: Network,
  /** The first stage is done in the same run. */
  isWithLocal: boolean,
): StepPlan {
  const problems = [...contextProblems.online]
  if (!facts.live || settings.onlineWaitMs === 0 || settings.stepsOff.has('network'))
    return nothingAsked(problems)
  if (context === undefined || !needsNetwork(context)) return nothingAsked(problems)
  // Started before the network service, waiting would keep that from ever starting.
  if (isWithLocal && !facts.networkStarted) return nothingAsked(problems)
  const expected = network.nics.map(expect).filter(getsAddress)
  if (expected.length === 0) return nothingAsked(problems)
  return {
    summary: expected.map(({name}) => name).join(', '),
    actions: [{kind: 'await-network', expected, timeoutMs: settings.onlineWaitMs}],
    problems,
    request: expected,
  }
}

/** Everything of the last stage that comes from the context may use the network; no one can see from outside. */
function needsNetwork({variables, scripts, wantsDnsName, ready}: Context): boolean {
  const names = ['USER_DATA', 'USERDATA', 'START_SCRIPT_BASE64', 'START_SCRIPT']
  if (scripts.length > 0 || wantsDnsName || pickVariable(variables, ...names) !== undefined) return true
  return ready !== undefined
}

/** Without IPv4 and without IPv6 addresses of its own a NIC is waited for until a router has given it one. */
function expect(nic: Nic): ExpectedInterface {
  const expected = describeExpected(nic)
  const isAutomatic = nic.ipv6?.method === 'auto' || nic.ipv6?.method === 'dhcp'
  const hasNothingElse = !expected.needsLease && expected.addresses.length === 0
  return {...expected, needsIpv6: isAutomatic && hasNothingElse}
}

function getsAddress({addresses, needsLease, needsIpv6}: ExpectedInterface): boolean {
  return addresses.length > 0 || needsLease || needsIpv6 === true
}
