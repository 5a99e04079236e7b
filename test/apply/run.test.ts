import assert from 'node:assert/strict'
import {test} from 'node:test'
import {runHandler} from '../../src/apply/run.ts'
import {activateByIfup} from '../../src/network/ifup.ts'
import {noNetwork} from '../../src/network/model.ts'
import type {CommandResult} from '../../src/system/commands.ts'
import {openSystem} from '../../src/system/system.ts'

async function bringUp(ended: CommandResult['ended']): Promise<string[]> {
  const [action] = activateByIfup({down: [], up: ['eth0'], network: noNetwork}, {
    isStarted: true,
  } as never).after
  const commands: string[] = []
  const run = async ({argv}: {argv: readonly string[]}): Promise<CommandResult> => {
    commands.push(argv.join(' '))
    return {ended, exitCode: ended === 'exited' ? 1 : undefined, output: ''}
  }
  const system = {...openSystem('/'), run}
  const {status} = await runHandler.perform(action!, {system, mayExecute: true} as never)
  assert.equal(status, 'failed')
  return commands
}

for (const ended of ['killed', 'timed out'] as const)
  test(`an ifup that was ${ended} is taken back: ifupdown has noted it as up`, async () =>
    assert.deepEqual(await bringUp(ended), ['ifup eth0', 'ifdown eth0']))

test('an ifup that fails has cleaned up itself', async () =>
  assert.deepEqual(await bringUp('exited'), ['ifup eth0']))
