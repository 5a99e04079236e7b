import assert from 'node:assert/strict'
import {mkdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {resolveInRoot} from '../../src/system/root.ts'
import {makeDirectory} from '../temporary.ts'

const cases: [what: string, links: Record<string, string>, path: string, leadsTo: string][] = [
  ['a path without links stays', {}, '/etc/hosts', '/etc/hosts'],
  ['an absolute link starts again at the root', {'etc/hosts': '/run/hosts'}, '/etc/hosts', '/run/hosts'],
  ['a relative link is followed', {'etc/hosts': '../run/hosts'}, '/etc/hosts', '/run/hosts'],
  ['a link in the middle is followed', {bin: 'usr/bin'}, '/bin/sh', '/usr/bin/sh'],
  ['.. never climbs above the root', {'etc/hosts': '../../../../etc/shadow'}, '/etc/hosts', '/etc/shadow'],
  ['nor does a path', {}, '/../../etc/passwd', '/etc/passwd'],
  ['a link may lead to what is not there', {'etc/hosts': '/nowhere/hosts'}, '/etc/hosts', '/nowhere/hosts'],
]

for (const [what, links, path, leadsTo] of cases) {
  test(what, t => {
    const root = makeDirectory(t)
    mkdirSync(join(root, 'etc'))
    for (const [link, target] of Object.entries(links)) symlinkSync(target, join(root, link))
    assert.equal(resolveInRoot(root, path), join(root, leadsTo))
  })
}

test('links in a circle are an error', t => {
  const root = makeDirectory(t)
  symlinkSync('b', join(root, 'a'))
  symlinkSync('a', join(root, 'b'))
  assert.throws(() => resolveInRoot(root, '/a'), {code: 'ELOOP'})
})

test('the running machine is taken as it is', () =>
  assert.equal(resolveInRoot('/', '/etc/hosts'), '/etc/hosts'))
