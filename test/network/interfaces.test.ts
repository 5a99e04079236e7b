// What the ifupdown dialect makes of /etc/network/interfaces and the files it sources.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import {apply, nic, tree} from './samples.ts'

const path = '/etc/network/interfaces'
const directory = `${path}.d`
const lo = 'auto lo\niface lo inet loopback\n'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const signature = '    # vmcontext: address from MAC 02:00:c0:a8:00:05\n'
const options = '    address 192.168.0.5\n    netmask 255.255.255.0\n    gateway 192.168.0.1\n'
const stanza = `iface eth0 inet static\n${signature}${options}`

describe('the stanza', () => {
  const says = (spelled: string, expected: string, fields = {}) =>
    test(spelled, () => {
      const text = apply(interfaces, [nic(spelled, fields)], {[path]: lo})[path]!
      assert.equal(text.slice(text.indexOf('iface eth0')), expected)
    })
  const opening = `iface eth0 inet static\n${signature}    address 192.168.0.5\n`

  says('eth0 192.168.0.5/24', `${opening}    netmask 255.255.255.0\n`)
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza)
  says('eth0 192.168.0.5/24 via 192.168.0.1 metric 7', `${stanza}    metric 7\n`)
  says(
    'eth0 192.168.0.5/32 via 10.0.0.1 onlink metric 7',
    `${opening}    netmask 255.255.255.255\n` +
      '    up ip route replace 10.0.0.1 dev eth0\n' +
      '    up ip route replace default via 10.0.0.1 dev eth0 metric 7\n',
  )
  says(
    'eth0 192.168.0.5/24 10.1.1.1/16',
    `${opening}    netmask 255.255.255.0\n    up ip address replace 10.1.1.1/16 dev eth0\n`,
  )
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza.replace('MAC 02:00:c0:a8:00:05', 'IP_PUBLIC'), {
    origin: 'ip-public',
  })
  says('eth0 192.168.0.5/24 via 192.168.0.1', stanza.replace('MAC 02:00:c0:a8:00:05', 'the context'), {
    origin: 'context',
  })
})

describe('its place', () => {
  const becomes = (name: string, before: string, after: string) =>
    test(name, () => {
      assert.equal(apply(interfaces, [eth0], {[path]: before})[path], after)
      assert.deepEqual(interfaces.render({nics: [eth0]}, tree({[path]: after})).files, [], 'not idempotent')
    })

  becomes('empty file', '', `${lo}\nauto eth0\n${stanza}`)
  becomes('only lo', lo, `${lo}\nauto eth0\n${stanza}`)
  becomes('no newline at the end', lo.trimEnd(), `${lo}\nauto eth0\n${stanza}`)
  becomes('blank line at the end', `${lo}\n`, `${lo}\nauto eth0\n${stanza}`)
  becomes('backslash at the end', `${lo}auto x \\`, `${lo}auto x \\\n\nauto eth0\n${stanza}`)
  becomes(
    'CR LF stay',
    'auto lo\r\niface lo inet loopback\r\n',
    `auto lo\r\niface lo inet loopback\r\n\nauto eth0\n${stanza}`,
  )
  becomes('no lo', 'auto eth1\n', `auto eth1\n\n${lo}\nauto eth0\n${stanza}`)
  becomes(
    'as 2.2 left it',
    `${lo}\nauto eth0\niface eth0 inet static\n  address 10.0.0.9\n  gateway 10.0.0.1\n`,
    `${lo}\nauto eth0\n${stanza}`,
  )
  becomes(
    'in place',
    `${lo}auto eth0\niface eth0 inet dhcp\nauto eth1\n`,
    `${lo}auto eth0\n${stanza}auto eth1\n`,
  )
  becomes(
    'two stanzas',
    `${lo}auto eth0\niface eth0 inet dhcp\n# x\niface eth0 inet static\n  # y\n  address 1.2.3.4\n`,
    `${lo}auto eth0\n${stanza}# x\n  # y\n`,
  )
  becomes(
    'continued options go',
    `${lo}auto eth0\niface eth0 inet static\n  address \\\n  1.2.3.4\n# end\n`,
    `${lo}auto eth0\n${stanza}# end\n`,
  )
  becomes(
    'comments in it stay',
    `${lo}auto eth0\niface eth0 inet dhcp\n\t# \xe9t\xe9\n\n  hostname x\n`,
    `${lo}auto eth0\niface eth0 inet static\n${signature}\t# \xe9t\xe9\n${options}`,
  )
  becomes(
    'another address of ours',
    `${lo}auto eth0\n${stanza.replaceAll('192.168.0.5', '10.0.0.9')}`,
    `${lo}auto eth0\n${stanza}`,
  )
  becomes(
    'IPv6 stays',
    `${lo}auto eth0\niface eth0 inet6 auto\niface eth0 inet manual\n`,
    `${lo}auto eth0\niface eth0 inet6 auto\n${stanza}`,
  )
  becomes(
    'other interfaces stay',
    `${lo}iface eth00 inet dhcp\niface eth0:1 inet dhcp\niface eth0.5 inet dhcp\n`,
    `${lo}iface eth00 inet dhcp\niface eth0:1 inet dhcp\niface eth0.5 inet dhcp\n\nauto eth0\n${stanza}`,
  )
  becomes(
    'a template of IPv6',
    `${lo}iface t inet6 auto\nauto eth0\niface eth0 inherits t\n`,
    `${lo}iface t inet6 auto\nauto eth0\niface eth0 inherits t\n\n${stanza}`,
  )
  becomes(
    'a template of IPv4',
    `${lo}iface t inet manual\nauto eth0\niface eth0 inherits t\n`,
    `${lo}iface t inet manual\nauto eth0\n${stanza}`,
  )
})

describe('auto', () => {
  const becomes = (before: string, after: string) =>
    test(before.replaceAll('\n', '; '), () => {
      const text = apply(interfaces, [eth0], {[path]: `${lo}${before}`})[path]!
      assert.equal(text.slice(lo.length), after)
    })

  becomes('auto eth1 \\\n  eth0 # x\n', `auto eth1 \\\n  eth0 # x\n\n${stanza}`)
  becomes('allow-auto eth0\n', `allow-auto eth0\n\n${stanza}`)
  becomes('allow-hotplug eth0\niface eth0 inet dhcp\n', `allow-hotplug eth0\nauto eth0\n${stanza}`)
  becomes('#auto eth0\n', `#auto eth0\n\nauto eth0\n${stanza}`)
  becomes('iface eth0 inet dhcp\n  auto\n  hostname x\n', `auto eth0\n${stanza}`)
  becomes('iface eth0 inet6 auto\n  auto\n', `iface eth0 inet6 auto\n  auto\n\n${stanza}`)
  becomes(
    'auto eth0=home eth1=x\niface home inet dhcp\n',
    `auto eth0 eth1=x\niface home inet dhcp\n\n${stanza}`,
  )
  becomes('mapping eth0\n  script /bin/x\n', `\nauto eth0\n${stanza}`)
  becomes(
    'mapping eth1 eth0\n  script /bin/x\n  map eth0 home\n',
    `mapping eth1 \n  script /bin/x\n  map eth0 home\n\nauto eth0\n${stanza}`,
  )
})

describe('patterns that catch the NIC are named and stay', () => {
  const warns = (line: string, isNamed: boolean) =>
    test(line, () => {
      const {problems} = interfaces.render({nics: [eth0]}, tree({[path]: `${lo}${line}\n`}))
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
    const text = apply(interfaces, [eth0], {})[path]!
    assert.match(
      text,
      /^source \/etc\/network\/interfaces\.d\/\*\n\nauto lo\niface lo inet loopback\n\nauto eth0\niface eth0/m,
    )
  })
  test('changed: only whose definition becomes another', () => {
    const before = apply(interfaces, [eth0], {[path]: lo})
    assert.deepEqual(interfaces.render({nics: [eth0, eth1]}, tree(before)).changed, ['eth1'])
  })
  test('a stanza that moves is the same definition', () => {
    const before = {[path]: `source ${directory}/*\n${lo}`, [`${directory}/x`]: `auto eth0\n${stanza}`}
    assert.deepEqual(interfaces.render({nics: [eth0]}, tree(before)).changed, [])
  })
  test('no NIC, not one byte', () => {
    const {ipv4, ...bare} = eth1
    assert.deepEqual(interfaces.render({nics: [bare]}, tree({[path]: 'x'})), {
      files: [],
      problems: [],
      changed: [],
    })
  })
})
