// The .deb and the .rpm as files: what they ask for, what they are made of, what the distributions' own critics say.

import assert from 'node:assert/strict'
import {globSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {describe, test} from 'node:test'
import {setTimeout} from 'node:timers/promises'
import {execa} from 'execa'
import {listDepends} from '../../packaging/deb/depends.ts'
import {collectWorks} from '../../packaging/licences.ts'
import {parseReadelf} from '../../packaging/packages/elf.ts'
import {identity} from '../../packaging/packages/identity.ts'
import {placeOrder} from '../../packaging/packages/order.ts'
import {skip, skipWithout, whyUnbuilt, whyWithout} from '../guests/host.ts'
import {makeDirectory} from '../temporary.ts'
import {agent, type Kind, makePackage} from './made-packages.ts'

const repository = join(import.meta.dirname, '..', '..')
const builders: Record<Kind, string> = {deb: 'dpkg-deb', rpm: 'rpmbuild'}
const kinds = Object.keys(builders) as Kind[]
const unbuilt = whyUnbuilt(agent)

const readelf = `
Dynamic section at offset 0x1000 contains 4 entries:
 0x0000000000000001 (NEEDED)             Shared library: [libdl.so.2]
 0x0000000000000001 (NEEDED)             Shared library: [libstdc++.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libgcc_s.so.1]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [ld-linux-x86-64.so.2]

Version symbols section '.gnu.version' contains 1 entries:
  000:   0 (*local*)       2 (GLIBC_2.99)

Version needs section '.gnu.version_r' contains 2 entries:
 Addr: 0x0000000000400000  Offset: 0x000000  Link: 4 (.dynstr)
  000000: Version: 1  File: libstdc++.so.6  Cnt: 2
  0x0010:   Name: CXXABI_1.3.9  Flags: none  Version: 4
  0x0020:   Name: GLIBCXX_3.4.9  Flags: none  Version: 3
  0x0030: Version: 1  File: libc.so.6  Cnt: 2
  0x0040:   Name: GLIBC_2.9  Flags: none  Version: 2
  0x0050:   Name: GLIBC_2.28  Flags: none  Version: 5
`

describe('what the executable needs', () => {
  test('is read from its dynamic section and its version needs', () => {
    const needs = parseReadelf(readelf)
    assert.deepEqual(needs.get('libstdc++.so.6'), ['CXXABI_1.3.9', 'GLIBCXX_3.4.9'])
    assert.deepEqual(needs.get('libdl.so.2'), [])
  })

  test('is the highest version of each name, in the words of Debian', () => {
    const depends = ['libc6 (>= 2.28)', 'libgcc-s1 | libgcc1', 'libstdc++6 (>= 5.2)']
    assert.deepEqual(listDepends(parseReadelf(readelf)), depends)
  })

  test('is never left out in silence', () => {
    const unknown = readelf.replace('libdl.so.2', 'libnew.so.1')
    assert.throws(() => listDepends(parseReadelf(unknown)), /no Debian package with libnew\.so\.1/)
    const newer = readelf.replace('CXXABI_1.3.9', 'CXXABI_1.9.1')
    assert.throws(() => listDepends(parseReadelf(newer)), /does not know CXXABI_1\.9\.1/)
  })
})

describe('the copyright file', skip(unbuilt), () => {
  test('names every package that lies in the executable, and carries terms for each', async t => {
    const {copyright} = await placeOrder('x64', makeDirectory(t))
    const works = await collectWorks(`${agent}.json`)
    assert.ok(works.length > 20)
    for (const {name, version} of works) assert.ok(copyright.includes(`${name} ${version}\n`), name)
    const used = new Set(copyright.match(/^License: .*$/gm))
    const given = copyright.match(/^License: (.*)\n /gm)?.map(match => match.split('\n')[0]!)
    assert.deepEqual([...used].sort(), given?.sort())
  })
})

describe('the scripts of the packages', () => {
  const scripts = globSync('packaging/{deb/p*[mt],rpm/*.sh}', {cwd: repository}).sort()
  const enabling = scripts.filter(name => /post(inst|rm)|\/(post|preun)\.sh/.test(name))

  test('are clean to sh and shellcheck', skipWithout('shellcheck'), async () => {
    assert.equal(scripts.length, 7)
    for (const script of scripts) {
      await execa('sh', ['-n', script], {cwd: repository})
      await execa('shellcheck', ['--shell=sh', script], {cwd: repository})
    }
  })

  test('enable what is meant to be enabled', async () => {
    const units = globSync('init/systemd/*', {cwd: repository})
    const texts = await Promise.all(units.map(unit => readFile(join(repository, unit), 'utf8')))
    const wanted = units
      .filter((_, index) => texts[index]!.includes('[Install]'))
      .map(unit => basename(unit))
      .sort()
    for (const script of enabling) {
      const list = /^units='([^']*)'/m.exec(await readFile(join(repository, script), 'utf8'))?.[1]
      assert.deepEqual(list?.split(/\s+/).sort(), wanted, script)
    }
    const preset = await readFile(join(repository, 'packaging/rpm/80-vmcontext.preset'), 'utf8')
    assert.deepEqual(preset.match(/(?<=^enable ).*$/gm)?.sort(), wanted)
  })
})

for (const kind of kinds) {
  describe(`the .${kind}`, skipWithout(builders[kind]), () => {
    test('is the same, byte for byte, when it is made again', skip(unbuilt), async t => {
      const [one, other] = [makeDirectory(t), makeDirectory(t)]
      const first = await makePackage(kind, one, {compression: 'xz'})
      // Neither the time of day, in seconds, nor the directory is in it.
      await setTimeout(1100)
      const second = await makePackage(kind, other, {compression: 'xz'})
      assert.ok((await readFile(first)).equals(await readFile(second)))
    })
  })
}

describe('the .deb', skip(whyWithout('dpkg-deb'), unbuilt), () => {
  test('asks for the C and C++ libraries and recommends nothing', async t => {
    const path = await makePackage('deb', makeDirectory(t), {executable: agent})
    const field = async (name: string) => (await execa('dpkg-deb', ['--field', path, name])).stdout
    const libraries = (await field('Depends')).replaceAll(/ \([^)]*\)/g, '')
    assert.equal(libraries, 'libc6, libgcc-s1 | libgcc1, libstdc++6')
    assert.equal(await field('Recommends'), '')
    assert.equal(await field('Conflicts'), identity.conflicts.join(', '))
    assert.equal(await field('Replaces'), '')
  })

  test('is clean to lintian', skipWithout('lintian'), async t => {
    const path = await makePackage('deb', makeDirectory(t), {executable: agent})
    // Compressing takes a minute; whether it is, the size tells.
    const uncompressed = ['uses-no-compression-for-control-tarball', 'uses-no-compression-for-data-tarball']
    const severities = ['--display-experimental', '--pedantic', '--allow-root']
    const {stdout} = await execa(
      'lintian',
      [...severities, '--suppress-tags', uncompressed.join(','), path],
      {
        reject: false,
      },
    )
    assert.equal(stdout, '')
  })
})

describe('the .rpm', skip(whyWithout('rpmbuild'), unbuilt), () => {
  test('asks for libraries and a shell, in the versions that rpm found', async t => {
    const path = await makePackage('rpm', makeDirectory(t), {executable: agent})
    const query = async (what: string) => (await execa('rpm', ['-qp', what, path])).stdout.split('\n')
    const requires = await query('--requires')
    assert.ok(requires.includes('libc.so.6(GLIBC_2.28)(64bit)'))
    const known =
      /^(ld-linux-x86-64|lib(c|m|dl|pthread|gcc_s|stdc\+\+))\.so\.\d+\(|^(\/bin\/sh|rtld|rpmlib|config)\b/
    assert.deepEqual(
      requires.filter(name => !known.test(name)),
      [],
    )
    assert.deepEqual(await query('--recommends'), [''])
    assert.deepEqual(await query('--conflicts'), identity.conflicts)
    assert.deepEqual(await query('--obsoletes'), [''])
  })

  test('is clean to rpmlint', skipWithout('rpmlint'), async t => {
    const path = await makePackage('rpm', makeDirectory(t), {executable: agent})
    const settings = join(repository, 'packaging/rpm/rpmlint.toml')
    const {stdout} = await execa('rpmlint', ['-c', settings, path], {reject: false})
    assert.match(stdout, / 1 packages and 0 specfiles checked; 0 errors, 0 warnings/)
  })
})
