// `vmcontext explain` on scenarios: the text of each answer is kept whole in test/cli/by-hand/explain, and looked at by
// eye when it changes. UPDATE_SCENARIOS=1 writes it anew.

import assert from 'node:assert/strict'
import {cpSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {bootRoot} from '../../boot-root.ts'
import {runOnTerminal, runVmcontext} from '../../run-vmcontext.ts'
import {layOut, readBootOptions, scenariosDirectory} from '../../scenario.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {compareTrees, readTree} from '../../tree.ts'

const questions: readonly (readonly [scenario: string, ...subjects: string[]])[] = [
  [
    'manual-2.2/debian-12',
    '',
    'eth0',
    'eth1',
    'IP_PUBLIC',
    'HOSTNAME',
    'keys',
    'network',
    '/etc/network/interfaces',
  ],
  ['manual-2.2/centos-5', '/etc/sysconfig/network-scripts/ifcfg-eth0', '/etc/sysconfig/network'],
  ['manual-2.2/opensuse-11.2', 'eth0', '/etc/HOSTNAME'],
  [
    'field/one-apps-198-alias',
    'eth0',
    'eth1',
    '/etc/netplan/50-vmcontext.yaml',
    'ETH0_ALIAS0_IP6',
    'ETH0_MASK',
  ],
  ['field/one-apps-15-method-skip', 'eth0', 'eth1', 'ETH0_IP'],
  ['field/one-apps-266-network-no', 'eth0', 'NETWORK'],
  ['field/one-apps-199-ipv6-gateway-of-ifupdown', 'eth0'],
  ['network/settings-of-the-image', '', 'eth0', 'GATEWAY', 'NETMASK'],
  ['network/context-of-today-without-nics', 'eth0'],
  ['network/forced-none', 'eth0'],
  ['network/unknown-system', 'eth0'],
  ['bad-network/ip-public-is-no-address', 'eth0', 'IP_PUBLIC'],
  ['bad-network/no-host-address', 'eth1'],
  ['bad-network/foreign-mac', 'eth0'],
  ['bad-context/unclosed-quote', '', 'USERNAME'],
  ['password/mangled', 'password', 'CRYPTED_PASSWORD', 'PASSWORD'],
  ['steps/switched-off', 'network', 'STEPS_OFF'],
  ['scripts/user-data', 'user-data', 'USER_DATA'],
]

for (const [scenario, ...subjects] of questions) {
  for (const subject of subjects) {
    test(`${scenario}: explain ${subject}`, async t => {
      const {options, root} = prepare(t, scenario)
      const before = readTree(root)
      const {exitCode, output, errors} = await runVmcontext(
        'explain',
        ...options,
        ...(subject ? [subject] : []),
      )
      assert.equal(errors, '')
      assert.equal(exitCode, 0)
      assert.equal(compareTrees(before, readTree(root)), '')
      expectText(`${scenario} ${subject || 'guest'}`, output, root)
      checkWidth(output)
    })
  }
}

test('two cards, a VLAN, DHCP and a card that is not there', async t => {
  const root = layOut(makeDirectory(t), join(scenariosDirectory, 'manual-2.2/debian-12'))
  const files = makeDirectory(t, {'context/context.sh': variousContext, links: variousLinks})
  const options = ['--root', root, '--context', join(files, 'context'), '--links', join(files, 'links')]
  for (const subject of [
    '',
    'eth0',
    'ETH1',
    'PCI0',
    'eth5',
    'keys',
    'set_hostname',
    'ETH1_ROUTES',
    'interfaces',
    'EVIL',
  ]) {
    const {output} = await runVmcontext('explain', ...options, ...(subject ? [subject] : []))
    expectText(`various ${subject || 'guest'}`, output, root, files)
  }
})

const variousLinks = `eth0 02:00:c0:a8:00:05
eth1 02:00:0a:00:00:05
ens5 aa:bb:cc:dd:ee:ff 0000:05:00.0
keys 52:54:00:00:00:01
`
const variousContext = `ETH0_MAC='02:00:c0:a8:00:05'
ETH0_METHOD='dhcp'
ETH0_MTU='9000'
ETH1_IP='10.0.0.5'
ETH1_GATEWAY='10.9.9.1'
ETH1_ROUTES='172.16.0.0/12 via 10.0.0.254, nonsense'
ETH1_IP6='2001:db8::5'
ETH1_IP6_GATEWAY='fe80::1'
ETH1_DNS='10.0.0.53 192.0.2.53'
DNS='9.9.9.9'
PCI0_ADDRESS='0000:05:00.0'
PCI0_MAC='02:00:0a:0a:0a:0a'
PCI0_IP='10.10.10.10'
PCI0_VLAN_ID='12'
ETH5_MAC='02:00:01:01:01:01'
ETH5_IP='1.1.1.1'
SET_HOSTNAME='one'
set_hostname='two'
HOSTNAME='weaker'
EVIL='\x1b[31mred'
`

test('what was booted is explained as before, and what others changed is told', async t => {
  if (!requireRoot(t)) return
  const {options, root} = prepare(t, 'manual-2.2/debian-12')
  const ask = () => runVmcontext('explain', ...options, 'eth0')
  const fresh = await ask()
  await bootRoot(root, ...readBootOptions(join(scenariosDirectory, 'manual-2.2/debian-12')))
  const booted = await ask()
  assert.equal(
    booted.output,
    fresh.output.replace('The next boot writes that.', 'That stands there already.'),
  )
  const path = '/etc/network/interfaces'
  writeFileSync(join(root, path), `${readFileSync(join(root, path), 'utf8')}# mine\n# wpa-psk neverShown\n`)
  const {output} = await runVmcontext('explain', ...options, path)
  expectText('drift', output, root)
  assert.doesNotMatch(output, /neverShown/)
})

/** The claim is tried with the program itself: without the variable that is named the value is another one. */
for (const scenario of [
  'field/one-apps-198-alias',
  'manual-2.2/debian-12',
  'field/one-3578-alias-without-mask',
]) {
  test(`${scenario}: without its cause each value is another one`, async t => {
    const {options, root} = prepare(t, scenario)
    const context = join(makeDirectory(t), 'context')
    const values = await readValues(options)
    assert.ok(values.some(({from}) => from.some(({kind}) => kind === 'variable')))
    for (const {name, value, from} of values) {
      for (const cause of from.filter(({kind}) => kind === 'variable')) {
        cpSync(join(scenariosDirectory, scenario, 'context'), context, {recursive: true, force: true})
        const lines = readFileSync(join(context, 'context.sh'), 'utf8').split('\n')
        lines[cause.line! - 1] = lines[cause.line! - 1]!.replace(/[0-9a-f](['"]?)$/i, '3$1')
        writeFileSync(join(context, 'context.sh'), lines.join('\n'))
        const others = await readValues([...withContext(options, context), '--root', root])
        const same = others.filter(other => other.name === name && other.value === value)
        assert.notEqual(
          same.length,
          values.filter(other => other.name === name && other.value === value).length,
        )
      }
    }
  })
}

type Value = {name: string; value: string; from: {kind: string; line?: number}[]}

async function readValues(options: readonly string[]): Promise<Value[]> {
  const {output} = await runVmcontext('explain', '--json', ...options, 'eth0')
  const {version, values} = JSON.parse(output)
  assert.equal(version, 1)
  return values
}

function withContext(options: readonly string[], context: string): string[] {
  return options.map((option, index) => (options[index - 1] === '--context' ? context : option))
}

const ranks: readonly (readonly [context: string, subject: string, answer: RegExp])[] = [
  ["SET_HOSTNAME='a1'\nHOSTNAME='b1'\n", 'HOSTNAME', /^SET_HOSTNAME \(context.sh:1\) wins over it/m],
  ["SET_HOSTNAME='a1'\nHOSTNAME='b1'\n", 'SET_HOSTNAME', /^It wins over HOSTNAME \(context.sh:2\)/m],
  ["SET_HOSTNAME='a1'\nHOSTNAME='a1'\n", 'SET_HOSTNAME', /^HOSTNAME \(context.sh:2\) says the same/m],
  ["SET_HOSTNAME='a1'\nHOSTNAME='a1'\n", 'HOSTNAME', /^SET_HOSTNAME \(context.sh:1\) wins over it/m],
  [
    "set_hostname='a1'\nSET_HOSTNAME='b1'\n",
    'set_hostname',
    /^It stands in line 1 as well, with another value/m,
  ],
  ["SET_HOSTNAME=''\n", 'SET_HOSTNAME', /empty, which counts as unset/],
  ["MINE='x'\n", 'mine', /Nobody takes this variable: scripts of the context see it/],
  ["PATH='/x'\n", 'path', /scripts do not see it either/],
  ['MINE=$(reboot)\n', 'MINE', /could not be read/],
  ['', 'USERNAME', /USERNAME is not set/],
]

for (const [context, subject, answer] of ranks) {
  test(`${JSON.stringify(context)}: explain ${subject}`, async t => {
    const files = makeDirectory(t, {'context/context.sh': context, 'root/etc/debian_version': '12\n'})
    const options = ['--root', join(files, 'root'), '--context', join(files, 'context')]
    const {output} = await runVmcontext('explain', ...options, subject)
    assert.match(output, answer)
  })
}

const typical = "ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.5'\n"
const causes: readonly (readonly [more: string, answer: RegExp])[] = [
  ["ETH0_MASK='255.255.255.0'\n", /^ {2}prefix +\/24 +ETH0_MASK \(context\.sh:3\)$/m],
  ["ETH0_MASK='/24'\n", /^ {2}prefix +\/24 +ETH0_MASK \(context\.sh:3\)$/m],
  ["ETH0_IP='192.168.0.5/20'\n", /^ {2}prefix +\/20 +ETH0_IP \(context\.sh:3\)$/m],
  ["ETH0_METHOD='static'\n", /^ {2}address +192\.168\.0\.5 +ETH0_IP \(context\.sh:2\)$/m],
  ["ETH0_ALIAS0_IP='192.168.0.6'\n", /^ {2}prefix +\/24 +default: the prefix is that of its card/m],
  ['', /^ {2}prefix +\/24 +default: the prefix is 24/m],
]

for (const [more, answer] of causes) {
  test(`${JSON.stringify(more)}: each value has the one cause that it has`, async t => {
    const {output} = await askTypical(t, more, 'eth0')
    assert.match(output, answer)
  })
}

test('of several addresses that one is told to go which goes', async t => {
  const aliases = "ETH0_ALIAS0_IP='10.9.9.6'\nETH0_ALIAS1_IP='10.9.9.7'\n"
  const {output} = await askTypical(t, aliases, 'ETH0_IP')
  assert.match(output, /eth0, address: 192\.168\.0\.5; without it: none/)
  assert.doesNotMatch(output, /address: 10\.9\.9/)
})

test('a rule of sudo is no secret', async t => {
  const {options} = prepare(t, 'sudo/granted')
  const {output} = await runVmcontext('explain', ...options, 'USERNAME')
  assert.match(output, / ALL=\(ALL\) NOPASSWD:ALL$/m)
})

test('a way to write the network that is not known decides nothing', async t => {
  const {output} = await askTypical(t, '', 'eth0', '--set', 'NETCFG_TYPE=carrier-pigeon')
  assert.match(output, /^It is written for ifupdown, which is /m)
})

test('a file is the same file however its path is written', async t => {
  const {output} = await askTypical(t, '', '/etc//network/../network/interfaces')
  assert.match(output, /^The step network writes \/etc\/network\/interfaces;/)
})

/** Of a Debian with one card that the context describes. */
async function askTypical(t: TestContext, more: string, ...args: readonly string[]) {
  const context = makeDirectory(t, {'context.sh': typical + more})
  const {options} = prepare(t, 'manual-2.2/debian-12')
  return runVmcontext('explain', ...withContext(options, context), ...args)
}

test('in the boot that wrote it, a file that somebody has changed since is not as it shall be', async t => {
  if (!requireRoot(t)) return
  const {options, root} = prepare(t, 'manual-2.2/debian-12')
  mkdirSync(join(root, 'proc/sys/kernel/random'), {recursive: true})
  writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), '11111111-2222-3333-4444-555555555555\n')
  await bootRoot(root, ...readBootOptions(join(scenariosDirectory, 'manual-2.2/debian-12')))
  const step = await runVmcontext('explain', ...options, 'step', 'network')
  assert.match(step.output, /^It was done in this boot/m)
  const path = '/etc/network/interfaces'
  const text = readFileSync(join(root, path), 'utf8').replaceAll('192.168.0.5', '192.168.0.66')
  writeFileSync(join(root, path), `${text}iface wlan0 inet dhcp\n    wireless-key s:neverShown\n`)
  const card = await runVmcontext('explain', ...options, 'eth0')
  assert.match(card.output, /The next boot writes that\./)
  const {output} = await runVmcontext('explain', ...options, path)
  assert.match(output, /^The step network writes \S+; it has to change/)
  assert.doesNotMatch(output, /neverShown|192\.168\.0\.66/)
})

test('no secret is said, not even one that another takes the place of', async t => {
  const context = `PASSWORD='first-one'
PASSWORD='second-one'
CRYPTED_PASSWORD_BASE64='bm90IGEgaGFzaA=='
ONEGATE_TOKEN='token-of-mine'
START_SCRIPT='echo second-one'
SET_HOSTNAME='second-one'
`
  const files = makeDirectory(t, {'context/context.sh': context, 'root/etc/debian_version': '12\n'})
  const options = ['--root', join(files, 'root'), '--context', join(files, 'context')]
  for (const subject of [
    '',
    'PASSWORD',
    'ONEGATE_TOKEN',
    'START_SCRIPT',
    'start-script',
    'hostname',
    '/etc/hostname',
  ]) {
    for (const json of [[], ['--json']]) {
      const {output} = await runVmcontext('explain', ...options, ...json, ...(subject ? [subject] : []))
      assert.doesNotMatch(output, /first-one|second-one|token-of-mine|bm90IGEg/, `explain ${subject}`)
      assert.notEqual(output, '')
    }
  }
})

const wrong: readonly (readonly [args: string[], complaint: RegExp])[] = [
  [['ETH0_GATEWAI'], /did you mean ETH0_GATEWAY/],
  [['eth00'], /did you mean eth0.*\n.*NICs: eth0 eth1/],
  [['hostnmae'], /did you mean hostname/],
  [['/nowhere'], /there is no file \/nowhere/],
  [['step', 'eth0'], /nothing here is called "eth0"/],
  [['a', 'b'], /one subject/],
  [['\x1b[31m'], /"\\u001b\[31m"/],
  [['__proto__'], /nothing here is called/],
]

for (const [args, complaint] of wrong) {
  test(`explain ${JSON.stringify(args.join(' '))} is wrong usage`, async t => {
    const {options} = prepare(t, 'field/one-apps-198-alias')
    const {exitCode, errors, output} = await runVmcontext('explain', ...options, ...args)
    assert.deepEqual([exitCode, output], [2, ''])
    assert.match(errors, complaint)
  })
}

test('a thousand variables are answered for in seconds', async t => {
  const {options} = prepare(t, 'manual-2.2/debian-12')
  const lines = Array.from({length: 1000}, (_, index) => `VARIABLE_${index}='${index}'\n`)
  const context = makeDirectory(t, {
    'context.sh': `ETH0_MAC='02:00:c0:a8:00:05'\nETH0_IP='192.168.0.5'\n${lines.join('')}`,
  })
  const {output} = await runVmcontext('explain', ...withContext(options, context), 'eth0')
  assert.match(output, /ETH0_IP \(context.sh:2\)/)
})

test('a guest where it is switched off is explained as well, to programs too', async t => {
  const {options} = prepare(t, 'steps/kernel-says-off')
  const {exitCode, output} = await runVmcontext('explain', ...options, 'eth0', '--json')
  assert.equal(exitCode, 0)
  assert.match(JSON.parse(output).answer[0], /switched off/)
})

test('records of a later program do not keep it from an answer', async t => {
  const {options, root} = prepare(t, 'manual-2.2/debian-12')
  mkdirSync(join(root, 'var/lib/vmcontext'), {recursive: true})
  writeFileSync(join(root, 'var/lib/vmcontext/manifest.json'), '{"version": 99}')
  const {exitCode, output} = await runVmcontext('explain', ...options, 'eth0')
  assert.equal(exitCode, 0)
  assert.match(output, /^eth0 \(02:00:c0:a8:00:05\) gets 192\.168\.0\.5\/24/)
})

test('colours stand only before a terminal, and hold nothing of the context', async t => {
  const {options} = prepare(t, 'manual-2.2/debian-12')
  const shown = await runOnTerminal(['explain', ...options, 'eth0'])
  const plain = await runVmcontext('explain', ...options, 'eth0')
  assert.match(shown.output, /\x1b\[1m/)
  assert.equal(shown.output.replace(/\x1b\[\d+m/g, ''), plain.output)
  const quiet = await runOnTerminal(['explain', ...options, 'eth0'], {NO_COLOR: '1'})
  assert.equal(quiet.output, plain.output)
})

function prepare(t: TestContext, scenario: string): {options: string[]; root: string} {
  const path = join(scenariosDirectory, scenario)
  const root = layOut(makeDirectory(t), path)
  const own = readBootOptions(path).filter(option => !['--strict', '--force'].includes(option))
  return {root, options: ['--root', root, ...own]}
}

/** Compares with the text that is kept. */
function expectText(name: string, text: string, ...directories: readonly string[]): void {
  // Where a long path breaks the line depends on where this repository lies.
  const whole = text.replace(/^Context:.*?(?=\nThis root)/s, sentence => sentence.replaceAll('\n', ' '))
  const shown = [...directories, scenariosDirectory].reduce((all, path) => all.replaceAll(path, 'DIR'), whole)
  const file = join(import.meta.dirname, 'explain', `${name.replaceAll(/[^\w.-]+/g, '_')}.txt`)
  if (process.env.UPDATE_SCENARIOS === '1') {
    mkdirSync(join(import.meta.dirname, 'explain'), {recursive: true})
    writeFileSync(file, shown)
  }
  assert.equal(shown, existsSync(file) ? readFileSync(file, 'utf8') : '', file)
}

/** Lines of files and paths are as long as they are. */
function checkWidth(output: string): void {
  const long = output
    .split('\n')
    .filter(line => line.length > 80 && !/^ {6}[ \d]/.test(line) && !line.includes('/'))
  assert.deepEqual(long, [])
}
