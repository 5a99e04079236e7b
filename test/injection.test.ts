// Whatever stands in a variable, no text of it gets into a file: a value is an address, a number or a name, or it is
// refused. Every NIC variable in every dialect.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readContext} from '../src/context/context.ts'
import {parseLinkList} from '../src/facts/network/links.ts'
import {dialects} from '../src/network/dialects.ts'
import {describeContextNetwork} from '../src/network/from-context.ts'
import {makeDisc} from './context/sample-disc.ts'
import {nics} from './matrix/features.ts'
import {guest} from './network/samples.ts'

const wellMeant: Readonly<Record<string, string>> = {
  ETH0_MAC: nics[0].mac,
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_GATEWAY: '192.168.0.1',
  ETH0_METRIC: '5',
  ETH0_MTU: '1400',
  ETH0_METHOD: 'static',
  ETH0_DNS: '192.168.0.53',
  ETH0_SEARCH_DOMAIN: 'one.example',
  ETH0_ROUTES: '10.0.0.0/8 via 192.168.0.9',
  ETH0_IP6: '2001:db8::5',
  ETH0_IP6_PREFIX_LENGTH: '64',
  ETH0_IP6_ULA: 'fd00::5',
  ETH0_IP6_GATEWAY: '2001:db8::1',
  ETH0_IP6_METRIC: '6',
  ETH0_IP6_METHOD: 'static',
  ETH0_ALIAS0_IP: '192.168.0.6',
  ETH0_ALIAS0_MASK: '24',
  ETH0_ALIAS0_IP6: '2001:db8::6',
  PCI0_ADDRESS: '00:04.0',
  PCI0_IP: '10.7.0.5',
  PCI0_MAC: '02:11:22:33:44:55',
  PCI0_VLAN_ID: '7',
  DNS: '9.9.9.9',
  SEARCH_DOMAIN: 'all.example',
  ONEGATE_ENDPOINT: 'http://169.254.16.9:5030',
}

/** What hurts in one file or another, around a mark to look for, which is no name. */
const hostile = [
  '$(touch /tmp/INJECTED!)',
  '`touch /tmp/INJECTED!`',
  '; touch /tmp/INJECTED!',
  '\ntouch INJECTED!\n',
  '\r\nINJECTED!',
  '" INJECTED! "',
  "' INJECTED! '",
  'INJECTED!: true',
  '# INJECTED!',
  '%INJECTED!',
  '\\INJECTED!',
  '{INJECTED!}',
  '[INJECTED!]',
  '../INJECTED!',
  '\u0000INJECTED!',
  '&INJECTED!',
  '!INJECTED!',
]

const links = parseLinkList(nics.map(({name, mac, pci}) => `${name} ${mac} ${pci}`).join('\n'))

function renderAll(variables: Readonly<Record<string, string>>): string[] {
  const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`
  const text = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`)
  const {context} = readContext(makeDisc(text.join('')))
  assert.ok(Array.isArray(links))
  const {network} = describeContextNetwork({...context, links})
  return dialects.flatMap(dialect => {
    const surroundings = guest({}, {systemdVersion: 252})
    const {files} = dialect.render({network, withdraw: [], giveBack: []}, surroundings)
    const names = network.nics.map(nic => nic.vlan?.name ?? nic.device)
    const {before, after} = dialect.activate(
      {down: names, up: names, network},
      {...surroundings, isStarted: true},
    )
    const texts = files.map(file => `${file.path}\n${file.kind === 'write' ? file.content : ''}`)
    return [...texts, ...[...before, ...after].map(({argv}) => argv.join(' '))]
  })
}

test('the well-meant values get into every dialect', () => {
  assert.equal(
    renderAll(wellMeant).filter(text => text.includes('192.168.0.5')).length >= dialects.length,
    true,
  )
})

for (const name of Object.keys(wellMeant)) {
  test(name, () => {
    for (const value of hostile) {
      for (const text of [value, wellMeant[name]! + value, value + wellMeant[name]!]) {
        for (const rendered of renderAll({...wellMeant, [name]: text}))
          assert.doesNotMatch(rendered, /INJECTED/)
      }
    }
  })
}
