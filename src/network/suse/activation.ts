// What the readers cannot be told, and the commands that make the files count.

import type {RunAction} from '../../action.ts'
import type {Problem} from '../../problem.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {splitLines} from '../file-edit.ts'
import {activateByIfup} from '../ifup.ts'
import {interfaceOf, interfacesOf, type Network} from '../model.ts'
import {restoreIpv6} from '../restore-ipv6.ts'
import {isSignature} from '../signature.ts'
import {pathOf} from './definitions.ts'
import {formatSysctls} from './ifsysctl.ts'
import {describeInterfaces} from './interfaces.ts'
import {configPath, planNames} from './netconfig.ts'
import {hasWicked} from './reader.ts'

/** What is asked for and has no word in these files. */
export function findUnsaid({nics}: Network, surroundings: Surroundings): Problem[] {
  return nics.flatMap(nic => {
    const problems: Problem[] = []
    const name = interfaceOf(nic)
    const say = (message: string, cure: string) => problems.push({code: 'value-ignored', message, cure})
    if (nic.ipv4?.method === 'dhcp' && nic.ipv4.metric !== undefined && !hasWicked(surroundings)) {
      say(
        `the scripts of this SUSE give the default route of DHCP on ${name} no metric`,
        'METRIC of the other NICs',
      )
    }
    if (nic.ipv6 !== undefined && nic.ipv6.metric !== undefined && nic.ipv6.method !== 'static') {
      say(
        `the kernel gives the default route that a router announces on ${name} its own metric`,
        'leave it out',
      )
    }
    return problems
  })
}

/** wicked gives up waiting after 30 s, and goes on in the background; its ifup says how it ended. */
const upTimeoutMs = 45_000
/** The scripts' R_DHCP_BG, sysconfig's scripts/functions.common: a DHCP client goes on in the background. */
const goesOn = 12

/** By ifup and ifdown; a VLAN does not set up the NIC below it. */
export function activateSuse(activation: Activation, surroundings: Surroundings) {
  const up = withLower(activation.up, activation.network)
  const {before, after} = activateByIfup({...activation, up}, surroundings)
  const restore = surroundings.isStarted ? findLost(activation, surroundings).map(restoreIpv6) : []
  const names = planNames(activation.network, surroundings).length > 0 ? [updateNames] : []
  return {
    before,
    after: [
      ...restore,
      ...after.map(action => ({...action, timeoutMs: upTimeoutMs, alsoFine: [goesOn]})),
      ...names,
    ],
  }
}

/**
 * The scripts never run it for static addresses, neither at boot nor later; wicked does, but only with an interface
 * that comes up. Before the network is there it writes what stands in the file, which is right by then.
 */
const updateNames: RunAction = {
  kind: 'run',
  argv: ['netconfig', 'update', '-m', 'dns-resolver'],
  purpose: `make resolv.conf of ${configPath}`,
  timeoutMs: 20_000,
}

/** Interfaces whose ifsysctl-DEV said something of ours and says it no longer: no reader takes it back. */
function findLost({down, network}: Activation, {files}: Surroundings): string[] {
  const told = network.nics.flatMap(describeInterfaces).filter(one => formatSysctls(one).length > 0)
  const names = new Set(told.map(({name}) => name))
  const isOurs = (name: string) =>
    splitLines(files.get(pathOf('ifsysctl', name))?.content ?? '').some(isSignature)
  return down.filter(name => isOurs(name) && !names.has(name))
}

function withLower(up: readonly string[], {nics}: Network): string[] {
  const byName = new Map(nics.map(nic => [interfaceOf(nic), nic]))
  return up.flatMap(name => {
    const nic = byName.get(name)
    return nic === undefined ? [name] : interfacesOf(nic)
  })
}
