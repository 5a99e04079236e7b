// The portable form as a file and as a directory: what lies in it, and how its wrapper starts what lies beside it. What
// it does in guests is in test/guests/portable.test.ts.

import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import {stat} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {before, describe, type TestContext, test} from 'node:test'
import {execa} from 'execa'
import {readNeeds} from '../../packaging/packages/elf.ts'
import {type PackageOrder, placeOrder} from '../../packaging/packages/order.ts'
import {buildPortable, layOutPortable} from '../../packaging/portable/portable.ts'
import {skip, skipWithout, whyUnbuilt} from '../guests/host.ts'
import {portableDirectory, providePortableLayer} from '../guests/portable-layer.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot, requireTool} from '../tools.ts'
import {provideExecutable, runForeign} from './foreign.ts'
import {standIn} from './made-packages.ts'

const wrapper = readFileSync(join(import.meta.dirname, '../../packaging/portable/vmcontext.sh'), 'utf8')
const notDebian = existsSync('/etc/debian_version') ? undefined : 'its libraries come from Debian'
const ifMakeable = skip(whyUnbuilt(), notDebian)

/** Lays out a wrapper beside a loader that only says how it was called. */
function layOutStandIn(t: TestContext): {top: string; directory: string} {
  const top = makeDirectory(t, {
    'a place/vmcontext': wrapper.replace('@LOADER@', 'loader'),
    'a place/lib/loader': '#!/bin/sh\nprintf "<%s>" "$VMCONTEXT_PORTABLE" "$LD_PRELOAD" "$@"\n',
  })
  const directory = join(top, 'a place')
  for (const name of ['vmcontext', 'lib/loader']) chmodSync(join(directory, name), 0o755)
  return {top, directory}
}

function called(directory: string, name: string, ...args: string[]): string {
  const words = [directory, '', '--argv0', name, '--inhibit-cache', '--library-path', `${directory}/lib`]
  return [...words, `${directory}/vmcontext.bin`, ...args].map(word => `<${word}>`).join('')
}

describe('the wrapper of the portable form', () => {
  test('is clean to shellcheck', skipWithout('shellcheck'), async () => {
    await execa('shellcheck', ['--shell=sh', '-'], {input: wrapper})
  })

  test('finds its directory, wherever it is called from, and hands every argument on', async t => {
    const {directory} = layOutStandIn(t)
    const args = ['boot', 'two words', '', '*', '--']
    const {stdout} = await execa(join(directory, 'vmcontext'), args, {env: {LD_PRELOAD: ''}})
    assert.equal(stdout, called(directory, join(directory, 'vmcontext'), ...args))
    const inside = await execa('./vmcontext', ['plan'], {cwd: directory})
    assert.equal(inside.stdout, called(directory, './vmcontext', 'plan'))
    const above = await execa('a place/vmcontext', {cwd: join(directory, '..')})
    assert.equal(above.stdout, called(directory, 'a place/vmcontext'))
  })

  test('follows links, one after another', async t => {
    const {top, directory} = layOutStandIn(t)
    mkdirSync(join(top, 'usr/sbin'), {recursive: true})
    symlinkSync('../../a place/vmcontext', join(top, 'usr/sbin/relative'))
    symlinkSync(join(top, 'usr/sbin/relative'), join(top, 'absolute'))
    symlinkSync('a place', join(top, 'other'))
    for (const path of ['usr/sbin/relative', 'absolute', 'other/vmcontext']) {
      const {stdout} = await execa(join(top, path))
      assert.equal(stdout, called(directory, join(top, path)))
    }
  })

  for (const [shell, ...options] of [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const) {
    test(`is run by ${shell}`, async t => {
      if (!requireTool(t, shell)) return
      const {directory} = layOutStandIn(t)
      const {stdout} = await execa(shell, [...options, 'vmcontext', 'plan'], {cwd: directory})
      assert.equal(stdout, called(directory, 'vmcontext', 'plan'))
    })
  }

  test('keeps away what the caller has for the libraries of the guest', async t => {
    const {directory} = layOutStandIn(t)
    const env = {LD_PRELOAD: '/nowhere/libguest.so', LD_LIBRARY_PATH: '/usr/lib64'}
    const {stdout} = await execa('sh', [join(directory, 'vmcontext')], {env})
    assert.equal(stdout, called(directory, join(directory, 'vmcontext')))
  })

  // The loader would take it for two directories.
  test('says why it cannot be started from a directory with a colon', async t => {
    const {top, directory} = layOutStandIn(t)
    renameSync(directory, join(top, 'a:b'))
    const {exitCode, stderr} = await execa(join(top, 'a:b/vmcontext'), {reject: false})
    assert.equal(exitCode, 3)
    assert.match(
      stderr,
      /^vmcontext: cannot be started from .*a:b: put it where the path has neither : nor ;$/,
    )
  })
})

describe('the archive of the portable form', ifMakeable, () => {
  /** Around a small program: the libraries are the same ones. */
  const order = async (directory: string): Promise<PackageOrder> => ({
    ...(await placeOrder('x64', directory)),
    executable: standIn,
    compression: 'none',
  })

  test('is the same twice, one directory, of root, with one time', async t => {
    const [one, other] = [await order(makeDirectory(t)), await order(makeDirectory(t))]
    const [archive, again] = [await buildPortable(one), await buildPortable(other)]
    assert.equal(basename(archive), `vmcontext-${one.version}-linux-x64-portable.tar`)
    assert.ok(readFileSync(archive).equals(readFileSync(again)))
    const {stdout} = await execa('tar', ['-tvf', archive, '--numeric-owner', '--utc', '--full-time'])
    const date = new Date(one.date * 1000).toISOString().slice(0, 19).replace('T', ' ')
    const lines = stdout.split('\n')
    assert.ok(lines.length > 10)
    for (const line of lines) {
      assert.match(line, /^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) 0\/0 /)
      assert.ok(line.includes(` ${date} vmcontext-${one.version}-linux-x64-portable/`), line)
    }
  })

  test('is unpacked by busybox', skipWithout('busybox'), async t => {
    const directory = makeDirectory(t)
    const archive = await buildPortable({...(await order(directory)), compression: 'xz'})
    await execa('busybox', ['tar', '-xJf', archive], {cwd: directory})
    const {stdout} = await execa(join(archive.replace(/\.tar\.xz$/, ''), 'vmcontext'), ['--version'])
    assert.match(stdout, /^true /)
  })
})

describe('the portable form', ifMakeable, () => {
  let directory = ''
  before(async () => {
    directory = join(await providePortableLayer(), portableDirectory)
  })
  const read = (name: string) => readFileSync(join(directory, name), 'utf8')

  test('has the libraries that the agent and they themselves need, and no others', async () => {
    const libraries = readdirSync(join(directory, 'lib'))
    const files = ['vmcontext.bin', ...libraries.map(name => `lib/${name}`)]
    const needs = await Promise.all(files.map(file => readNeeds(join(directory, file))))
    assert.deepEqual(libraries.sort(), [...new Set(needs.flatMap(need => [...need.keys()]))].sort())
    const sizes = await Promise.all(libraries.map(name => stat(join(directory, 'lib', name))))
    assert.ok(sizes.reduce((sum, {size}) => sum + size, 0) < 6e6)
  })

  test('carries the terms of all of it, and says where the sources are', () => {
    const names = readdirSync(join(directory, 'licences')).sort()
    for (const name of ['Apache-2.0', 'GPL-3', 'LGPL-2.1', 'vmcontext.copyright'])
      assert.ok(names.includes(name))
    const texts = names.filter(name => name.endsWith('.copyright')).map(name => read(`licences/${name}`))
    for (const text of texts) {
      for (const [, name] of text.matchAll(/\/usr\/share\/common-licenses\/([\w.-]*\w)/g)) {
        assert.ok(names.includes(name!), `${name} is referred to`)
      }
    }
    assert.match(texts.join(), /GCC RUNTIME LIBRARY EXCEPTION/)
    assert.match(read('README'), /^ {2}libc6 2\.\d\d-\S+$/m)
    assert.match(read('README'), /apt-get source --download-only glibc=2\.\d\S+ \\\n +gcc-\d+=\d/)
  })

  test('starts in a root that holds a shell and nothing else: no /proc, no /dev', async t => {
    if (!requireRoot(t) || !requireTool(t, 'busybox')) return
    const root = makeDirectory(t)
    mkdirSync(join(root, 'bin'))
    copyFileSync('/usr/bin/busybox', join(root, 'bin/busybox'))
    for (const applet of ['sh', 'readlink']) symlinkSync('busybox', join(root, 'bin', applet))
    await execa('cp', ['-r', directory, join(root, 'vmcontext')])
    symlinkSync('vmcontext/vmcontext', join(root, 'link'))
    const {stdout, stderr} = await execa('/usr/sbin/chroot', [root, '/link', '--version'], {
      env: {PATH: '/bin'},
      extendEnv: false,
    })
    assert.match(stdout, /^vmcontext \d+\.\d+\.\d+$/)
    assert.equal(stderr, '')
  })

  const withoutQemu = skip(existsSync('/usr/bin/qemu-aarch64') ? undefined : 'not installed: qemu-user')
  test('for arm64 is started by the loader that lies in it', withoutQemu, async t => {
    const portable = join(makeDirectory(t), 'portable')
    const executable = await provideExecutable('arm64')
    await layOutPortable({...(await placeOrder('arm64', makeDirectory(t))), executable}, portable)
    assert.match(readFileSync(join(portable, 'vmcontext'), 'utf8'), /\/lib\/ld-linux-aarch64\.so\.1"/)
    const lib = join(portable, 'lib')
    const command = [join(lib, 'ld-linux-aarch64.so.1'), '--inhibit-cache', '--library-path', lib] as const
    const answer = await runForeign('arm64', [...command, join(portable, 'vmcontext.bin'), '--version'])
    assert.match(answer.stdout, /^vmcontext \d/)
    assert.equal(answer.stderr, '')
  })
})
