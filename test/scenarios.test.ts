// Scenarios: a root file system in, a context in, a root file system out. Each directory below test/scenarios/TOPIC
// is one, found by itself:
//
//   base         names the directory of test/scenarios/bases that the root begins with (optional)
//   root/        files that are laid over it
//   context/     the disc (optional: no context)
//   links        the NICs: name and MAC, a line each
//   options      further options of `vmcontext boot` (optional)
//   changes      expected: the set of files that came (A), changed (M), went (D), with mode and owner
//   expected/    expected: the text of each file that came or changed
//   console      expected: what the console said, times left out
//
// Every scenario is run a second time, and then nothing at all may change. UPDATE_SCENARIOS=1 writes the expectations
// anew; the difference is reviewed like code.

import assert from 'node:assert/strict'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {test} from 'node:test'
import {createTwoFilesPatch} from 'diff'
import {bootRoot} from './boot-root.ts'
import {layOut, listScenarios, readBootOptions, scenariosDirectory} from './scenario.ts'
import {makeDirectory} from './temporary.ts'
import {requireRoot} from './tools.ts'
import {compareTrees, readTree, type Tree} from './tree.ts'

const isUpdating = process.env.UPDATE_SCENARIOS === '1'

for (const scenario of listScenarios()) {
  test(relative(scenariosDirectory, scenario), async t => {
    if (!requireRoot(t)) return
    const root = layOut(makeDirectory(t), scenario)
    const before = readTree(root)
    const console = await boot(root, scenario)
    const after = readTree(root)
    check(scenario, console, before, after)
    await boot(root, scenario)
    assert.equal(compareTrees(after, readTree(root)), '', 'a second run changes something')
  })
}

/** Boots the root as the scenario says. */
async function boot(root: string, scenario: string): Promise<string> {
  const said = await bootRoot(root, ...readBootOptions(scenario))
  return said.replaceAll(root, 'ROOT').replaceAll(scenario, 'SCENARIO')
}

function check(scenario: string, console: string, before: Tree, after: Tree): void {
  const expected = join(scenario, 'expected')
  const changed = [...after].filter(([path, entry]) => before.get(path)?.text !== entry.text)
  const actual = new Map([
    ['console', console],
    ['changes', compareTrees(before, after)],
    ...changed.map(([path, {text}]): [string, string] => [`expected/${path}`, text]),
  ])
  if (isUpdating) {
    rmSync(expected, {recursive: true, force: true})
    for (const [name, text] of actual) {
      mkdirSync(dirname(join(scenario, name)), {recursive: true})
      writeFileSync(join(scenario, name), text, 'latin1')
    }
  }
  for (const name of [
    'console',
    'changes',
    ...readTree(expected)
      .keys()
      .map(path => `expected/${path}`),
  ]) {
    const wanted = existsSync(join(scenario, name)) ? readFileSync(join(scenario, name), 'latin1') : ''
    const patch = createTwoFilesPatch('expected', 'actual', wanted, actual.get(name) ?? '')
    assert.ok(wanted === actual.get(name), `${name} is not what it should be:\n${patch}`)
  }
}
