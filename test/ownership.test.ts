// Whose a definition is, in every dialect: what a NIC leaves behind when it goes, what is never touched, and that what
// stood there before comes back byte for byte.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {bootRoot, isRecord} from './boot-root.ts'
import {formatContext, nics} from './matrix/features.ts'
import {makeDirectory} from './temporary.ts'
import {requireRoot} from './tools.ts'
import {compareTrees, readTree, type Tree} from './tree.ts'

const bases = join(import.meta.dirname, 'scenarios/bases')

/** A guest for each dialect, in which somebody has configured both NICs already. */
const guests: Record<string, {base: string; files: Record<string, string>}> = {
  interfaces: {
    base: 'debian-12',
    files: {
      'etc/network/interfaces':
        'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\n# of eth0\nallow-hotplug eth0\niface eth0 inet dhcp\n# end\n',
      'etc/network/interfaces.d/eth1':
        'auto eth1\niface eth1 inet static\n    # by hand\n    address 10.9.9.9/8\n\niface eth1 inet6 auto\n',
    },
  },
  redhat: {
    base: 'centos-7',
    files: {
      'etc/sysconfig/network-scripts/ifcfg-eth1': '# by hand\nDEVICE=eth1\nBOOTPROTO=dhcp\nONBOOT=yes\n',
      'etc/sysconfig/network-scripts/route-eth1': '10.20.0.0/16 via 10.0.0.9\n',
    },
  },
  suse: {
    base: 'opensuse-15.6',
    files: {
      'etc/sysconfig/network/ifcfg-eth1': "# by hand\nBOOTPROTO='dhcp'\nSTARTMODE='hotplug'\n",
      'etc/sysconfig/network/ifroute-eth1': '10.20.0.0/16 10.0.0.9 - -\n',
    },
  },
  netplan: {
    base: 'ubuntu-24.04',
    files: {
      'etc/netplan/01-netcfg.yaml':
        '# by hand\nnetwork:\n  version: 2\n  ethernets:\n    eth0: {dhcp4: true}\n    # the second\n    lan:\n      match:\n        macaddress: "02:00:0a:00:00:05"\n      dhcp4: true # for now\n  bridges:\n    br0: {}\n',
    },
  },
  networkd: {
    base: 'debian-13-networkd',
    files: {
      'etc/systemd/network/10-eth1.network': '# by hand\n[Match]\nName=eth1\n\n[Network]\nDHCP=yes\n',
      'etc/systemd/network/80-all.network': '[Match]\nName=e*\n\n[Network]\nDHCP=yes\n',
    },
  },
  nm: {
    base: 'rocky-9',
    files: {
      'etc/NetworkManager/system-connections/second.nmconnection':
        '[connection]\nid=second\nuuid=6f5e4a4e-1111-4222-8333-444455556666\ntype=ethernet\ninterface-name=eth1\n\n[ipv4]\nmethod=auto\n',
    },
  },
}

const eth0 = {ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1', ETH0_DNS: '192.168.0.53'}
const eth1 = {
  ETH1_IP: '10.0.0.5',
  ETH1_MASK: '255.0.0.0',
  ETH1_IP6: '2001:db8::5',
  ETH1_ROUTES: '172.16.0.0/12 via 10.0.0.9',
  ETH1_DNS: '10.0.0.53',
}
const both = {...eth0, ...eth1}
const macs = {ETH0_MAC: nics[0].mac, ETH1_MAC: nics[1].mac}

for (const [dialect, guest] of Object.entries(guests)) {
  describe(dialect, () => {
    const same = (what: string, contexts: Variables[], asIf: Variables[]) =>
      test(what, async t => {
        if (!requireRoot(t)) return
        const [one, other] = [await boots(t, guest, contexts), await boots(t, guest, asIf)]
        assert.equal(compareTrees(other, one), '')
        for (const [path, {text}] of other) assert.equal(one.get(path)?.text, text, path)
      })
    same(
      'a NIC that vanishes leaves nothing behind, and what stood there before is back',
      [both, eth0],
      [eth0],
    )
    same('and so it does when it was the first', [both, eth1], [eth1])
    same('NETWORK=NO changes nothing', [both, {...both, NETWORK: 'NO', ETH0_IP: '192.168.0.9'}], [both])
    same('METHOD=skip changes nothing', [both, {...both, ETH0_METHOD: 'skip', ETH1_METHOD: 'skip'}], [both])
    same('METHOD=skip of a NIC that never was ours', [{...eth0, ...macs, ETH1_METHOD: 'skip'}], [eth0])
    same('no context changes nothing', [both, undefined], [both])
    same(
      'a NIC with a wrong address keeps what it had',
      [both, {...both, ETH1_IP: '10.0.0.', ETH1_IP6: ''}],
      [both],
    )
    same('a MAC that cannot be read lets nobody go', [both, {...both, ETH1_MAC: '02:00'}], [both])
    same('there and back again', [both, eth0, both], [both])
    const decreed = {...both, NETCFG_TYPE: dialect === 'networkd' ? 'nm' : 'networkd'}
    same('another dialect by decree, and back without one of the NICs', [decreed, eth0], [eth0])
    same('the same once both were ours', [both, decreed, eth0], [eth0])
    same('another address, and back', [both, {...both, ETH1_IP: '10.0.0.6'}, both], [both])
  })
}

type Variables = Readonly<Record<string, string>> | undefined

/** The tree after a boot with each of the contexts; undefined stands for none. */
async function boots(
  t: TestContext,
  {base, files}: (typeof guests)[string],
  contexts: Variables[],
): Promise<Tree> {
  const scratch = makeDirectory(t)
  const root = join(scratch, 'root')
  execFileSync('cp', ['-r', '--no-dereference', '--preserve=mode', join(bases, base), root])
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text, {mode: path.endsWith('.nmconnection') ? 0o600 : 0o644})
  }
  writeFileSync(join(scratch, 'links'), nics.map(({name, mac, pci}) => `${name} ${mac} ${pci}\n`).join(''))
  for (const variables of contexts) await boot(root, scratch, variables)
  return new Map([...readTree(root)].filter(([path]) => !isRecord(path)))
}

async function boot(root: string, scratch: string, variables: Variables): Promise<void> {
  const options = ['--links', join(scratch, 'links')]
  if (variables !== undefined) {
    const path = join(scratch, 'context.sh')
    writeFileSync(path, formatContext({variables}))
    options.push('--context', path)
  }
  const said = await bootRoot(root, ...options)
  assert.doesNotMatch(said, /defect/, said)
}
