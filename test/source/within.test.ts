import assert from 'node:assert/strict'
import {symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {keepWithin} from '../../src/source/within.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

test('of a disc that is mounted only what is on it is there, wherever its links lead', t => {
  const root = makeDirectory(t, {'etc/shadow': 'x', 'mnt/real': 'text', 'mnt/dir/file': 'inner'})
  const links: Record<string, string> = {
    inner: 'real',
    up: 'dir/../real',
    'dir/sibling': '../real',
    chain: 'inner',
    absolute: '/etc/shadow',
    home: '/mnt/real',
    above: '../etc/shadow',
    'dir/above': '../../etc/shadow',
    back: '../mnt/real',
    outside: '/etc',
    round: 'round',
    nowhere: 'nothing',
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, 'mnt', name))
  const files = keepWithin(openSystem(root).files, '/mnt')
  const read = (name: string) => files.readText(`/mnt/${name}`)
  assert.deepEqual(['real', 'inner', 'up', 'dir/sibling', 'chain'].map(read), Array(5).fill('text'))
  const out = [
    'absolute',
    'home',
    'above',
    'dir/above',
    'back',
    'outside/shadow',
    'round',
    'nowhere',
    '../etc/shadow',
  ]
  assert.deepEqual(out.map(read), Array(out.length).fill(undefined))
  assert.deepEqual(
    ['absolute', 'outside', 'above'].map(name => files.status(`/mnt/${name}`)),
    Array(3).fill(undefined),
  )
  assert.deepEqual(files.list('/mnt/outside'), [])
  assert.equal(files.readLink('/mnt/outside'), '/etc')
})
