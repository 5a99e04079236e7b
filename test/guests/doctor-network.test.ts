// The doctor before a running guest: what was broken by hand is what it names first, nothing that only follows from it
// is told beside it, and its cure makes the guest right.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {execPath} from 'node:process'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]
const variables = {
  ETH0_IP: '192.168.0.5',
  ETH0_GATEWAY: '192.168.0.1',
  ETH0_DNS: '192.168.0.1',
  ETH1_IP: '10.0.0.5',
}
const checks = ['manager', 'nics', 'gateways', 'addresses', 'gateway-answers', 'name-servers', 'duplicates']

type Wrong = {check: string; weight: string; message: string; cure?: string}

// Most of their time they wait for an answer that does not come.
const options = {...skipWithoutGuest('namespace'), concurrency: 3}

describe('the doctor before a running guest', options, () => {
  test('finds nothing where nothing is wrong', async () => {
    await using guest = await startRunning()
    assert.deepEqual(await examine(guest), [])
  })

  test('changes nothing', async () => {
    await using guest = await startRunning()
    const before = await guest.listing('/etc', '/var', '/run', '/root')
    await examine(guest)
    assert.equal(await guest.listing('/etc', '/var', '/run', '/root'), before)
  })

  test('looks as an ordinary user too, and says what only root may ask', async () => {
    await using guest = await startRunning()
    const command = 'exec setpriv --reuid 65534 --regid 65534 --clear-groups vmcontext doctor "$@"'
    const {stdout} = await guest.run(['sh', '-c', command, 'sh', ...only(checks)])
    assert.match(stdout, /only root may ask by ARP/)
    assert.match(stdout, /192\.168\.0\.1 answers/)
  })

  test('an address that was taken away by hand', async () => {
    await using guest = await startRunning()
    await guest.expect(['ip', 'address', 'del', '192.168.0.5/24', 'dev', 'eth0'])
    const problem = await findOnly(guest, 'addresses', /^eth0 does not have 192\.168\.0\.5\/24$/)
    await followCommands(guest, problem)
  })

  test('another address than the one of the context', async () => {
    await using guest = await startRunning()
    await guest.expect(['ip', 'address', 'del', '192.168.0.5/24', 'dev', 'eth0'])
    await guest.expect(['ip', 'address', 'add', '192.168.0.9/24', 'dev', 'eth0'])
    const words = /^eth0 does not have 192\.168\.0\.5\/24 but 192\.168\.0\.9\/24$/
    await followCommands(guest, await findOnly(guest, 'addresses', words))
  })

  test('a card that was taken down', async () => {
    await using guest = await startRunning()
    await guest.expect(['ip', 'link', 'set', 'eth0', 'down'])
    await followCommands(guest, await findOnly(guest, 'addresses', /^eth0 is down$/))
  })

  test('a default route that was taken away', async () => {
    await using guest = await startRunning()
    await guest.expect(['ip', 'route', 'del', 'default'])
    const words = /^the default route by 192\.168\.0\.1 on eth0 is not there$/
    await followCommands(guest, await findOnly(guest, 'addresses', words))
  })

  test('an MTU that somebody has changed', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_MTU: '1400'}})
    await guest.expect(['ip', 'link', 'set', 'eth0', 'mtu', '1500'])
    const words = /^eth0 has an MTU of 1500, and should have 1400$/
    await followCommands(guest, await findOnly(guest, 'addresses', words))
  })

  test('a context that has changed since', async () => {
    await using guest = await startRunning()
    await guest.writeFile(
      '/context/context.sh',
      formatContext({variables: {...variables, ETH1_IP: '10.0.0.6'}}),
    )
    const words =
      /^eth1 does not have 10\.0\.0\.6\/24 but 10\.0\.0\.5\/24, for what the context says is not in/
    await followCommands(guest, await findOnly(guest, 'addresses', words))
  })

  test('a default route of somebody else that comes first', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_METRIC: '50'}})
    await guest.expect(['ip', 'route', 'add', 'default', 'via', '10.0.0.1', 'dev', 'eth1'])
    const words = /^the default route by 10\.0\.0\.1 on eth1, which the context does not name, comes before/
    await findOnly(guest, 'addresses', words)
  })

  test('an IPv6 address that somebody else on the wire has', async () => {
    const ipv6 = {ETH0_IP6: '2001:db8::5', ETH0_IP6_GATEWAY: '2001:db8::1'}
    await using guest = await startRunning({variables: {...variables, ...ipv6}})
    await guest.expectOnWire(['ip', 'address', 'add', '2001:db8::1/64', 'dev', 'wire0', 'nodad'])
    assert.deepEqual(await examine(guest), [])
    await guest.expectOnWire(['ip', 'address', 'add', '2001:db8::5/64', 'dev', 'wire0', 'nodad'])
    await guest.expect(['ip', 'address', 'del', '2001:db8::5/64', 'dev', 'eth0'])
    await guest.expect(['ip', 'address', 'add', '2001:db8::5/64', 'dev', 'eth0'])
    await guest.expect(['sh', '-c', 'until ip address show dev eth0 | grep -q dadfailed; do sleep 0.1; done'])
    const all = await examine(guest)
    const words = /^2001:db8::5 of eth0 is there twice: somebody else on the link has it/
    assert.ok(
      all.some(({check, message}) => check === 'duplicates' && words.test(message)),
      JSON.stringify(all),
    )
  })

  test('a cable that is out', async () => {
    await using guest = await startRunning()
    await guest.expectOnWire(['ip', 'link', 'set', 'wire0', 'down'])
    const problem = await findOnly(guest, 'addresses', /^eth0 has no carrier/)
    assert.match(problem.cure ?? '', /see on the host/)
    await guest.expectOnWire(['ip', 'link', 'set', 'wire0', 'up'])
    assert.deepEqual(await examine(guest), [])
  })

  test('a gateway that does not answer, which is its name server as well', async () => {
    await using guest = await startRunning()
    await guest.expectOnWire(['ip', 'address', 'del', '192.168.0.1/24', 'dev', 'wire0'])
    const words = /^192\.168\.0\.1, the gateway of eth0, does not answer on the link$/
    await findOnly(guest, 'gateway-answers', words)
    await guest.expectOnWire(['ip', 'address', 'add', '192.168.0.1/24', 'dev', 'wire0'])
    assert.deepEqual(await examine(guest), [])
  })

  test('a name server that is dead', async () => {
    await using guest = await startRunning({variables, hasNameServer: false})
    await findOnly(guest, 'name-servers', /^the name server 192\.168\.0\.1 does not answer: nobody listens/)
    await startNameServer(guest)
    assert.deepEqual(await examine(guest), [])
  })

  test('a dead name server before one that serves', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_DNS: '10.0.0.1 192.168.0.1'}})
    await guest.expectOnWire(['ip', 'address', 'del', '10.0.0.1/24', 'dev', 'wire1'])
    const [first, ...others] = await examine(guest)
    assert.deepEqual(others, [])
    assert.equal(first?.weight, 'warning')
    assert.match(first.message, /^the name server 10\.0\.0\.1 does not answer: .*; each look-up may wait 5 s/)
  })

  test('a resolv.conf that leads nowhere', async () => {
    await using guest = await startRunning()
    await guest.expect(['ln', '-sf', '../run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf'])
    const problem = await findOnly(
      guest,
      'name-servers',
      /^this is a link to .*stub-resolv\.conf, which is not/,
    )
    assert.match(problem.cure ?? '', /remove the link and run `vmcontext boot --only network`/)
    await guest.expect(['rm', '/etc/resolv.conf'])
    await guest.expect(['vmcontext', 'boot', '--only', 'network'])
    assert.deepEqual(await examine(guest), [])
  })

  test('an address that somebody else on the wire has', async () => {
    await using guest = await startRunning()
    await joinTwin(guest)
    const problem = await findOnly(
      guest,
      'duplicates',
      /^192\.168\.0\.5 of eth0 is there twice: 02:00:00:00:00:99/,
    )
    assert.match(problem.cure ?? '', /give one of the two another address/)
    await guest.expectOnWire(['ip', 'link', 'set', 'twin', 'down'])
    assert.deepEqual(await examine(guest), [])
  })

  test('two cards of this guest on one wire answer for each other, and are no twins', async () => {
    await using guest = await startRunning({variables: {...variables, ETH1_IP: '192.168.0.6'}})
    const script = `
      ip link add bridge type bridge && ip link set bridge up
      ip address del 192.168.0.1/24 dev wire0 && ip address add 192.168.0.1/24 dev bridge
      ip link set wire0 master bridge && ip link set wire1 master bridge`
    await guest.expectOnWire(['sh', '-ec', script])
    assert.deepEqual(await examine(guest), [])
  })

  test('a card that somebody has put into a bridge', async () => {
    const described = {ETH0_MAC: nics[0]!.mac, ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1'}
    await using guest = await startRunning({variables: {...described, ETH0_DNS: '192.168.0.1'}})
    const script = `
      ip link add br0 type bridge && ip address flush dev eth0 && ip link set eth0 master br0
      ip link set br0 up && ip address add 192.168.0.5/24 dev br0 && ip route add default via 192.168.0.1`
    await guest.expect(['sh', '-ec', script])
    const problem = await findOnly(
      guest,
      'nics',
      /^eth0 has this MAC and is part of br0, which somebody else/,
    )
    assert.match(problem.cure ?? '', /^ETH0_METHOD=skip in the context/)
    await guest.writeFile(
      '/context/context.sh',
      formatContext({variables: {...described, ETH0_METHOD: 'skip'}}),
    )
    assert.deepEqual(await examine(guest), [])
  })

  test('a default route of the owner, where the context has none, is a way out', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_GATEWAY: ''}})
    const [first, ...others] = await examine(guest)
    assert.deepEqual(others, [])
    assert.match(first?.message ?? '', /^no card has a gateway/)
    await guest.expect(['ip', 'route', 'add', 'default', 'dev', 'eth1'])
    assert.deepEqual(await examine(guest), [])
  })

  test('behind a tunnel nobody answers to ARP, and that is no fault', async () => {
    await using guest = await startRunning({variables: {...variables, ETH1_IP: ''}})
    const script = `
      ip link set eth1 arp off up && ip address add 10.8.0.2/24 dev eth1
      ip route add default via 10.8.0.1 dev eth1 metric 50`
    await guest.expect(['sh', '-ec', script])
    assert.deepEqual(await examine(guest), [])
  })

  test('a name where the address of a name server should be', async () => {
    await using guest = await startRunning()
    await guest.writeFile('/etc/resolv.conf', 'nameserver dns.example.org\nnameserver 192.168.0.1\n')
    await findOnly(guest, 'name-servers', /^the name server dns\.example\.org is no address, so it is passed/)
  })

  test('a name server of the context in another spelling is the same', async () => {
    const ipv6 = {ETH0_IP6: '2001:db8::5', ETH0_DNS: '2001:db8::1'}
    await using guest = await startRunning({variables: {...variables, ...ipv6}})
    await guest.writeFile('/etc/resolv.conf', 'nameserver 2001:0DB8:0::1\n')
    assert.doesNotMatch(JSON.stringify(await examine(guest)), /is not asked here/)
  })

  test('a network that the agent leaves alone has the name servers of somebody else', async () => {
    await using guest = await startRunning()
    await guest.writeFile('/etc/vmcontext.conf', 'STEPS_OFF=network\n')
    await guest.writeFile('/etc/resolv.conf', 'nameserver 10.0.0.1\n')
    assert.deepEqual(await examine(guest), [])
  })

  test('a gateway off the subnet that does not answer', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_GATEWAY: '192.168.1.1'}})
    const first = await findOnly(
      guest,
      'gateways',
      /^192\.168\.1\.1 lies outside of 192\.168\.0\.0\/24, .*, and does not answer there$/,
    )
    assert.match(first.cure ?? '', /make address, mask and gateway go together/)
    await change(guest, variables)
    assert.deepEqual(await examine(guest), [])
  })

  test('a gateway off the subnet that answers is no fault', async () => {
    await using guest = await startRunning({variables: {...variables, ETH0_GATEWAY: '192.168.1.1'}})
    await guest.expectOnWire(['ip', 'address', 'add', '192.168.1.1/32', 'dev', 'wire0'])
    assert.deepEqual(await examine(guest), [])
  })

  test('the MAC of another card', async () => {
    await using guest = await startRunning({
      variables: {...variables, ETH0_MAC: '02:00:c0:a8:00:06', ETH1_MAC: nics[1]!.mac},
    })
    const words = /^no card has this MAC, 02:00:c0:a8:00:06: eth0 has 02:00:c0:a8:00:05/
    await findOnly(guest, 'nics', words)
    await change(guest, {...variables, ETH0_MAC: nics[0]!.mac, ETH1_MAC: nics[1]!.mac})
    assert.deepEqual(await examine(guest), [])
  })

  test('a network service that has not run', async () => {
    await using guest = await startGuest({nics})
    await guest.writeFile('/context/context.sh', formatContext({variables}))
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    await startNameServer(guest)
    const [first] = await examine(guest)
    assert.equal(first?.check, 'manager')
    assert.match(first.message, /^ifupdown has not run in this boot/)
    assert.match(first.cure ?? '', /run `\/etc\/init\.d\/networking start`/)
    await guest.expect(['/etc/init.d/networking', 'start'])
    assert.deepEqual(await examine(guest), [])
  })
})

type Running = {variables: Readonly<Record<string, string>>; hasNameServer?: boolean}

/** A guest whose network service has run, and what answers at the far ends of its cards. */
async function startRunning({variables: context, hasNameServer = true}: Running = {variables}) {
  const guest = await startGuest({nics})
  await guest.writeFile('/context/context.sh', formatContext({variables: context}))
  await guest.run(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  if (hasNameServer) await startNameServer(guest)
  return guest
}

async function startNameServer(guest: Guest): Promise<void> {
  await guest.startOnWire([execPath, join(import.meta.dirname, 'ptr-server.ts'), '0161'])
  // UDP, port 53, as the kernel lists it.
  const isBound = 'until grep -q ":0035 " /proc/net/udp; do sleep 0.1; done'
  await guest.expectOnWire(['sh', '-c', isBound])
}

/** A bridge in front of eth0 on which another machine has its address too. */
async function joinTwin(guest: Guest): Promise<void> {
  const script = `
    setpriv --pdeathsig KILL unshare --net sleep 1000 & pid=$!
    until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
    ip link add twin type veth peer name far netns $pid address 02:00:00:00:00:99
    ip link add bridge type bridge && ip link set bridge up
    ip address del 192.168.0.1/24 dev wire0 && ip address add 192.168.0.1/24 dev bridge
    ip link set wire0 master bridge && ip link set twin master bridge && ip link set twin up
    nsenter --target $pid --net sh -c 'ip link set far up; ip address add 192.168.0.5/24 dev far'
    touch "$1"; wait`
  const mark = `/tmp/vmcontext-twin-${guest.pid}`
  await guest.startOnWire(['sh', '-ec', script, 'sh', mark])
  await guest.expectOnWire(['sh', '-c', 'until [ -e "$1" ]; do sleep 0.05; done; rm "$1"', 'sh', mark])
}

async function change(guest: Guest, context: Readonly<Record<string, string>>): Promise<void> {
  await guest.writeFile('/context/context.sh', formatContext({variables: context}))
  await guest.expect(['vmcontext', 'boot', '--only', 'network'])
}

const only = (ids: readonly string[]) => ids.flatMap(id => ['--only', id])

/** What is wrong or doubtful, in the order in which the doctor says it. */
async function examine(guest: Guest): Promise<Wrong[]> {
  const {stdout, stderr} = await guest.run(['vmcontext', 'doctor', '--json', ...only(checks)])
  assert.equal(stderr, '')
  const report: {checks: {id: string; problems: Omit<Wrong, 'check'>[]}[]} = JSON.parse(stdout)
  const all = report.checks.flatMap(({id, problems}) => problems.map(each => ({check: id, ...each})))
  return all.filter(({weight}) => weight !== 'note')
}

/** What follows from it is not told as well. */
async function findOnly(guest: Guest, check: string, words: RegExp): Promise<Wrong> {
  const [first, ...others] = await examine(guest)
  assert.equal(first?.check, check, JSON.stringify(first))
  assert.match(first.message, words)
  assert.deepEqual(others, [])
  return first
}

/** Runs what stands between the backquotes. */
async function followCommands(guest: Guest, {cure = ''}: Wrong): Promise<void> {
  const [, commands] = /`(.*)`/.exec(cure) ?? []
  assert.ok(commands, cure)
  await guest.run(['sh', '-c', commands])
  assert.deepEqual(await examine(guest), [])
}
