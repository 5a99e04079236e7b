import assert from 'node:assert/strict'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {parseLinkList, readLinks, selectNics} from '../../../src/facts/network/links.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

/** What /sys says of a link besides its MAC; `device` is where its device lies below /sys/devices. */
type Entry = {type?: string; uevent?: string; device?: string; marks?: string[]}

function readEntries(t: TestContext, entries: Record<string, Entry>) {
  const root = makeDirectory(t)
  for (const [index, [name, {type = '1', uevent = '', device, marks = []}]] of Object.entries(
    entries,
  ).entries()) {
    const path = join(root, 'sys/class/net', name)
    mkdirSync(path, {recursive: true})
    writeFileSync(join(path, 'address'), `02:00:0A:00:00:0${index}\n`)
    writeFileSync(join(path, 'type'), `${type}\n`)
    writeFileSync(join(path, 'uevent'), `${uevent}INTERFACE=${name}\n`)
    for (const mark of marks) mkdirSync(join(path, mark))
    if (device !== undefined) symlinkSync(`../../../devices/${device}`, join(path, 'device'))
  }
  return readLinks(openSystem(root))
}

const kinds: [what: string, entry: Entry, isLink: boolean][] = [
  ['an Ethernet card', {device: 'pci0000:00/0000:00:03.0/virtio0'}, true],
  ['one end of a veth pair', {}, true],
  ['the loopback', {type: '772'}, false],
  ['a bridge', {marks: ['bridge']}, false],
  ['a bond', {marks: ['bonding']}, false],
  ['a VLAN', {uevent: 'DEVTYPE=vlan\n'}, false],
  ['a tap', {marks: ['tun_flags']}, false],
  ['a tunnel', {type: '768'}, false],
  ['a card in a bridge', {device: 'x', marks: ['brport']}, false],
  ['a card in a bond', {device: 'x', marks: ['master']}, false],
]

for (const [what, entry, isLink] of kinds) {
  test(`${what} is ${isLink ? 'a' : 'no'} link to configure`, t => {
    assert.equal(readEntries(t, {eth0: entry}).length, isLink ? 1 : 0)
  })
}

test('links come in the order of their numbers, with their MACs in lower case', t => {
  const links = readEntries(t, {eth10: {}, eth2: {}, eth0: {}})
  assert.deepEqual(
    links.map(({name, mac}) => `${name} ${mac}`),
    ['eth0 02:00:0a:00:00:02', 'eth2 02:00:0a:00:00:01', 'eth10 02:00:0a:00:00:00'],
  )
})

const places: [what: string, device: string, pciAddress: string | undefined][] = [
  ['a virtio card', 'pci0000:00/0000:00:03.0/virtio0', '0000:00:03.0'],
  ['a virtio card behind a root port (q35)', 'pci0000:00/0000:00:02.1/0000:02:00.0/virtio1', '0000:02:00.0'],
  ['a card behind two bridges', 'pci0000:00/0000:00:1c.0/0000:01:00.0/0000:02:08.0', '0000:02:08.0'],
  ['a virtual function', 'pci0000:00/0000:00:05.0/0000:06:10.1', '0000:06:10.1'],
  ['a card in a domain of five digits', 'pci10000:00/10000:00:02.0', '10000:00:02.0'],
  ['a card on USB', 'pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0', undefined],
  ['a card of Xen', 'vif-0', undefined],
]

for (const [what, device, pciAddress] of places) {
  test(`the PCI address of ${what}: ${pciAddress ?? 'none'}`, t => {
    const [link] = readEntries(t, {ens3: {device}})
    assert.deepEqual([link?.isPhysical, link?.pciAddress], [true, pciAddress])
  })
}

test('where there are physical cards, others are not configured', t => {
  const links = readEntries(t, {eth0: {}, ens3: {device: 'pci0000:00/0000:00:03.0/virtio0'}})
  assert.deepEqual(
    selectNics(links).map(({name}) => name),
    ['ens3'],
  )
})

test('in a container plain eth links count', t => {
  const links = readEntries(t, {eth0: {}, veth1a2b: {}, docker0: {}})
  assert.deepEqual(
    selectNics(links).map(({name}) => name),
    ['eth0'],
  )
})

test('a list of links stands in for /sys, in the same order', () => {
  const list = '# NICs\neth10,02:00:0a:00:00:05\neth2 02:00:C0:A8:00:05 0000:00:03.0\n\n'
  assert.deepEqual(parseLinkList(list), [
    {
      name: 'eth2',
      mac: '02:00:c0:a8:00:05',
      isPhysical: true,
      hasPermanentMac: true,
      pciAddress: '0000:00:03.0',
    },
    {name: 'eth10', mac: '02:00:0a:00:00:05', isPhysical: true, hasPermanentMac: true, pciAddress: undefined},
  ])
})

test('a list that is none is named by its line', () =>
  assert.match(String(parseLinkList('eth0 02:00\n')), /line 1/))
