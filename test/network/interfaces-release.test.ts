// What becomes of /etc/network/interfaces when NICs are ours no longer: given back, or defined by another dialect.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {FileFact} from '../../src/facts/files.ts'
import type {Change, Rendering} from '../../src/network/dialect.ts'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import type {LinkName, Nic} from '../../src/network/model.ts'
import {apply, define, guest, nic, tree} from './samples.ts'

type Texts = Readonly<Record<string, string>>

const path = '/etc/network/interfaces'
const directory = `${path}.d`
const lo = 'auto lo\niface lo inet loopback\n'
const auto = 'auto eth0\n'
const dhcp = 'iface eth0 inet dhcp\n'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const eth1 = nic('eth1 10.0.0.5/8')
const static6 = {
  method: 'static' as const,
  addresses: [{address: '2001:db8::5', prefix: 64}],
  routes: [],
}
const both: Nic = {...eth0, ipv6: static6}
const tagged: Nic = {...eth0, vlan: {id: 7, name: 'eth0.7'}}

/** Ours put into some files, perhaps edited by others, and then the change. */
function change(before: Texts, nics: readonly Nic[], then: Partial<Change>, edit = (texts: Texts) => texts) {
  const ours = apply(interfaces, nics, before)
  const now = edit(ours)
  const touched = Object.keys(ours).filter(file => ours[file] !== before[file])
  const originals = new Map(touched.map(file => [file, tree(before).get(file)]))
  const whole = {...define(), ...then}
  const rendering = interfaces.render(whole, guest(now, {originals}))
  const after = perform(now, rendering)
  assert.deepEqual(interfaces.render(whole, guest(after, {originals})).files, [], 'not idempotent')
  return {rendering, after}
}

function perform(texts: Texts, {files}: Rendering): Record<string, string> {
  const after = {...texts}
  for (const action of files) {
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return after
}

describe('given back: the file is as it was', () => {
  const returns = (name: string, before: Texts, nics: readonly Nic[] = [eth0], restored = ['eth0']) =>
    test(name, () => {
      const {rendering, after} = change(before, nics, {giveBack: nics})
      assert.deepEqual(after, before)
      assert.deepEqual(rendering.restored, restored)
      assert.deepEqual(
        rendering.changed,
        nics.map(each => each.device),
      )
    })

  returns('a stanza', {[path]: `${lo}\n${auto}${dhcp}# end\n`})
  returns('nothing', {[path]: lo}, [eth0], [])
  returns('no file', {}, [eth0], [])
  returns('no loopback', {[path]: 'auto eth1\n'}, [eth0], [])
  returns('both families', {[path]: `${lo}${auto}${dhcp}iface eth0 inet6 auto\n`}, [both])
  returns('comments in the stanza', {
    [path]: `${lo}${auto}iface eth0 inet static\n  # y\n  address 1.2.3.4/8\n`,
  })
  returns('another name for the stanza', {[path]: `${lo}auto eth0=home eth1=x\niface home inet dhcp\n`})
  returns('a mapping', {[path]: `${lo}${auto}mapping eth1 eth0\n  script /x\niface lan inet dhcp\n`})
  returns('a mapping of its own', {[path]: `${lo}${auto}mapping eth0\n  script /x\n`})
  returns('a file that is sourced', {[path]: `source ${directory}/*\n${lo}`, [`${directory}/e`]: auto + dhcp})
  returns('a pattern', {[path]: `${lo}auto /eth*\n${dhcp}`})
  returns('a pattern for others', {[path]: `${lo}auto /ens*\n${dhcp}`}, [eth0], [])
  returns('what nothing brings up', {[path]: `${lo}${dhcp}`}, [eth0], [])
  returns('what nothing defines', {[path]: `${lo}${auto}`}, [eth0], [])
  returns('hotplug', {[path]: `${lo}allow-hotplug eth0\n${dhcp}`})
  returns(
    'two NICs',
    {[path]: `${lo}${auto}${dhcp}\nauto eth1\niface eth1 inet dhcp\n`},
    [eth0, eth1],
    ['eth0', 'eth1'],
  )
})

describe('given back: what others did meanwhile stays', () => {
  const before = {[path]: `${lo}\n${auto}${dhcp}`}
  const after = (
    name: string,
    edit: (text: string) => string,
    expected: string,
    nics: readonly Nic[] = [eth0],
  ) =>
    test(name, () => {
      const {after} = change(before, nics, {giveBack: nics}, texts => ({[path]: edit(texts[path]!)}))
      assert.equal(after[path], expected)
    })
  const theirs = 'iface eth0 inet static\n    address 10.9.9.9\n'

  after('a NIC added', text => `${text}\nauto eth7\n`, `${lo}\n${auto}${dhcp}\nauto eth7\n`)
  after(
    'a stanza written over ours',
    text => text.replace(/iface eth0[\s\S]*/, theirs),
    `${lo}\n${auto}${theirs}`,
  )
  after('ours taken out', text => text.replace(/auto eth0[\s\S]*/, ''), `${lo}\n${auto}${dhcp}`)
  after(
    'ours taken out, and a NIC added',
    text => text.replace(/auto eth0[\s\S]*/, 'auto eth7\n'),
    `${lo}\nauto eth7\n\n${auto}\n${dhcp}`,
  )
  after(
    'a comment in ours',
    text => `${text.replace('    netmask', '    # mine\n    netmask')}#\n`,
    `${lo}\n${auto}    # mine\n${dhcp}#\n`,
  )
  after(
    'ours moved to the end',
    text => `${text.replace('iface eth0', 'auto eth7\niface eth0')}`,
    `${lo}\n${auto}auto eth7\n${dhcp}`,
  )

  test('words that chose the stanza come back too', () => {
    const before = {[path]: `${lo}auto eth0=home\nmapping eth0\n  script /x\niface home inet dhcp\n`}
    const edit = (texts: Texts) => ({[path]: `${texts[path]}\nauto eth7\n`})
    const {after} = change(before, [eth0], {giveBack: [eth0]}, edit)
    const expected = `${lo}auto eth0=home\niface home inet dhcp\n\n\nauto eth7\n\nmapping eth0\n  script /x\n`
    assert.equal(after[path], expected)
  })
  test('a name that only we brought up is brought up no longer', () => {
    const {after, rendering} = change({[path]: lo}, [eth0], {giveBack: [eth0]}, texts => ({
      [path]: `${texts[path]}\nauto eth7\n`,
    }))
    assert.equal(after[path], `${lo}\n\nauto eth7\n`)
    assert.deepEqual(rendering.restored, [])
  })
})

describe('what we wrote ourselves does not come back', () => {
  const ours = apply(interfaces, [both], {[path]: lo})
  const without = (name: string, then: Change, expected: string, originals: ReadonlyMap<string, FileFact>) =>
    test(name, () => {
      const rendering = interfaces.render(then, guest(ours, {originals}))
      assert.equal(perform(ours, rendering)[path], expected)
      assert.deepEqual(rendering.changed, ['eth0'])
    })

  without('a family', define(eth0), apply(interfaces, [eth0], {[path]: lo})[path]!, new Map())
  without('a kept copy with a stanza of ours', {...define(), giveBack: [eth0]}, `${lo}\n`, tree(ours))
})

describe('no NIC goes down for what changes nothing', () => {
  const stays = (name: string, nics: readonly Nic[], edit: (text: string) => string) =>
    test(name, () => {
      const {rendering, after} = change({[path]: lo}, nics, define(...nics), texts => ({
        [path]: edit(texts[path]!),
      }))
      assert.deepEqual(rendering.changed, [])
      assert.match(after[path]!, /^iface eth0/m)
    })

  stays('a comment in ours', [eth0], text => text.replace(/^ +netmask/m, '  # mine\n$&'))
  stays('a blank line in ours', [eth0], text => text.replace(/^ +netmask/m, '\n$&'))
  stays('`auto` taken out', [eth0], text => text.replace('auto eth0\n', ''))
  test('another that goes, beside a VLAN whose NIC was ours by itself', () => {
    const before = {[path]: `${lo}\nallow-hotplug eth0\n${dhcp}\nauto eth1\niface eth1 inet dhcp\n`}
    const first = apply(interfaces, [eth0, eth1], before)
    const {rendering} = change(before, [eth0, eth1], {...define(tagged), giveBack: [eth1]}, () =>
      perform(first, interfaces.render(define(tagged, eth1), guest(first))),
    )
    assert.deepEqual(rendering.changed, ['eth1'])
  })
})

describe('one of several', () => {
  const before = {[path]: `${lo}\n${auto}${dhcp}\nauto eth1\niface eth1 inet dhcp\n`}

  test('the other keeps ours', () => {
    const {after, rendering} = change(before, [eth0, eth1], {...define(eth1), giveBack: [eth0]})
    assert.deepEqual(after, apply(interfaces, [eth1], before))
    assert.deepEqual([rendering.changed, rendering.restored], [['eth0'], ['eth0']])
  })
  test('a family that is ours no longer', () => {
    const before = {[path]: `${lo}\n${auto}${dhcp}iface eth0 inet6 auto\n`}
    const {after, rendering} = change(before, [both], define(eth0))
    assert.deepEqual(after, apply(interfaces, [eth0], before))
    assert.match(after[path]!, /^iface eth0 inet6 auto$/m)
    assert.deepEqual([rendering.changed, rendering.restored], [['eth0'], []])
  })
  test('a VLAN that becomes the NIC itself', () => {
    const {after, rendering} = change({[path]: lo}, [tagged], {...define(eth0), giveBack: [tagged]})
    assert.deepEqual(after, apply(interfaces, [eth0], {[path]: lo}))
    assert.deepEqual(rendering.changed, ['eth0', 'eth0.7'])
  })
  test('a NIC that becomes a VLAN', () => {
    const {after, rendering} = change(before, [eth0], {...define(tagged), giveBack: [eth0]})
    assert.deepEqual(after, apply(interfaces, [tagged], before))
    assert.deepEqual(rendering.changed, ['eth0', 'eth0.7'])
  })
  test('a card that has another name now: nothing comes up by the old one', () => {
    const {rendering} = change(before, [eth0], {...define({...eth0, device: 'ens3'}), giveBack: [eth0]})
    assert.deepEqual([rendering.changed, rendering.restored], [['ens3', 'eth0'], []])
  })
  test('a VLAN goes with the NIC below it', () => {
    const {after, rendering} = change(before, [tagged], {giveBack: [tagged]})
    assert.deepEqual(after, before)
    assert.deepEqual([rendering.changed, rendering.restored], [['eth0', 'eth0.7'], ['eth0']])
  })
})

describe('withdrawn', () => {
  const leaves = (before: string, expected: string, links: readonly LinkName[] = [eth0]) =>
    test(before.replaceAll('\n', '; '), () => {
      const {after} = change({[path]: lo + before}, [], {withdraw: links})
      assert.equal(after[path], lo + expected)
    })

  leaves(`${auto}${dhcp}iface eth0 inet6 auto\n`, '')
  leaves('auto eth1 eth0 eth2\niface eth1 inet dhcp\n', 'auto eth1 eth2\niface eth1 inet dhcp\n')
  leaves(`allow-hotplug eth0\n${dhcp}# end\n`, '# end\n')
  leaves('mapping eth0 eth1\n  script /x\n', 'mapping eth1\n  script /x\n')
  leaves('iface eth00 inet dhcp\n', 'iface eth00 inet dhcp\n')
  leaves('auto eth0.7\niface eth0.7 inet manual\n', '', [tagged])

  test('ours, and what stood there before does not come back', () => {
    const before = {[path]: `${lo}${auto}${dhcp}`}
    assert.equal(change(before, [eth0], {withdraw: [eth0]}).after[path], lo)
  })
  test('and given back later on', () => {
    const before = {[path]: `${lo}${auto}${dhcp}iface eth0 inet6 auto\n`}
    const {after} = change(before, [both], {withdraw: [both]})
    const {files, changed, restored} = interfaces.render(
      {...define(), giveBack: [both]},
      guest(after, {originals: tree(before)}),
    )
    assert.deepEqual(perform(after, {files} as Rendering), before)
    assert.deepEqual([changed, restored], [['eth0'], ['eth0']])
  })
  test('from a file that is sourced', () => {
    const before = {[path]: `source ${directory}/*\n${lo}`, [`${directory}/e`]: auto + dhcp}
    assert.equal(change(before, [], {withdraw: [eth0]}).after[`${directory}/e`], '')
  })
  test('nothing to withdraw, not one byte', () => {
    assert.deepEqual(change({[path]: lo}, [], {withdraw: [eth0]}).rendering.files, [])
  })
})
