// What the ifupdown dialect makes of /etc/network/interfaces and the files it sources.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import {apply, define, guest, nic, tree} from './samples.ts'

const path = '/etc/network/interfaces'
const directory = `${path}.d`
const lo = 'auto lo\niface lo inet loopback\n'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const signature = '    # vmcontext: address from MAC 02:00:c0:a8:00:05\n'
const options = '    address 192.168.0.5\n    netmask 255.255.255.0\n    gateway 192.168.0.1\n'
const opening = `iface eth0 inet static\n${signature}`
const stanza = `${opening}${options}`
const auto = 'auto eth0\n'

describe('the stanza', () => {
  const says = (spelled: string, expected: string, fields = {}) =>
    test(spelled, () => {
      const text = apply(interfaces, [nic(spelled, fields)], {[path]: lo})[path]!
      assert.equal(text.slice(text.indexOf('iface eth0')), expected)
    })
  const address = `${opening}    address 192.168.0.5\n`

  says('eth0 192.168.0.5/24', `${address}    netmask 255.255.255.0\n`)
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza)
  says(
    'eth0 192.168.0.5/24 via 192.168.0.1 metric 7',
    `${address}    netmask 255.255.255.0\n    up ip route replace default via 192.168.0.1 dev eth0 metric 7\n`,
  )
  says(
    'eth0 192.168.0.5/32 via 10.0.0.1 onlink metric 7',
    `${address}    netmask 255.255.255.255\n` +
      '    up ip route replace 10.0.0.1 dev eth0\n' +
      '    up ip route replace default via 10.0.0.1 dev eth0 metric 7\n',
  )
  says(
    'eth0 192.168.0.5/24 10.1.1.1/16',
    `${address}    netmask 255.255.255.0\n    up ip address replace 10.1.1.1/16 dev eth0\n`,
  )
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza.replace('MAC 02:00:c0:a8:00:05', 'IP_PUBLIC'), {
    origin: 'ip-public',
  })
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza.replace('MAC 02:00:c0:a8:00:05', 'the context'), {
    origin: 'context',
  })
})

describe('the whole file', () => {
  const becomes = (name: string, before: string, after: string) => test(name, () => check(before, after))

  becomes('empty', '', `${lo}\n${auto}${stanza}`)
  becomes('only lo', lo, `${lo}\n${auto}${stanza}`)
  becomes('no lo', 'auto eth1\n', `auto eth1\n\n${lo}\n${auto}${stanza}`)
  becomes('no newline at the end', lo.trimEnd(), `${lo}\n${auto}${stanza}`)
  becomes('blank line at the end', `${lo}\n`, `${lo}\n${auto}${stanza}`)
  becomes('backslash at the end', `${lo}auto x \\`, `${lo}auto x \\\n\n${auto}${stanza}`)
  becomes('CR LF stay', lo.replaceAll('\n', '\r\n'), `${lo.replaceAll('\n', '\r\n')}\n${auto}${stanza}`)
})

describe('behind lo', () => {
  const becomes = (before: string, after: string) =>
    test(before.replaceAll('\n', '; '), () => check(`${lo}${before}`, `${lo}${after}`))
  const dhcp = 'iface eth0 inet dhcp\n'
  const with22 = '\nauto eth0\niface eth0 inet static\n  address 10.0.0.9\n  netmask 255.255.255.0\n'

  becomes(with22, `\n${auto}${stanza}`)
  becomes(`${auto}${dhcp}auto eth1\n`, `${auto}${stanza}auto eth1\n`)
  becomes(`${auto}${dhcp}# x\niface eth0 inet static\n  # y\n  mtu 9\n`, `${auto}${stanza}# x\n  # y\n`)
  becomes(`${auto}iface eth0 inet static\n  address \\\n  1.2.3.4\n# end\n`, `${auto}${stanza}# end\n`)
  becomes(`${auto}${dhcp}\t# \xe9t\xe9\n\n  hostname x\n`, `${auto}${opening}\t# \xe9t\xe9\n${options}`)
  becomes(`${auto}${stanza.replaceAll('192.168.0.5', '10.0.0.9')}`, `${auto}${stanza}`)
  becomes(`${auto}iface eth0 inet6 auto\n${dhcp}`, `${auto}iface eth0 inet6 auto\n${stanza}`)
  becomes('iface eth00 inet dhcp\n', `iface eth00 inet dhcp\n\n${auto}${stanza}`)
  becomes('iface eth0:1 inet dhcp\n', `iface eth0:1 inet dhcp\n\n${auto}${stanza}`)
  becomes('iface eth0.5 inet dhcp\n', `iface eth0.5 inet dhcp\n\n${auto}${stanza}`)
  becomes(`${auto}iface t inet manual\niface eth0 inherits t\n`, `${auto}iface t inet manual\n${stanza}`)
  becomes(
    `${auto}iface t inet6 auto\niface eth0 inherits t\n`,
    `${auto}iface t inet6 auto\niface eth0 inherits t\n\n${stanza}`,
  )

  becomes('auto eth1 \\\n  eth0 # x\n', `auto eth1 \\\n  eth0 # x\n\n${stanza}`)
  becomes('allow-auto eth0\n', `allow-auto eth0\n\n${stanza}`)
  becomes(`allow-hotplug eth0\n${dhcp}`, `allow-hotplug eth0\n${auto}${stanza}`)
  becomes('#auto eth0\n', `#auto eth0\n\n${auto}${stanza}`)
  becomes(`${dhcp}  auto\n  hostname x\n`, `${auto}${stanza}`)
  becomes('iface eth0 inet6 auto\n  auto\n', `iface eth0 inet6 auto\n  auto\n\n${stanza}`)
  becomes('auto eth0=home eth1=x\n', `auto eth0 eth1=x\n\n${stanza}`)
  becomes('mapping eth0\n  script /bin/x\n', `\n${auto}${stanza}`)
  becomes('mapping eth1 eth0\n  script /x\n', `mapping eth1\n  script /x\n\n${auto}${stanza}`)
})

describe('patterns that catch the NIC are named and stay', () => {
  const warns = (line: string, isNamed: boolean) =>
    test(line, () => {
      const {problems} = interfaces.render(define(eth0), guest({[path]: `${lo}${line}\n`}))
      assert.deepEqual(
        problems.map(problem => problem.code),
        isNamed ? ['rival'] : [],
      )
    })

  warns('mapping eth*', true)
  warns('mapping wlan*', false)
  warns('auto /eth*=lan', true)
  warns('auto /eth*', false)
  warns('auto /wl*=lan', false)
})

describe('files that are sourced', () => {
  const debian = `source ${directory}/*\n${lo}`
  const elsewhere = 'auto eth0\niface eth0 inet dhcp\n'
  const leaves = (name: string, main: string, file: string, expected: string) =>
    test(name, () => {
      const before = {[path]: main, [file]: elsewhere}
      assert.deepEqual(apply(interfaces, [eth0], before), {
        [path]: `${main}\n${expected === elsewhere ? 'auto eth0\n' : ''}${stanza}`,
        [file]: expected,
      })
    })

  leaves('source', debian, `${directory}/50-cloud-init.cfg`, 'auto eth0\n')
  leaves('relative', `source interfaces.d/eth?\n${lo}`, `${directory}/eth0`, 'auto eth0\n')
  leaves('set of characters', `source interfaces.d/eth[0-3]\n${lo}`, `${directory}/eth0`, 'auto eth0\n')
  leaves('source-directory', `source-directory interfaces.d\n${lo}`, `${directory}/eth0`, 'auto eth0\n')
  leaves(
    'source-directory takes no dots',
    `source-directory interfaces.d\n${lo}`,
    `${directory}/eth0.bak`,
    elsewhere,
  )
  leaves('no pattern takes a hidden file', debian, `${directory}/.eth0`, elsewhere)
  leaves('nobody sources it', lo, `${directory}/eth0`, elsewhere)

  test('an empty rest is kept: a source line may name it', () => {
    const before = {[path]: debian, [`${directory}/eth0`]: 'iface eth0 inet dhcp\n'}
    assert.equal(apply(interfaces, [eth0], before)[`${directory}/eth0`], '')
  })
  test('files that source each other', () => {
    const texts = {[path]: `source /a\n${lo}`, '/a': `source /b\nsource ${path}\n`, '/b': 'source /a\n'}
    assert.deepEqual(new Set(interfaces.sources(tree(texts))), new Set([path, `${directory}/*`, '/a', '/b']))
    assert.deepEqual(Object.keys(apply(interfaces, [eth0], texts)), Object.keys(texts))
  })
  test('what is asked for', () => {
    const texts = {[path]: `source x/[ab]?.cfg ${directory}/*\nsource-directory y\n`}
    assert.deepEqual(interfaces.sources(tree(texts)), [
      path,
      `${directory}/*`,
      '/etc/network/x/**.cfg',
      `${directory}/*`,
      '/etc/network/y/*',
    ])
  })
})

describe('all together', () => {
  const eth1 = nic('eth1 10.0.0.5/8')

  test('a guest without the file', () => {
    const text = `# interfaces(5) file used by ifup(8) and ifdown(8)\n\n${lo}\n${auto}${stanza}`
    assert.equal(apply(interfaces, [eth0], {})[path], text)
  })
  test('changed: only whose definition becomes another', () => {
    const before = apply(interfaces, [eth0], {[path]: lo})
    assert.deepEqual(interfaces.render(define(eth0, eth1), guest(before)).changed, ['eth1'])
  })
  test('a stanza that moves is the same definition', () => {
    const before = {[path]: `source ${directory}/*\n${lo}`, [`${directory}/x`]: `auto eth0\n${stanza}`}
    assert.deepEqual(interfaces.render(define(eth0), guest(before)).changed, [])
  })
  test('no NIC, not one byte', () => {
    const {ipv4, ...bare} = eth1
    assert.deepEqual(interfaces.render(define(bare), guest({[path]: 'x'})), {
      files: [],
      problems: [],
      changed: [],
      restored: [],
    })
  })
})

/** A text becomes another, and that one stays. */
function check(before: string, after: string): void {
  assert.equal(apply(interfaces, [eth0], {[path]: before})[path], after)
  assert.deepEqual(interfaces.render(define(eth0), guest({[path]: after})).files, [], 'not idempotent')
}
