// The rules of the house that a reader relies on.

import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'

const root = join(import.meta.dirname, '..')
const sources = globSync('src/**/*.ts', {cwd: root}).map(path => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}))

/** The files outside some folders whose text has a match. */
function findOutside(allowed: RegExp, pattern: RegExp): string[] {
  return sources.filter(({path, text}) => !allowed.test(path) && pattern.test(text)).map(({path}) => path)
}

test('the sources are found', () => assert.ok(sources.length > 60))

test('src/system is the only door to the machine; main.ts writes to its terminal', () => {
  const doors = /^import (?!type ).*from '(node:fs|node:fs\/promises|node:child_process|node:net|execa)'/m
  assert.deepEqual(findOutside(/^src\/(system\/|main\.ts$)/, doors), [])
})

test('only main.ts ends the program and reads its arguments', () => {
  assert.deepEqual(findOutside(/^src\/main\.ts$/, /process\.(exit|argv|stdout|stderr)\b/), [])
})

test('what only decides touches nothing', () => {
  const pure = sources.filter(({path}) => /^src\/(context|network|plan)\//.test(path))
  const impure = pure.filter(({text}) => /^import (?!type ).*\/system\//m.test(text)).map(({path}) => path)
  assert.deepEqual(impure, [])
})

test('nothing asks a network', () => {
  assert.deepEqual(findOutside(/^$/, /from 'node:(http|https|http2|net|tls|dgram|dns)'|\bfetch\(/), [])
})
