// What NetworkManager cannot be told, and what may come in between.

import type {OperatingSystem} from '../../facts/operating-system.ts'
import type {Problem} from '../../problem.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {findCompetitors, highestPriority, type Rivals} from './priority.ts'

/** Finds it in one look at all NICs. */
export function findProblems(nics: readonly Nic[], scene: Rivals & {os: OperatingSystem}): Problem[] {
  if (nics.length === 0) return []
  const equals = findCompetitors(nics, scene).filter(({priority}) => priority >= highestPriority)
  const names = (isMeant: (nic: Nic) => boolean) => nics.filter(isMeant).map(interfaceOf).join(', ')
  const advertised = names(({ipv6}) => ipv6?.method === 'auto' || ipv6?.method === 'dhcp')
  const disabled = knowsDisabled(scene.os) ? '' : names(({ipv6}) => ipv6?.method === 'disable')
  const problems: Problem[] = equals.map(({path}) => ({
    code: 'rival',
    file: path,
    message: 'this profile may be taken for a NIC of the context: no autoconnect-priority is higher',
    cure: 'lower it, or name the interface that it is for',
  }))
  if (advertised !== '') {
    const message = `NetworkManager asks for DHCPv6 if the router says so, and not otherwise: ${advertised}`
    problems.push({code: 'context-note', message})
  }
  if (disabled !== '') {
    const message = `this NetworkManager cannot switch IPv6 off: a link-local address is left on ${disabled}`
    problems.push({code: 'value-ignored', message})
  }
  return problems
}

/** `ipv6.method=disabled` came with NetworkManager 1.20; an older one refuses the whole profile. */
export function knowsDisabled({id, family, version = 99}: OperatingSystem): boolean {
  if (id === 'debian') return version >= 11
  if (id === 'ubuntu') return version >= 20
  return family === 'suse' ? version >= 15.2 : true
}
