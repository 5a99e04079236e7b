// The addresses of a network of OpenNebula 2.2: a list (TYPE = FIXED, src/vnm/FixedLeases.cc) or all hosts of a network
// (TYPE = RANGED, src/vnm/RangedLeases.cc).

import type {Problem} from '../../problem.ts'
import {formatIpv4, formatMacNumbers, type Mac, macOf, parseIpv4, parseMacNumbers} from './addresses.ts'
import type {Lease, Range} from './range.ts'
import {findSingle, findVectors, placeOf, type Template, type Vector, valueIn} from './template.ts'

/** Reads them; bad ones are left out, with a problem. */
export function readOldRanges(template: Template, problems: Problem[]): Range[] {
  const type = findSingle(template, 'TYPE')?.text.toUpperCase()
  const isRanged =
    type === 'RANGED' || (type === undefined && findSingle(template, 'NETWORK_ADDRESS') !== undefined)
  const range = isRanged ? readHosts(template, problems) : readList(template, problems)
  return range === undefined ? [] : [range]
}

type Address = {ip: number; mac: Mac}

/** Addresses are given in their order, not in that of the file. */
function readList(template: Template, problems: Problem[]): Range | undefined {
  const found = new Map<number, Mac>()
  for (const vector of findVectors(template, 'LEASES')) {
    const address = readAddress(template, vector, problems)
    if (address !== undefined && !found.has(address.ip)) found.set(address.ip, address.mac)
  }
  const addresses = [...found].map(([ip, mac]) => ({ip, mac})).sort((one, other) => one.ip - other.ip)
  return addresses.length === 0
    ? undefined
    : createRange(
        addresses.length,
        index => addresses[index]!,
        ip => addresses.findIndex(address => address.ip === ip),
      )
}

function readAddress(template: Template, vector: Vector, problems: Problem[]): Address | undefined {
  const [ip, written] = [parseIpv4(valueIn(vector, 'IP')), valueIn(vector, 'MAC')]
  const mac = written === '' ? macOf(ip ?? 0) : parseMacNumbers(written)
  if (ip !== undefined && mac !== undefined) return {ip, mac}
  const wrong = ip === undefined ? 'IP' : 'MAC'
  const place = placeOf(template, vector.nameOffset)
  problems.push({
    code: 'template-doubtful',
    ...place,
    key: 'LEASES',
    message: `its ${wrong} is none; the lease is left out`,
  })
  return undefined
}

const classes: Record<string, number> = {B: 65_534, C: 254}
/** NETWORK_SIZE of oned.conf. */
const defaultSize = 254

function readHosts(template: Template, problems: Problem[]): Range | undefined {
  const given = findSingle(template, 'NETWORK_ADDRESS')
  const address = parseIpv4(given?.text ?? '')
  if (address === undefined) {
    const place = given === undefined ? {file: template.file} : placeOf(template, given.offset)
    problems.push({
      code: 'template-doubtful',
      ...place,
      key: 'NETWORK_ADDRESS',
      message: 'this is no address; the network has none to give',
    })
    return undefined
  }
  const written = findSingle(template, 'NETWORK_SIZE')?.text.toUpperCase() ?? ''
  const size = classes[written] ?? (Number.parseInt(written, 10) || defaultSize)
  const span = 2 ** Math.ceil(Math.log2(size + 2))
  const network = address - (address % span)
  const hostAt = (index: number) => ({ip: network + 1 + index, mac: macOf(network + 1 + index)})
  // One that is asked for may be any of the network, also behind the last that is given of itself.
  return createRange(span, hostAt, ip => ip - network - 1)
}

function createRange(
  size: number,
  addressAt: (index: number) => Address,
  indexOfIp: (ip: number) => number,
): Range {
  return {
    size,
    taken: new Set(),
    leaseAt: index => leaseOf(addressAt(index)),
    indexOf({attribute, value}) {
      const ip = attribute === 'IP' ? parseIpv4(value) : undefined
      return ip === undefined ? undefined : indexOfIp(ip)
    },
  }
}

function leaseOf({ip, mac}: Address): Lease {
  return new Map([
    ['IP', formatIpv4(ip)],
    ['MAC', formatMacNumbers(mac)],
  ])
}
