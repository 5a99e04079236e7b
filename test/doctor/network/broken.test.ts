// Broken guests, of the network: looked at as an image, where nothing runs and nobody answers.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {assertHealthy, brokenGuest, makeGuest, skipWithoutRoot, type TreeGuest} from '../broken-guest.ts'
import {cards} from '../healthy-root.ts'

test('the MAC of another card', skipWithoutRoot, async t => {
  await brokenGuest(t, {
    break: guest => guest.insertDisc({variables: {ETH0_MAC: '02:00:c0:a8:00:06'}}),
    firstWrong: 'nics',
    causeMatches:
      /context\.sh:3:ETH0_MAC no card has this MAC, 02:00:c0:a8:00:06: eth0 has 02:00:c0:a8:00:05, and gets nothing/,
    cureMatches: /ETH0_MAC='02:00:c0:a8:00:05' in the context, or 02:00:c0:a8:00:06 for the card/,
    cure: guest => guest.insertDisc({variables: {ETH0_MAC: cards.eth0}}),
  })
})

test('a gateway off its subnet', skipWithoutRoot, async t => {
  await brokenGuest(t, {
    break: guest => guest.insertDisc({variables: {ETH0_GATEWAY: '192.168.1.1'}}),
    firstWrong: 'gateways',
    causeMatches:
      /context\.sh:6:ETH0_GATEWAY 192\.168\.1\.1 lies outside of 192\.168\.0\.0\/24, the subnet of eth0, so most/,
    cureMatches: /make address, mask and gateway go together/,
    cure: guest => guest.insertDisc(),
  })
})

for (const [what, gateway, words] of [
  ['the address of another card', '10.0.1.5', /^10\.0\.1\.5, the gateway of eth0, is the address of eth1/],
  ['the broadcast address', '192.168.0.255', /is the broadcast address with \/24: nobody answers/],
  ['the network itself', '192.168.0.0', /is the network's own address with \/24: nobody answers/],
  ['its own address', '192.168.0.5', /^this is the address of the NIC itself: no default route/],
] as const) {
  test(`a gateway that is ${what}`, skipWithoutRoot, async t => {
    const guest = await makeGuest(t, {variables: {ETH0_GATEWAY: gateway}})
    const problems = await findProblems(guest, 'gateways')
    assert.match(problems[0]?.message ?? '', words)
    assert.equal(problems[0]?.weight, 'failure')
    assert.equal(problems[0]?.key, 'ETH0_GATEWAY')
  })
}

test('two default routes of one metric', skipWithoutRoot, async t => {
  const variables = {ETH0_METRIC: '100', ETH1_METRIC: '100', ETH1_GATEWAY: '10.0.1.1'}
  const [problem] = await findProblems(await makeGuest(t, {variables}), 'gateways')
  assert.match(problem?.message ?? '', /of eth0 and eth1 both have the metric 100: only one of them holds/)
  const mended = {...variables, ETH1_METRIC: '200'}
  assert.deepEqual(await findProblems(await makeGuest(t, {variables: mended}), 'gateways'), [])
})

test('a /32 with its gateway beyond is meant so', skipWithoutRoot, async t => {
  const variables = {ETH0_MASK: '255.255.255.255', ETH0_GATEWAY: '192.168.1.1'}
  assert.deepEqual(await findProblems(await makeGuest(t, {variables}), 'gateways'), [])
})

test('two cards in one subnet are worth a note', skipWithoutRoot, async t => {
  const guest = await makeGuest(t, {variables: {ETH1_IP: '192.168.0.6'}})
  const [note] = await findProblems(guest, 'gateways')
  assert.match(note?.message ?? '', /^eth0 and eth1 are both in 192\.168\.0\.0\/24/)
  assert.equal(note?.weight, 'note')
})

const networkManager = {
  'usr/sbin/NetworkManager': 'a program',
  'usr/lib/systemd/system/NetworkManager.service': '[Unit]\n',
}
const wants = 'etc/systemd/system/multi-user.target.wants'

test('NetworkManager in charge, and the network written for ifupdown', skipWithoutRoot, async t => {
  const guest = await makeGuest(t, {files: networkManager})
  await guest.boot()
  await assertHealthy(guest, 'with ifupdown in charge')
  guest.remove(`${wants}/networking.service`)
  guest.put(`${wants}/NetworkManager.service`, '->/usr/lib/systemd/system/NetworkManager.service')
  const {report, text} = await guest.examine()
  const first = report.checks.find(({outcome}) => outcome === 'wrong' || outcome === 'warning')
  assert.equal(first?.id, 'manager', text)
  const [problem] = first.problems
  assert.equal(problem?.file, '/etc/network/interfaces')
  assert.match(
    problem.message,
    /^eth0 and eth1 are defined here for ifupdown: NetworkManager is in charge and leaves alone/,
  )
  assert.match(problem.cure ?? '', /run `vmcontext boot --only network`/)
  await guest.boot('--only', 'network')
  await assertHealthy(guest, 'once it is mended')
  assert.match(
    guest.read('etc/NetworkManager/system-connections/vmcontext-eth0.nmconnection'),
    /192\.168\.0\.5/,
  )
})

test(
  'two managers that have a card each are no fault, and both for one card are doubtful',
  skipWithoutRoot,
  async t => {
    const guest = await makeGuest(t, {
      files: {
        ...networkManager,
        [`${wants}/NetworkManager.service`]: '->/usr/lib/systemd/system/NetworkManager.service',
        'etc/NetworkManager/system-connections/lab.nmconnection':
          '[connection]\nid=lab\ntype=ethernet\ninterface-name=eth1\n[ipv4]\nmethod=auto\n',
      },
      variables: {ETH1_MAC: undefined, ETH1_IP: undefined, ETH1_MASK: undefined},
    })
    await guest.boot()
    assert.deepEqual(await findProblems(guest, 'manager'), [])
    guest.put(
      'etc/network/interfaces',
      `${guest.read('etc/network/interfaces')}\nauto eth1\niface eth1 inet dhcp\n`,
    )
    const [problem] = await findProblems(guest, 'manager')
    assert.match(
      problem?.message ?? '',
      /^eth1 is defined here for NetworkManager: .* both have a hand in it$/,
    )
  },
)

test('NETCFG_TYPE that has the network written for who is not in charge', skipWithoutRoot, async t => {
  await brokenGuest(t, {
    isNew: true,
    break: guest => guest.put('etc/vmcontext.conf', '# ours\nNETCFG_TYPE=networkd\n'),
    firstWrong: 'manager',
    causeMatches:
      /vmcontext\.conf:2:NETCFG_TYPE this has the network written for systemd-networkd, which is not installed: ifupdown is in charge/,
    cureMatches: /take NETCFG_TYPE out/,
    cure: guest => guest.put('etc/vmcontext.conf', '# ours\n'),
  })
})

test('a service of the network that nothing starts', skipWithoutRoot, async t => {
  const path = `${wants}/networking.service`
  await brokenGuest(t, {
    break: guest => guest.remove(path),
    firstWrong: 'manager',
    causeMatches: /nothing starts ifupdown when this guest boots/,
    cureMatches: /systemctl enable networking/,
    cure: guest => guest.put(path, '->/usr/lib/systemd/system/networking.service'),
  })
})

test('an image without cards says that they are not to be seen', skipWithoutRoot, async t => {
  const guest = await makeGuest(t)
  guest.remove('sys/class/net')
  const [note, ...others] = await findProblems(guest, 'nics')
  assert.match(note?.message ?? '', /^the cards of an image are not to be seen/)
  assert.deepEqual(others, [])
})

for (const [why, variables, words] of [
  ['METHOD=skip', {ETH0_METHOD: 'skip'}, /eth0 02:00:c0:a8:00:05: nothing, ETH0_METHOD=skip keeps hands off/],
  ['NETWORK=NO', {NETWORK: 'NO'}, /nothing, NETWORK=NO in the context keeps the network as it is/],
  ['no address', {ETH1_IP: undefined}, /eth1 02:00:0a:00:01:05: nothing, ETH1 gives it no address/],
  [
    'a MAC that is none',
    {ETH1_MAC: 'x'},
    /eth1 02:00:0a:00:01:05: nothing, no ETHx_MAC of the context is its/,
  ],
] as const) {
  test(`why a card gets nothing: ${why}`, skipWithoutRoot, async t => {
    const guest = await makeGuest(t, {variables})
    const {report} = await guest.examine('--only', 'nics')
    assert.match(report.checks[0]!.facts.join('\n'), words)
  })
}

test('an escape in a context reaches no terminal', skipWithoutRoot, async t => {
  const guest = await makeGuest(t, {variables: {ETH0_GATEWAY: '\x1b[31m192.168.1.1'}})
  const {text} = await guest.examine()
  assert.doesNotMatch(text, /\x1b/)
})

async function findProblems(guest: TreeGuest, check: string) {
  const {report} = await guest.examine('--only', check)
  return report.checks[0]!.problems
}
