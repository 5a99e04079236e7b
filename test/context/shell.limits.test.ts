// How much work and memory a hostile file can cost: counted in steps, not in seconds.

import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {spawnSync} from 'node:child_process'
import {Session} from 'node:inspector/promises'
import {test} from 'node:test'
import {parseShellFile} from '../../src/context/shell.ts'
import {tried} from '../campaign/rounds.ts'
import {depths, floods, lesserFloods} from './shell-floods.ts'

const kibibyte = 1024

/** Those that take the most memory, seen by trying all. */
const costly = ['A=1;', 'A=1&&', 'if:;', 'a ', 'A=1 ', 'A=x: ', 'export A={', 'A=$A$A\n']

test('twice as much of anything takes about twice as many steps', async t => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', {callCount: true, detailed: true})
  const texts = [...floods, ...lesserFloods].flatMap(unit => ['', 'A=', 'A="'].map(start => ({start, unit})))
  for (const {start, unit} of texts) {
    const count = async (size: number) => {
      parse(start + unit.repeat(Math.ceil(size / unit.length)))
      return takeSteps(session)
    }
    await takeSteps(session)
    const [once, twice] = [await count(8 * kibibyte), await count(16 * kibibyte)]
    assert.ok(twice <= 2.3 * once + 1000, `${JSON.stringify(start + unit)}: ${once} steps, then ${twice}`)
  }
  session.disconnect()
  tried(t, texts.length, 'floods of one thing, counted in steps')
})

test('100,000 of whatever opens something overflow nothing', () => {
  for (const open of depths) {
    for (const start of ['B=', 'B="', '']) {
      const {assignments, problems} = parse(
        `KEPT=1\n${start}${open.repeat(Math.min(100_000, 1_000_000 / open.length))}`,
      )
      assert.equal(assignments[0]?.value, '1', start + open)
      assert.ok(problems.length < 400, start + open)
    }
  }
})

test('a file of 16 MiB is not looked at, one of 1 MiB is read within 512 MiB', () => {
  const {assignments, problems} = parse('A=1\n'.repeat(4 * kibibyte * kibibyte))
  assert.deepEqual([assignments.length, problems.length], [0, 1])
  const reader = JSON.stringify(new URL('../../src/context/shell.ts', import.meta.url).href)
  const script = `import {parseShellFile} from ${reader}
    for (const unit of ${JSON.stringify(costly)})
      parseShellFile(Buffer.from(unit.repeat(${kibibyte * kibibyte} / unit.length), 'latin1'), 'context.sh')`
  const options = ['--max-old-space-size=512', '--input-type=module', '-e', script]
  const {status, stderr} = spawnSync(process.execPath, options, {encoding: 'utf8'})
  assert.equal(status, 0, stderr.slice(0, 2000))
})

function parse(text: string) {
  return parseShellFile(Buffer.from(text, 'latin1'), 'context.sh')
}

/** How often any block of the reader was entered since the last call. */
async function takeSteps(session: Session): Promise<number> {
  const {result} = await session.post('Profiler.takePreciseCoverage')
  const reader = result.filter(({url}) => /src\/context\/shell/.test(url))
  const blocks = reader.flatMap(({functions}) => functions.flatMap(({ranges}) => ranges))
  return blocks.reduce((sum, {count}) => sum + count, 0)
}
