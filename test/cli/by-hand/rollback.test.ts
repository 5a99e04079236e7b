// `vmcontext rollback` as a person sees it on a terminal.

import assert from 'node:assert/strict'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {makeSample, type Sample} from '../../rollback/sample.ts'
import {type Run, runRelease} from '../../run-vmcontext.ts'

/** Runs it on a terminal, where all is one output, and somebody answers. */
async function onTerminal(
  args: readonly string[],
  answer: string | (() => string),
  environment = {},
): Promise<Run> {
  const run = await runRelease(['rollback', ...args], {
    environment,
    isTerminal: true,
    answer: typeof answer === 'string' ? () => answer : answer,
  })
  return {...run, output: run.output + run.errors}
}

const hostname = ({root}: Sample) => readFileSync(join(root, 'etc/hostname'), 'utf8')

test('it shows what it would do, asks, and does it', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  await sample.boot('b')
  const no = await onTerminal(['--root', sample.root], 'n')
  assert.deepEqual([no.exitCode, no.asked], [1, ['Take back run 2? [y/N] ']])
  assert.match(no.output, /\x1b\[31m-two\x1b\[39m\n +\x1b\[32m\+one\x1b\[39m/)
  assert.match(no.output, /Nothing was done\.\n$/)
  assert.equal(hostname(sample), 'two\n')
  const yes = await onTerminal(['1', '--root', sample.root], 'y', {NO_COLOR: '1'})
  assert.deepEqual([yes.exitCode, yes.asked], [0, ['Take back runs 2, 1? [y/N] ']])
  assert.doesNotMatch(yes.output, /\x1b/)
  assert.equal(hostname(sample), 'debian\n')
})

test('a boot between the question and the answer is noticed', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const {exitCode, output} = await onTerminal(['--root', sample.root], () => {
    // Everything is looked at again behind the lock.
    writeFileSync(join(sample.root, 'etc/hosts'), 'by hand\n')
    return 'yes'
  })
  assert.equal(exitCode, 3)
  assert.match(output, /the guest has changed since it was shown; look again/)
  assert.equal(hostname(sample), 'one\n')
  assert.ok(!existsSync(join(sample.root, 'run/vmcontext/lock')))
})

test('the text of user data is not shown', async t => {
  const sample = makeSample(t)
  await sample.boot('b')
  const {output} = await onTerminal(['--root', sample.root, '--dry-run'], 'n')
  assert.match(output, /remove \/srv\/made\/by\/cloud/)
  assert.doesNotMatch(output, /hello/)
})

test('lines have 80 columns, but for those of files', async t => {
  const sample = makeSample(t)
  await sample.boot('b')
  const {output} = await onTerminal(['--root', sample.root, '--yes'], '', {NO_COLOR: '1'})
  const own = output.split('\n').filter(line => !/^ {4}/.test(line) && !line.includes(sample.root))
  assert.deepEqual(
    own.filter(line => line.length > 80),
    [],
  )
})
