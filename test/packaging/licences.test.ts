// Whose work lies in the executable: nothing is carried along whose terms are not.

import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {architectures, executables, provideBase} from '../../packaging/base.ts'
import {collectWorks, readNodeWork} from '../../packaging/licences.ts'
import {skip, whyUnbuilt} from '../guests/host.ts'
import {makeDirectory} from '../temporary.ts'

const repository = join(import.meta.dirname, '..', '..')
const unbuilt = skip(whyUnbuilt(executables.x64))

/** Says what a build would of a script with one package in it. */
function pretendToBuild(t: TestContext, files: Record<string, string>): string {
  const work = Object.entries(files).map(([name, text]) => [`node_modules/work/${name}`, text])
  const directory = makeDirectory(t, Object.fromEntries(work))
  const metafile = join(directory, 'metafile.json')
  const source = relative(repository, join(directory, 'node_modules/work/index.js'))
  writeFileSync(metafile, JSON.stringify({inputs: {'src/main.ts': {}, [source]: {}}}))
  return metafile
}

const manifest = JSON.stringify({name: 'work', version: '1.2.3', license: 'MIT'})

describe('the works that lie in the executable', () => {
  test('are those of its script, each with its terms in full', unbuilt, async () => {
    const works = await collectWorks(`${executables.x64}.json`)
    const names = works.map(({name}) => name)
    // What the agent names itself, and something that comes along with it.
    for (const name of ['commander', 'execa', 'yaml', 'npm-run-path']) assert.ok(names.includes(name), name)
    for (const {name, licence, text} of works) {
      assert.match(licence, /^(MIT|ISC|BSD-3-Clause|Apache-2\.0)$/, `${name}: may that be carried along?`)
      assert.match(text, /permission|redistribution|licensed under/i, name)
      assert.ok(text.length > 500, name)
    }
  })

  test('are told with version, terms and owner', async t => {
    const text = 'MIT License\n\nCopyright (c) 2011 Somebody\n\nPermission is hereby granted\n'
    const metafile = pretendToBuild(t, {'package.json': manifest, 'LICENCE.md': text})
    const [work] = await collectWorks(metafile)
    assert.deepEqual(work, {
      name: 'work',
      version: '1.2.3',
      licence: 'MIT',
      copyright: ['Copyright (c) 2011 Somebody'],
      text,
    })
  })

  const bad: Record<string, [Record<string, string>, RegExp]> = {
    'without a text': [{'package.json': manifest}, /node_modules\/work says nowhere/],
    'without terms': [{'package.json': '{"name": "work"}', LICENSE: 'Copyright (c) me\n'}, /says nowhere/],
    'of nobody': [{'package.json': manifest, LICENSE: 'Do as you like.\n'}, /does not say whose work it is/],
  }
  for (const [what, [files, message]] of Object.entries(bad)) {
    test(`${what} are not carried along`, async t => {
      await assert.rejects(collectWorks(pretendToBuild(t, files)), message)
    })
  }
})

describe('the text of Node', () => {
  for (const architecture of Object.keys(architectures) as (keyof typeof architectures)[]) {
    test(`for ${architecture} names what lies in it in turn`, async () => {
      const {text, version} = await readNodeWork(await provideBase(architecture))
      assert.match(version, /^24\./)
      for (const part of ['V8', 'OpenSSL', 'libuv', 'ICU', 'c-ares', 'nghttp2', 'zlib']) {
        assert.match(text, new RegExp(`^- ${part}, located at`, 'm'))
      }
    })
  }
})
