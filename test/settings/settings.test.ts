import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseShellFile} from '../../src/context/shell.ts'
import {indexVariables} from '../../src/context/variables.ts'
import type {Problem} from '../../src/problem.ts'
import {
  findUnknownSettings,
  parseKernelCommandLine,
  parseOverride,
  type SettingsLayer,
  settle,
} from '../../src/settings/settings.ts'

const layer = (text: string): SettingsLayer => ({
  file: 'conf',
  variables: indexVariables(parseShellFile(Buffer.from(text), 'conf').assignments),
})

/** What holds after these layers, strongest first, and what was found wrong. */
function settled(owner: string[], context?: string) {
  const problems: Problem[] = []
  const settings = settle(owner.map(layer), context === undefined ? undefined : layer(context), problems)
  return {...settings, problems: problems.map(({key}) => key)}
}

test('without any layer the defaults hold', () => {
  const {problems, stepsOff, ...settings} = settled([])
  assert.deepEqual(problems, [])
  assert.equal(stepsOff.size, 0)
  assert.deepEqual(settings, {
    enabled: true,
    macPrefix: '02:00',
    macRule: 'auto',
    macNetmask: 24,
    gateway: undefined,
    target: undefined,
    mountPoint: '/mnt',
    networkType: undefined,
    netplanRenderer: undefined,
    scriptTimeoutMs: 600_000,
    readyAuthorityFile: undefined,
    readyTimeoutMs: 30_000,
    contextWaitMs: 5000,
    contextWaitGiven: false,
    nicWaitMs: 5000,
    onlineWaitMs: 60_000,
  })
})

type Read = (settings: ReturnType<typeof settled>) => unknown
const cases: [
  what: string,
  owner: string[],
  context: string | undefined,
  read: Read,
  value: unknown,
  problems?: string[],
][] = [
  ['a stronger layer wins', ['MAC_PREFIX=0a:0b', 'MAC_PREFIX=any'], undefined, s => s.macPrefix, '0a:0b'],
  ['an empty value is none', ['MAC_PREFIX=', 'MAC_PREFIX=any'], undefined, s => s.macPrefix, 'any'],
  ['the context is asked last', ['MAC_RULE=never'], 'MAC_RULE=always', s => s.macRule, 'never'],
  ['and heard where nobody else speaks', [], 'MAC_RULE=always', s => s.macRule, 'always'],
  [
    'where discs are mounted is not for the context to say',
    [],
    'MOUNT_POINT=/etc',
    s => s.mountPoint,
    '/mnt',
  ],
  [
    'what is wrong is named, and the default holds',
    ['MAC_RULE=maybe', 'MAC_RULE=never'],
    undefined,
    s => s.macRule,
    'auto',
    ['MAC_RULE'],
  ],
  ['seconds may have a fraction', ['SCRIPT_TIMEOUT=1.5'], undefined, s => s.scriptTimeoutMs, 1500],
  [
    'a time without a number is none',
    ['SCRIPT_TIMEOUT=soon'],
    undefined,
    s => s.scriptTimeoutMs,
    600_000,
    ['SCRIPT_TIMEOUT'],
  ],
  [
    'no time at all is no time for a script',
    ['SCRIPT_TIMEOUT=0', 'READY_TIMEOUT=0'],
    undefined,
    s => [s.scriptTimeoutMs, s.readyTimeoutMs],
    [600_000, 30_000],
    ['SCRIPT_TIMEOUT', 'READY_TIMEOUT'],
  ],
  [
    'no wait at all is a wait',
    ['CONTEXT_WAIT=0'],
    undefined,
    s => [s.contextWaitMs, s.contextWaitGiven],
    [0, true],
  ],
  ['TARGET may be a path', ['TARGET=/dev/sdc'], undefined, s => s.target, 'sdc'],
  ['TARGET is no way out of /dev', ['TARGET=../etc/shadow'], undefined, s => s.target, undefined, ['TARGET']],
  ['a mount point is absolute', ['MOUNT_POINT=mnt'], undefined, s => s.mountPoint, '/mnt', ['MOUNT_POINT']],
  [
    'steps are switched off by name',
    ['STEPS_OFF="scripts, keys"'],
    undefined,
    s => [...s.stepsOff],
    ['scripts', 'keys'],
  ],
  [
    'a step that is none is named',
    ['STEPS_OFF=everything'],
    undefined,
    s => [...s.stepsOff],
    [],
    ['STEPS_OFF'],
  ],
  ['a mask may be dotted', ['NETMASK=255.255.0.0'], undefined, s => s.macNetmask, 16],
]

for (const [what, owner, context, read, value, problems = []] of cases) {
  test(what, () => {
    const settings = settled(owner, context)
    assert.deepEqual(read(settings), value)
    assert.deepEqual(settings.problems, problems)
  })
}

test('a setting that is misspelt is named with its line', () => {
  const [problem] = findUnknownSettings(layer('MAC_PREFIX=any\nMAC_PREFX=any'))
  assert.deepEqual([problem?.line, problem?.key], [2, 'MAC_PREFX'])
})

test('the kernel command line may say it', () => {
  const variables = parseKernelCommandLine(
    'BOOT_IMAGE=/vmlinuz quiet vmcontext.mac_rule=never "vmcontext.STEPS_OFF=keys scripts"\n',
  )
  assert.deepEqual(
    [...variables.values()].map(({name, value}) => [name, value]),
    [
      ['MAC_RULE', 'never'],
      ['STEPS_OFF', 'keys scripts'],
    ],
  )
})

test('vmcontext=off switches it off', () => {
  const problems: Problem[] = []
  assert.equal(
    settle([{variables: parseKernelCommandLine('vmcontext=off')}], undefined, problems).enabled,
    false,
  )
})

test('--set takes an assignment', () => assert.equal(parseOverride('mac_rule=never')?.name, 'MAC_RULE'))
test('--set takes nothing else', () => assert.equal(parseOverride('mac_rule'), undefined))
