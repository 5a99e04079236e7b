// What a context says of the network as a whole, and of each NIC (contract §3 and §4).

import type {Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {isBlank, isNo, isYes, pickVariable, type Variables} from '../variables.ts'
import {type FirstNicRequest, readFirstNic} from './first-nic.ts'
import {parseAddress} from './ipv4.ts'
import {parseNameServer, parseSearchDomain} from './name-servers.ts'
import {NicValues} from './nic-values.ts'
import {isNicVariable, type NicRequest, readNics} from './nics.ts'

export type NetplanRenderer = 'networkd' | 'NetworkManager'

export type NetworkRequest = {
  /** It describes NICs itself (contract §4, way 1). */
  describesNics: boolean
  /** NETWORK=NO: the network is not to be touched. */
  freezesNetwork: boolean
  /** NETCFG_TYPE: who writes the network. */
  networkType?: string | undefined
  netplanRenderer?: NetplanRenderer | undefined
  firstNic: FirstNicRequest
  nics: readonly NicRequest[]
  /** Everything about NICs could be read. False: one that is not here may be described all the same. */
  nicsAreKnown: boolean
  /** Name servers and domains for all NICs. */
  dns: readonly string[]
  searchDomains: readonly string[]
  /** OneGate's address, if it is one that only the link knows. */
  oneGate?: string | undefined
}

/** Reads everything about the network. */
export function readNetwork(disc: Disc, problems: Problem[]): NetworkRequest {
  const {variables} = disc
  const all = new NicValues(disc, '', problems)
  const describes = describesNics(variables)
  return {
    describesNics: describes,
    freezesNetwork: isNo(variables.get('NETWORK')?.value ?? ''),
    networkType: pickVariable(variables, 'NETCFG_TYPE')?.value,
    netplanRenderer: readRenderer(all),
    firstNic: describes ? ignoreFirstNic(disc, problems) : readFirstNic(disc, problems),
    nics: readNics(disc, problems),
    nicsAreKnown: disc.isComplete && ![...disc.dropped].some(isNicVariable),
    dns: all.list(['DNS'], parseNameServer, 'an address of a name server'),
    searchDomains: all.list(['SEARCH_DOMAIN'], parseSearchDomain, 'a domain'),
    oneGate: readOneGate(variables),
  }
}

/** NETWORK=YES, any ETHx_ with content, any PCIx_ with an address. */
function describesNics(variables: Variables): boolean {
  if (isYes(variables.get('NETWORK')?.value ?? '')) return true
  return [...variables.values()].some(
    variable => !isBlank(variable) && /^(ETH\d+_.|PCI\d+_ADDRESS$)/.test(variable.name),
  )
}

/** IP_PUBLIC speaks of a NIC that ETHx describes as well. */
function ignoreFirstNic(disc: Disc, problems: Problem[]): FirstNicRequest {
  for (const name of ['IP_PUBLIC', 'NETMASK', 'GATEWAY']) {
    const variable = pickVariable(disc.variables, name)
    if (variable === undefined) continue
    const message = 'this has no effect beside ETHx_ or PCIx_ variables, which describe each NIC'
    problems.push({...placeOf(disc, variable), code: 'value-ignored', message})
  }
  return {}
}

/** Reads who carries out what netplan reads. */
export function parseRenderer(text: string): NetplanRenderer | undefined {
  return (['networkd', 'NetworkManager'] as const).find(name => name.toLowerCase() === text.toLowerCase())
}

function readRenderer(values: NicValues): NetplanRenderer | undefined {
  const cost = 'what is in charge here is taken'
  return values.read(['NETCFG_NETPLAN_RENDERER'], parseRenderer, 'networkd or NetworkManager', cost).value
}

/** `http://169.254.16.9:5030`: an address of the link, for which the guest needs a route of its own. */
function readOneGate(variables: Variables): string | undefined {
  const url = pickVariable(variables, 'ONEGATE_ENDPOINT')?.value.trim() ?? ''
  const address = parseAddress(/^[a-z]+:\/\/([^/:]+)/i.exec(url)?.[1] ?? '')
  return address?.startsWith('169.254.') ? address : undefined
}
