import assert from 'node:assert/strict'
import {test} from 'node:test'
import {describeProgram, parseCommandLine} from '../../src/cli/command-line.ts'

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '), 'vmcontext 1.2.3')

test('boot does both stages on the running machine', () => {
  assert.deepEqual(parse('boot'), {
    command: 'boot',
    quiet: false,
    verification: {seconds: undefined, rollsBack: undefined},
    stages: ['local', 'final'],
    root: '/',
    contextPath: undefined,
    overrides: [],
    linksPath: undefined,
    strict: false,
    force: false,
    only: undefined,
  })
})

const verifications: [line: string, seconds: number | false | undefined, rollsBack: boolean | undefined][] = [
  ['boot --verify 30', 30, undefined],
  ['boot --no-verify', false, undefined],
  ['boot --rollback', undefined, true],
  ['boot --verify 5 --no-rollback', 5, false],
]

for (const [line, seconds, rollsBack] of verifications) {
  test(line, () => {
    const result = parse(line)
    assert.ok(result.command === 'boot')
    assert.deepEqual(result.verification, {seconds, rollsBack})
  })
}

test('plan takes what boot takes', () => {
  const plan = parse(
    'plan --json --check --stage final --root /r --context c --links l --set MAC_RULE=never --set NIC_WAIT=1 --strict',
  )
  assert.equal(plan.command, 'plan')
  assert.ok(plan.command === 'plan' && plan.json && plan.check && plan.strict)
  assert.deepEqual([plan.stages, plan.root, plan.contextPath, plan.linksPath], [['final'], '/r', 'c', 'l'])
  assert.deepEqual(
    plan.overrides.map(({name, value}) => `${name}=${value}`),
    ['MAC_RULE=never', 'NIC_WAIT=1'],
  )
})

const choices: [line: string, stages: string[], only: string[]][] = [
  ['boot --only keys', ['local'], ['keys']],
  ['boot --only keys --only keys', ['local'], ['keys']],
  ['boot --only ready --only network', ['local', 'final'], ['ready', 'network']],
  ['boot --stage final --only scripts', ['final'], ['scripts']],
  ['plan --only disks', ['local'], ['disks']],
]

for (const [line, stages, only] of choices) {
  test(line, () => {
    const result = parse(line)
    assert.ok(result.command === 'boot' || result.command === 'plan')
    assert.deepEqual([result.stages, result.only], [stages, only])
  })
}

const printed: [line: string, exitCode: number, text: RegExp][] = [
  ['--version', 0, /^vmcontext 1\.2\.3\n$/],
  ['--help', 0, /Exit codes: 0 done/],
  ['boot --help', 0, /Examples:/],
  ['help plan', 0, /--check/],
  ['', 2, /Usage: vmcontext/],
  ['help seal', 0, /--operations/],
  ['disc build --help', 0, /--network/],
  ['disc', 2, /build <template>|build \[options\] <template>/],
  ['disc build t.one', 2, /required option '-o, --output <file>'/],
  ['help', 0, /At boot:/],
  ['help disc build', 0, /--network/],
  ['disc help build', 0, /--network/],
  ['disc help', 0, /Examples:/],
  ['help bot', 2, /Did you mean boot\?/],
  ['help disc bild', 2, /Did you mean build\?/],
  ['disc chek', 2, /Did you mean check\?/],
  ['log --level wran', 2, /Did you mean warn\?/],
  ['log --lines none', 2, /number from 1/],
  ['status --wiat', 2, /Did you mean --wait\?/],
  ['disc build x -o y --format 2', 2, /The formats are\s+2\.2,\s+today/],
  ['bot', 2, /unknown command 'bot'\n\(Did you mean boot\?\)/],
  ['boot --stge local', 2, /Did you mean --stage\?/],
  ['boot --stage middle', 2, /The stages are\s+local, final\.\n$/],
  ['boot --set nothing', 2, /KEY=VALUE/],
  ['boot --verify 0', 2, /1 to 999/],
  ['boot extra', 2, /too many arguments/],
  ['boot --only key', 2, /The steps are network,\n {2}hostname, account, keys[\s\S]*Did you mean keys\?/],
  ['boot --stage final --only keys', 2, /--only keys is a step of the stage local, not of final/],
  ['plan --stage local --only network --only ready', 2, /--only ready is a step of the stage final/],
]

for (const [line, exitCode, text] of printed) {
  test(`vmcontext ${line}: exit ${exitCode}`, () => {
    const result = parse(line)
    assert.equal(result.command, 'print')
    assert.ok(result.command === 'print' && result.exitCode === exitCode)
    assert.match(result.text, text)
  })
}

const program = describeProgram()
const helps = [
  '--help',
  ...program.commands.flatMap(({name, commands}) => [name, ...commands.map(each => `${name} ${each.name}`)]),
]

for (const words of helps) {
  const line = words === '--help' ? words : `${words} --help`
  test(`the text of ${line} fits 80 columns and has examples`, () => {
    const result = parse(line)
    assert.ok(result.command === 'print')
    assert.deepEqual(
      result.text.split('\n').filter(row => row.length > 80),
      [],
    )
    assert.doesNotMatch(result.text, /default: (false|\[\])/)
    if (words !== '--help') assert.match(result.text, /\nExamples:\n {2}vmcontext /)
    if (words !== '--help') assert.deepEqual(parse(`help ${words}`), result)
  })
}

test('every example is a command line that is understood', () => {
  const commands = program.commands.flatMap(each => [each, ...each.commands])
  const examples = commands.flatMap(each => each.examples).filter(line => line.startsWith('  vmcontext '))
  assert.ok(examples.length > 30)
  for (const example of examples) {
    const [words] = example
      .trim()
      .replace('vmcontext ', '')
      .split(/ {2,}| && | > /)
    const result = parse(words!.replace(/^(explain \S+) [a-z].*/, '$1'))
    assert.ok(result.command !== 'print', `${example}: ${result.command === 'print' ? result.text : ''}`)
  }
})

test('the commands stand in groups', () => {
  const result = parse('--help')
  assert.ok(result.command === 'print')
  assert.match(result.text, /At boot:\n {2}boot[\s\S]*By hand:\n {2}plan[\s\S]*Images:\n {2}disc/)
})
