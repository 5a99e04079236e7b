// Random contexts and the real NetworkManager: it takes every profile, and what it understood is what was meant.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {rounds, tried} from '../campaign/rounds.ts'
import {openGuest} from '../network/random-guest.ts'
import {chooseSeed} from '../random.ts'
import {type ConsumerCase, makeCases, tellCase, unpackCases} from './consumer-cases.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {rootsWithManagers, startGuestWith, startNetworkManager} from './managers.ts'
import {defaultOf, meantBy, routeLine, sortLines} from './understood.ts'

const seed = chooseSeed()
const count = rounds(150, 10_000)
const batch = 250
const directory = '/etc/NetworkManager/system-connections'

describe('random contexts in NetworkManager', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  for (const recipe of rootsWithManagers) {
    test(`NetworkManager of Debian ${recipe.suite} understands what is meant, VMCONTEXT_SEED=${seed}`, async t => {
      const plan = openGuest('nm')
      let next = seed
      for (let done = 0; done < count; done += batch) {
        const cases = makeCases(plan, next, Math.min(batch, count - done))
        next = cases.at(-1)!.seed + 1
        await using guest = await startGuestWith('NetworkManager', recipe, {})
        await check(guest, cases)
      }
      tried(t, count, `random contexts read by NetworkManager of Debian ${recipe.suite}`)
    })
  }
})

const keys = [
  'connection.id',
  '802-3-ethernet.mtu',
  ...['4', '6'].flatMap(version =>
    ['method', 'addresses', 'gateway', 'route-metric', 'routes', 'dns', 'dns-search'].map(
      key => `ipv${version}.${key}`,
    ),
  ),
]

/** Every device has a name and a MAC of its own, so that all profiles go into one directory. */
async function check(guest: Guest, cases: readonly ConsumerCase[]): Promise<void> {
  await unpackCases(guest, cases)
  await guest.expect(['sh', '-ec', `cp /cases/*${directory}/* ${directory}/ && chmod 600 ${directory}/*`])
  await startNetworkManager(guest)
  const list = 'nmcli -t -f UUID,NAME connection show | sed -n "s/:vmcontext .*//p"'
  const show = `${list} | xargs -n 100 nmcli -t --escape no -f ${keys.join(',')} connection show uuid`
  const output = await guest.expect(['sh', '-c', show.replace(' uuid', '')])
  const profiles = readProfiles(output)
  for (const one of cases) {
    const texts = Object.keys(one.files).flatMap(
      path => /\/vmcontext-(.*)\.nmconnection$/.exec(path)?.[1] ?? [],
    )
    const understood = texts.flatMap(device => {
      const profile = profiles.get(device)
      assert.ok(profile !== undefined, `the profile of ${device} is not taken: ${tellCase(one)}`)
      return readProfile(device, profile)
    })
    const isName = (line: string) => / (dns|search) /.test(line)
    const rest = understood.filter(line => !isName(line))
    assert.deepEqual(sortLines(rest), meantByManager(one), tellCase(one))
    // A name server of a family that its NIC has not stands at another one.
    const {dns, searchDomains} = one.network
    const names = understood.filter(isName).map(line => line.split(' ')[2]!)
    assert.deepEqual(
      names.filter(name => ![...dns, ...searchDomains].includes(name)),
      [],
      tellCase(one),
    )
  }
}

type Profile = ReadonlyMap<string, string>

function readProfiles(output: string): Map<string, Profile> {
  const parts = output.split(/^(?=connection\.id:)/m).filter(part => part.startsWith('connection'))
  return new Map(
    parts.map(part => {
      const pairs = part.split('\n').flatMap(line => {
        const [, key, value] = /^([^:]+):(.*)$/.exec(line) ?? []
        return key === undefined ? [] : [[key, value ?? ''] as const]
      })
      const profile = new Map(pairs)
      return [profile.get('connection.id')!.replace('vmcontext ', ''), profile]
    }),
  )
}

function readProfile(device: string, profile: Profile): string[] {
  const mtu = profile.get('802-3-ethernet.mtu') ?? ''
  return [
    ...(/^[1-9]/.test(mtu) ? [`${device} mtu ${mtu}`] : []),
    ...(profile.get('ipv4.method') === 'auto' ? [`${device} dhcp4`] : []),
    ...['ipv4', 'ipv6'].flatMap(family => {
      const get = (key: string) => profile.get(`${family}.${key}`) ?? ''
      const list = (key: string) =>
        get(key)
          .split(/[,;] */)
          .filter(text => text !== '' && text !== '--')
      const [gateway] = list('gateway')
      const metric = get('route-metric')
      return [
        ...list('addresses').map(address => `${device} address ${address}`),
        ...(gateway === undefined
          ? []
          : [routeLine(device, defaultOf(gateway), gateway, metric === '-1' ? undefined : metric)]),
        ...readRoutes(device, get('routes')),
        ...list('dns').map(server => `${device} dns ${server}`),
        ...list('dns-search').map(domain => `${device} search ${domain}`),
      ]
    }),
  ]
}

/** `10.0.0.0/8 10.1.0.1 7 onlink=true, …`. */
function readRoutes(device: string, text: string): string[] {
  return text
    .split(', ')
    .filter(Boolean)
    .flatMap(route => {
      const words = route.split(' ').filter(word => !word.includes('='))
      const [to = '', second, third] = words
      const via = second !== undefined && /[.:]/.test(second) ? second : undefined
      const metric = via === undefined ? second : third
      return [routeLine(device, to, via, metric)]
    })
}

/** The default route without a metric is made the first: 99. */
function meantByManager({network}: ConsumerCase): string[] {
  const withMetric = network.nics.map(nic => {
    const first = <T extends typeof nic.ipv4 | typeof nic.ipv6>(family: T): T => {
      return family?.gateway === undefined
        ? family
        : {...family, gateway: {...family.gateway, metric: family.gateway.metric ?? 99}}
    }
    return {...nic, ipv4: first(nic.ipv4), ipv6: first(nic.ipv6)}
  })
  return meantBy({...network, nics: withMetric})
}
