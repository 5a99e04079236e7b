import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readContext} from '../../src/context/context.ts'
import {makeKey} from '../keys.ts'
import {makeDisc} from './sample-disc.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const files = {'id_rsa.pub': alice, 'other.pub': bob, 'init.sh': '', 'more.sh': ''}

const kinds: [text: string, isOldKind: boolean][] = [
  ['A="1"\nB="2"', true],
  ['A="1"\nB=2', true],
  ["A='1'\nB='2'", false],
  ['A="1"\nB=\'2\'', false],
  ['A=1', false],
  ['', false],
]

for (const [text, isOldKind] of kinds) {
  test(`${JSON.stringify(text)} is ${isOldKind ? '' : 'not '}of 2.2's kind`, () => {
    assert.equal(readContext(makeDisc(text)).context.isOldKind, isOldKind)
  })
}

const described: [text: string, describesNics: boolean][] = [
  ["NETWORK='YES'", true],
  ["NETWORK='no'", false],
  ["ETH0_IP='10.0.0.5'", true],
  ["ETH12_MAC='02:00:0a:00:00:05'", true],
  ["ETH0_IP=''", false],
  ["PCI0_ADDRESS='01:00.0'", true],
  ["PCI0_MAC='02:00:0a:00:00:05'", false],
  ["ETHERNET='yes'", false],
]

for (const [text, describesNics] of described) {
  test(`${text} ${describesNics ? 'describes' : 'does not describe'} NICs`, () => {
    assert.equal(readContext(makeDisc(text)).context.describesNics, describesNics)
  })
}

const keys: [what: string, text: string, expected: Record<string, string[]>][] = [
  ['a key variable is for USERNAME', `USERNAME=joe\nSSH_PUBLIC_KEY='${bob}'`, {joe: [bob]}],
  ['and for root without one', `SSH_PUBLIC_KEY='${bob}'`, {root: [bob]}],
  [
    'an empty variable leaves it to the next name',
    `SSH_PUBLIC_KEY=''\nEC2_PUBLIC_KEY='${bob}'`,
    {root: [bob]},
  ],
  ['SSH_KEY is the last name', `SSH_KEY='${bob}'`, {root: [bob]}],
  ['the first name with a value wins', `SSH_KEY='${bob}'\nSSH_PUBLIC_KEY='${alice}'`, {root: [alice]}],
  ['USER_PUBKEY names a file', 'USERNAME=joe\nUSER_PUBKEY=other.pub', {joe: [bob]}],
  [
    'ROOT_PUBKEY is for root',
    'USERNAME=joe\nUSER_PUBKEY=other.pub\nROOT_PUBKEY=id_rsa.pub',
    {joe: [bob], root: [alice]},
  ],
  [
    'a file and a variable add up',
    `USERNAME=joe\nUSER_PUBKEY=other.pub\nSSH_KEY='${alice}'`,
    {joe: [alice, bob]},
  ],
  ['with USERNAME alone the usual files on the disc count', 'USERNAME=joe', {joe: [alice]}],
  ['without USERNAME they do not', 'HOSTNAME=web', {}],
  ['a USERNAME that is refused gets no key, and root does not get it', `USERNAME=a:b\nSSH_KEY='${bob}'`, {}],
]

for (const [what, text, expected] of keys) {
  test(what, () => {
    const {context} = readContext(makeDisc(text, files))
    const found = [...context.keys].map(([account, list]) => [account, list.map(({line}) => line)])
    assert.deepEqual(Object.fromEntries(found), expected)
  })
}

const scripts: [text: string, expected: string[], problems: number][] = [
  ['', ['init.sh'], 0],
  ['INIT_SCRIPTS="more.sh init.sh"', ['more.sh', 'init.sh'], 0],
  ['INIT_SCRIPTS="more.sh ../etc/rc.local /bin/true none.sh"', ['more.sh'], 3],
]

for (const [text, expected, problems] of scripts) {
  test(`scripts of ${JSON.stringify(text)}: ${expected.join(', ')}`, () => {
    const result = readContext(makeDisc(text, files))
    assert.deepEqual(result.context.scripts, expected)
    assert.equal(result.problems.scripts.length, problems)
  })
}

test('a disc without init.sh has no scripts', () =>
  assert.deepEqual(readContext(makeDisc('')).context.scripts, []))

test('SET_HOSTNAME stands above HOSTNAME', () => {
  const {context} = readContext(makeDisc('HOSTNAME=one\nSET_HOSTNAME=two.example.org'))
  assert.deepEqual(context.hostname, {full: 'two.example.org', short: 'two'})
})

test('a problem names file, line and key, and not the value', () => {
  const {problems} = readContext(makeDisc('\n\nIP_PUBLIC="hunter2"'))
  const [problem] = problems.network
  assert.deepEqual([problem?.file, problem?.line, problem?.key], ['context.sh', 3, 'IP_PUBLIC'])
  assert.doesNotMatch(problem?.message ?? '', /hunter2/)
})
