// What a context of 2.2 says of the first NIC (contract §3).

import type {Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {pickVariable, readPlainValue} from '../variables.ts'
import {parseAddress, parseHostAddress, parseMask} from './ipv4.ts'

/** The address of the first NIC instead of the one in its MAC, and what goes with it. */
export type FirstNicRequest = {
  address?: string | undefined
  prefix?: number | undefined
  gateway?: string | undefined
}

/** Reads IP_PUBLIC, NETMASK and GATEWAY. */
export function readFirstNic(disc: Disc, problems: Problem[]): FirstNicRequest {
  const read = <T>(key: string, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    const variable = pickVariable(disc.variables, key)
    const value = variable && parse(readPlainValue(variable) ?? '')
    if (variable !== undefined && value === undefined) {
      const message = `this is not ${expected}, so the first NIC does without`
      problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
    }
    return value
  }
  const prefix = read('NETMASK', parseMask, 'a mask such as 255.255.255.0 or 24')
  const address = read('IP_PUBLIC', parseAddress, 'an IPv4 address')
  const gateway = read('GATEWAY', parseHostAddress, 'an address that a gateway can have')
  return {address, prefix, gateway}
}
