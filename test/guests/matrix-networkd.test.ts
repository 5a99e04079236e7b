// The matrix before systemd-networkd itself: the agent writes the files in a guest, the real networkd reads them, and
// the kernel is compared with what the feature asks for.

import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, describe, test} from 'node:test'
import {type Feature, features, formatContext} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {rootsWithManagers, serve, wires} from './managers.ts'
import {expectNetwork} from './network-state.ts'
import {
  expectNames,
  readComplaints,
  readLog,
  resetGuest,
  startBus,
  startNetworkd,
  startNetworkdGuest,
  waitOnline,
} from './networkd-guest.ts'

const guests = skipWithoutGuest('namespace')
const contextPath = '/context/context.sh'

/** Without PCI and without 802.1Q there is no more to see than that networkd understands the files; machines boot. */
const canRun = (feature: Feature) => feature.needs === undefined && feature.name !== 'pci'

/** Where something must not come of the router's word, the link has to be configured before it is looked at. */
function mustSettle({name}: Feature): boolean {
  return ['dual-stack', 'ipv6-disabled', 'ipv6-static-beside-a-router'].includes(name)
}

for (const recipe of rootsWithManagers) {
  describe(`networkd of Debian ${recipe.suite}`, guests, () => {
    for (const wire of wires) {
      describe(`with ${wire ?? 'nobody'} on the wire`, () => {
        let guest: Guest
        before(async () => {
          guest = await startNetworkdGuest(recipe)
          await serve(guest, wire)
        })
        after(() => guest?.[Symbol.asyncDispose]())
        for (const feature of features.filter(each => each.wire === wire && canRun(each))) {
          test(feature.name, async () => {
            await resetGuest(guest)
            await boot(guest, feature)
            await expectNetwork(guest, feature)
            if (mustSettle(feature)) {
              await waitOnline(guest)
              await expectNetwork(guest, feature, 0)
            }
            assert.deepEqual(await readComplaints(guest), [])
            await expectNames(guest, feature)
            await expectMethod6(guest, feature)
          })
        }
      })
    }

    test('it understands every file of the matrix, and says so when it does not', async () => {
      await using guest = await startNetworkdGuest(recipe)
      for (const [path, text] of readExpectedFiles()) await guest.writeFile(path, text)
      const bogus = '/etc/systemd/network/99-bogus.network'
      await guest.writeFile(bogus, '[Match]\nName=none0\n[Network]\nBogus=1\n')
      await startNetworkd(guest)
      await guest.expect(['sh', '-c', 'until test -e /run/systemd/netif/state; do sleep 0.1; done'])
      const complaints = await readComplaints(guest)
      assert.match(complaints.filter(line => line.startsWith(`${bogus}:`)).join('\n'), /Bogus/)
      assert.deepEqual(
        complaints.filter(line => !line.startsWith(`${bogus}:`)),
        [],
      )
    })

    test('after boot only what changed is configured anew', async () => {
      await using guest = await startNetworkdGuest(recipe)
      await startBus(guest)
      const eth1 = {ETH1_IP: '10.0.0.5', ETH1_MASK: '255.0.0.0'}
      const described = (variables: Record<string, string>): Feature => {
        const {ETH0_IP6} = variables
        const addresses: Record<string, string[]> = {eth0: [`${variables.ETH0_IP}/24`]}
        if (ETH0_IP6 !== undefined) addresses.eth0!.push(`${ETH0_IP6}/64`)
        if (variables.ETH1_IP !== undefined) addresses.eth1 = ['10.0.0.5/8']
        return {name: 'after boot', variables, kernel: {addresses, routes: []}}
      }
      const more = {ETH0_IP6: '2001:db8::5', ETH0_DNS: '192.168.0.53'}
      const first = described({ETH0_IP: '192.168.0.5', ...more, ...eth1})
      await boot(guest, first)
      await expectNetwork(guest, first)

      const mark = (await readLog(guest)).length
      const second = described({ETH0_IP: '192.168.0.77', ...eth1})
      await guest.writeFile(contextPath, formatContext(second))
      const said = await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
      assert.match(said, /networkctl reload/)
      await expectNetwork(guest, second)
      assert.doesNotMatch(await guest.readFile('/run/systemd/netif/state'), /^DNS=/m)
      assert.doesNotMatch((await readLog(guest)).slice(mark), /^eth1: .*(onfiguring|Bringing link down)/m)

      const third = described({ETH0_IP: '192.168.0.77'})
      await guest.writeFile(contextPath, formatContext(third))
      await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
      await expectNetwork(guest, third)
    })
  })
}

async function boot(guest: Guest, feature: Feature): Promise<void> {
  await guest.writeFile(contextPath, formatContext(feature))
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await startNetworkd(guest)
}

/** No router's word will be taken: neither by the kernel, nor by networkd, which says so when it listens. */
async function expectMethod6(guest: Guest, {name, variables}: Feature): Promise<void> {
  const isDisabled = variables.ETH0_IP6_METHOD === 'disable'
  if (isDisabled) assert.equal(await guest.expect(['ip', '-6', 'address', 'show', 'dev', 'eth0']), '')
  if (isDisabled || name === 'ipv6-static-beside-a-router') {
    assert.equal(await guest.readFile('/proc/sys/net/ipv6/conf/eth0/accept_ra'), '0\n')
    assert.doesNotMatch(await readLog(guest), /^eth0: .*NDISC/m)
  }
}

/** The files that the matrix expects, each feature's under names of its own. */
function readExpectedFiles(): [path: string, text: string][] {
  const directory = join(import.meta.dirname, '../matrix/expected/networkd')
  return readdirSync(directory).flatMap(file => {
    const parts = readFileSync(join(directory, file), 'utf8').split(/^== /m)
    return parts.flatMap((part): [string, string][] => {
      const [, path, text] = /^(\/etc\/systemd\/network\/\S+)\n([\s\S]*)$/.exec(part) ?? []
      if (path === undefined) return []
      return [[path.replace('05-vmcontext', `05-vmcontext-${file.replace('.txt', '')}`), text!]]
    })
  })
}
