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

// A context never comes from a network. Whatever else is said to one has its one place.
const speakers: Record<string, string[]> = {
  'src/system/dns.ts': ['dns/promises'],
  'src/system/https.ts': ['http', 'http', 'https', 'tls'],
  'src/system/kernel-network.ts': ['dgram'],
}

test('nothing speaks to a network but what is named here', () => {
  const modules =
    /(?:from |import\(|require\()'node:((?:https?|http2|net|tls|dgram|dns)(?:\/\w+)?)'|\bfetch\(/g
  const found = sources.flatMap(({path, text}) => {
    const names = Array.from(text.matchAll(modules), ([, name]) => name ?? 'fetch')
    return names.length === 0 ? [] : [[path, names] as const]
  })
  assert.deepEqual(Object.fromEntries(found), speakers)
})
