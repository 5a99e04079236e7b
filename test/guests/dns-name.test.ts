// A guest that is called what the name servers call it: PTR records by dnsmasq, and by a server that answers anything.

import assert from 'node:assert/strict'
import {join} from 'node:path'
import {execPath} from 'node:process'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import {type Guest, startGuest} from './guest.ts'
import {skip, whyNoGuest, whyWithout} from './host.ts'

const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24', '2001:db8::1/64']}]
const static4 = {ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1', ETH0_DNS: '192.168.0.1'}
const domain = '5.0.168.192.in-addr.arpa'

describe('DNS_HOSTNAME', skip(whyNoGuest('namespace'), whyWithout('dnsmasq')), () => {
  test('gives the guest the name of its first address, which stays until another is found', async () => {
    await using guest = await start(static4)
    await answer(guest, `${domain},web.example.org`)
    assert.match(await bootFinal(guest), /192\.168\.0\.5 is called web\.example\.org/)
    await expectName(guest, 'web', '127.0.1.1\tweb.example.org web debian')
    assert.match(await bootFinal(guest), /done in this boot already: .*dns-name/)

    await guest.reboot()
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    assert.equal(await guest.readFile('/etc/hostname'), 'web\n')
    await guest.expect(['ip', 'link', 'set', 'lo', 'up'])
    await guest.expect(['ifup', '-a', '--force'])
    await guest.expect(['hostname', 'web'])
    await answer(guest, `${domain},mail.example.org`)
    assert.match(await bootFinal(guest), /192\.168\.0\.5 is called mail\.example\.org/)
    await expectName(guest, 'mail', '127.0.1.1\tmail.example.org mail debian')
    const {hosts} = JSON.parse(await guest.readFile('/var/lib/vmcontext/manifest.json'))
    assert.equal(hosts.length, 1)
  })

  test('asks for the address that DHCP gave', async () => {
    await using guest = await start({ETH0_METHOD: 'dhcp', DNS: '192.168.0.1'}, {isUp: false})
    await answer(guest, '77.0.168.192.in-addr.arpa,leased.example.org')
    await guest.expect(['ip', 'link', 'set', 'eth0', 'up'])
    await guest.expect(['ip', 'address', 'add', '192.168.0.77/24', 'dev', 'eth0'])
    await guest.writeFile('/etc/resolv.conf', 'nameserver 192.168.0.1\n')
    assert.match(await bootFinal(guest), /192\.168\.0\.77 is called leased\.example\.org/)
    await expectName(guest, 'leased', '127.0.1.1\tleased.example.org leased debian')
  })

  test('asks for the address that is there where the network is left as it is', async () => {
    await using guest = await start({NETWORK: 'NO'}, {isUp: false})
    await answer(guest, '88.0.168.192.in-addr.arpa,frozen.example.org')
    await guest.expect(['ip', 'link', 'set', 'eth0', 'up'])
    await guest.expect(['ip', 'address', 'add', '192.168.0.88/24', 'dev', 'eth0'])
    await guest.writeFile('/etc/resolv.conf', 'nameserver 192.168.0.1\n')
    assert.match(await bootFinal(guest), /192\.168\.0\.88 is called frozen\.example\.org/)
  })

  test('asks for an IPv6 address where there is no other, over IPv6', async () => {
    const address = {ETH0_IP6: '2001:db8::5', ETH0_IP6_METHOD: 'static', ETH0_DNS: '2001:db8::1'}
    await using guest = await start(address)
    const reverse = `5${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.ip6.arpa`
    await answer(guest, `${reverse},six.example.org`)
    assert.match(await bootFinal(guest), /2001:db8::5 is called six\.example\.org/)
  })

  test('asks the servers behind systemd-resolved, which itself answers with the name that is there', async () => {
    await using guest = await start(static4)
    await answer(guest, `${domain},web.example.org`)
    await guest.writeFile('/run/systemd/resolve/resolv.conf', 'nameserver 192.168.0.1\n')
    await guest.expect(['sh', '-c', 'rm /etc/resolv.conf && echo nameserver 127.0.0.53 >/etc/resolv.conf'])
    assert.match(await bootFinal(guest), /192\.168\.0\.5 is called web\.example\.org/)
  })

  test('asks the second server where the first is down', async () => {
    await using guest = await start({...static4, ETH0_DNS: '192.168.0.200 192.168.0.1'})
    await answer(guest, `${domain},web.example.org`)
    assert.match(await bootFinal(guest), /192\.168\.0\.5 is called web\.example\.org/)
  })

  test('does not ask /etc/hosts, where an old name may stand', async () => {
    await using guest = await start(static4)
    await guest.writeFile('/etc/hosts', '127.0.0.1\tlocalhost\n192.168.0.5\told.example.org\n')
    await answer(guest, `${domain},web.example.org`)
    assert.match(await bootFinal(guest), /192\.168\.0\.5 is called web\.example\.org/)
  })

  test('of several names keeps the one that it has, else takes the first of the alphabet', async () => {
    await using guest = await start(static4)
    await answer(guest, `${domain},zoo.example.org`, `${domain},ape.example.org`)
    assert.match(await bootFinal(guest), /is called ape\.example\.org/)
    await guest.expect(['hostname', 'zoo'])
    assert.match(await bootFinal(guest, '--force'), /is called zoo\.example\.org/)
  })

  test('leaves the name where there is none, and says so', async () => {
    await using guest = await start(static4)
    await answer(guest, '9.0.168.192.in-addr.arpa,other.example.org', '--local=/168.192.in-addr.arpa/')
    const said = await bootFinal(guest)
    assert.match(said, /warning: DNS_HOSTNAME: 192\.168\.0\.1 has no name for 192\.168\.0\.5; the name stays/)
    await expectName(guest, 'guest', '127.0.1.1\tdebian')
  })

  test('leaves the name where nobody answers, and says so', async () => {
    await using guest = await start(static4)
    assert.match(await bootFinal(guest), /did not tell the name of 192\.168\.0\.5: nobody listens there/)
    await expectName(guest, 'guest', '127.0.1.1\tdebian')
  })

  const hostile: [what: string, labels: string[], said: RegExp, name: string][] = [
    ['an underscore', ['my_web', 'example', 'org'], /my-web\.example\.org is taken/, 'my-web'],
    ['localhost', ['localhost'], /no name .* that a machine can have/, 'guest'],
    ['lines for /etc/hosts', ['a\n6.6.6.6 bank', 'org'], /no name .* that a machine can have/, 'guest'],
    ['escape sequences', ['\x1b[2J\x07'], /no name .* that a machine can have/, 'guest'],
    ['a command', ['$(touch /root/was-here)`id`'], /no name .* that a machine can have/, 'guest'],
  ]
  for (const [what, labels, said, name] of hostile) {
    test(`takes nothing harmful from a server that answers with ${what}`, async () => {
      await using guest = await start(static4)
      const hex = Buffer.concat(
        labels.map(label => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
      )
      await guest.startOnWire([execPath, join(import.meta.dirname, 'ptr-server.ts'), hex.toString('hex')])
      await guest.expectOnWire(['sh', '-c', waitForServer])
      const console = await bootFinal(guest)
      assert.match(console, said)
      assert.doesNotMatch(console, /\x1b|\x07/)
      const line =
        name === 'guest'
          ? '127.0.1.1\tdebian'
          : `127.0.1.1\t${labels.join('.').replace('_', '-')} ${name} debian`
      await expectName(guest, name, line)
      assert.equal((await guest.readFile('/etc/hosts')).split('\n').length, 5)
    })
  }
})

const waitForServer = 'until ss -Hlnu sport = :53 | grep -q :53; do sleep 0.05; done'

/** A guest whose network is up by its own service, with another name than its context brings. */
async function start(variables: Record<string, string>, {isUp = true} = {}): Promise<Guest> {
  const guest = await startGuest({nics})
  try {
    const text = formatContext({variables: {...variables, DNS_HOSTNAME: 'YES'}})
    await guest.writeFile('/context/context.sh', text)
    await guest.expect(['hostname', 'guest'])
    await guest.writeFile('/etc/hostname', 'guest\n')
    // It may miss a DHCP client; the address comes in another way here.
    await guest.run(['vmcontext', 'boot', '--stage', 'local'])
    if (isUp) await guest.expect(['ifup', '-a'])
    return guest
  } catch (error) {
    await guest[Symbol.asyncDispose]()
    throw error
  }
}

const forgetServer = `
  for pid in $(ss -Hlnup sport = :53 | sed 's/.*pid=\\([0-9]*\\).*/\\1/'); do kill $pid; done
  while ss -Hlnu sport = :53 | grep -q :53; do sleep 0.05; done`

/** Lets dnsmasq answer on the wire, instead of the one that did so before. */
async function answer(guest: Guest, ...records: readonly string[]): Promise<void> {
  await guest.expectOnWire(['sh', '-c', forgetServer])
  const pointers = records.map(record => (record.startsWith('-') ? record : `--ptr-record=${record}`))
  const quiet = ['--conf-file=/dev/null', '--user=root', '--pid-file=', '--no-hosts', '--no-resolv']
  const place = ['--bind-interfaces', '--interface=wire0', '--keep-in-foreground']
  await guest.startOnWire(['dnsmasq', ...quiet, ...place, ...pointers])
  await guest.expectOnWire(['sh', '-c', waitForServer])
}

async function bootFinal(guest: Guest, ...options: readonly string[]): Promise<string> {
  return guest.expect(['vmcontext', 'boot', '--stage', 'final', ...options])
}

async function expectName(guest: Guest, name: string, line: string): Promise<void> {
  assert.equal((await guest.expect(['hostname'])).trim(), name)
  assert.equal((await guest.readFile('/etc/hostname')).trim(), name)
  const lines = (await guest.readFile('/etc/hosts')).split('\n').filter(each => each.startsWith('127.0.1.1'))
  assert.deepEqual(lines, [line])
}
