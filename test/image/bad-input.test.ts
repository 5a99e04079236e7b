// What people who make images get wrong, one line a case, seen from outside: what is said, the exit code, and that
// nothing has been touched.

import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {getuid} from 'node:process'
import {describe, test} from 'node:test'
import {runVmcontext} from '../run-vmcontext.ts'
import {makeDirectory} from '../temporary.ts'

type Files = Record<string, string | Uint8Array>
type Refusal = {files?: Files; code: number; says: RegExp}

/**
 * Runs a command line that must fail, say why, and leave everything as it was. `@` stands for the directory with the
 * files, `''` for an empty word.
 */
function refuses(name: string, line: string, {files = {}, code, says}: Refusal): void {
  test(name, async t => {
    const place = makeDirectory(t, files)
    const before = listTree(place)
    const words = line.split(' ').map(word => (word === "''" ? '' : word.replace('@', `${place}/`)))
    const {exitCode, output, errors} = await runVmcontext(...words)
    const said = (output + errors).replaceAll(/\s+/g, ' ').trim()
    assert.doesNotMatch(said, accident)
    assert.match(said, says)
    assert.equal(exitCode, code, said)
    assert.deepEqual(listTree(place), before)
  })
}

const accident = /defect of vmcontext|not built yet|undefined|\[object|NaN/

/** Every entry of a tree: its kind, mode, owner and content. */
function listTree(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below))
    .sort()
    .flatMap(name => {
      const path = join(below, name)
      const status = lstatSync(join(directory, path))
      const line = `${path} ${status.mode.toString(8)} ${status.uid}:${status.gid}`
      if (status.isDirectory()) return [line, ...listTree(directory, path)]
      if (status.isSymbolicLink()) return [`${line} -> ${readlinkSync(join(directory, path))}`]
      const bytes = readFileSync(join(directory, path))
      return [`${line} ${createHash('sha256').update(bytes).digest('hex')}`]
    })
}

const template = (context: string) => `NAME = "try"\nCONTEXT = [\n${context}\n]\n`
const build = 'disc build @vm.one --output @out.iso'

describe('disc build: a template that is none', () => {
  const says = (name: string, text: string | Uint8Array, pattern: RegExp) =>
    refuses(name, build, {files: {'vm.one': text}, code: 1, says: pattern})

  says('an unclosed bracket', 'NAME = try\nCONTEXT = [\n  HOSTNAME = "a"\n', /vm\.one:2:11: .*never closed/)
  says('an unclosed quote', 'NAME = try\nCONTEXT = [ HOSTNAME = "a ]\n', /vm\.one:2:24: .*never closed/)
  says('a bracket that closes nothing', 'NAME = try\n]\n', /vm\.one:2:1: .*closing bracket/)
  says('no value', 'NAME = try\nCONTEXT = [ HOSTNAME = ]\n', /vm\.one:2:24: no value/)
  says('no context', 'NAME = try\n', /vm\.one: there is no CONTEXT/)
  says('an empty file', '', /vm\.one: there is no CONTEXT/)
  says('a program', Buffer.from('\x7fELF\0\0'), /vm\.one: this is no template/)
  says('XML', '<TEMPLATE><NAME>try</NAME></TEMPLATE>\n', /vm\.one:1:1: this is XML/)
})

describe('disc build: arguments', () => {
  const files = {'vm.one': template('HOSTNAME = "a"'), 'dir/file': ''}
  const says = (name: string, line: string, pattern: RegExp) =>
    refuses(name, line, {files, code: 2, says: pattern})

  says('no template there', 'disc build @no.one -o @o', /there is no file \S+no\.one/)
  says('a directory for a template', 'disc build @dir -o @o', /dir is no file/)
  says('an empty template name', "disc build '' -o @o", /the path is empty/)
  says('no output', 'disc build @vm.one', /--output .*not specified/)
  says('an empty output', "disc build @vm.one -o ''", /--output: the path is empty/)
  says('a directory for an output', 'disc build @vm.one -o @dir', /--output: \S+dir is a directory/)
  says('an output in no directory', 'disc build @vm.one -o @no/o.iso', /--output: there is no directory/)
  says('an output that is the template', 'disc build @vm.one -o @vm.one', /is the template itself/)
  says('an unknown format', `${build} --format 3.0`, /2\.2, today/)
  says('a --set without =', `${build} --set VMID`, /KEY=VALUE/)
  says('no such network', `${build} --network @no.net`, /--network: there is no file \S+no\.net/)
  says('no such user', `${build} --user @no.user`, /--user: there is no file \S+no\.user/)
})

describe('disc build: what shall be on the disc', () => {
  const says = (name: string, context: string, pattern: RegExp, options = '') => {
    const files = {'vm.one': template(context), 'a/init.sh': 'a', 'b/init.sh': 'b', 'context.sh': ''}
    refuses(name, `${build} --files @ ${options}`.trim(), {files, code: 1, says: pattern})
  }

  says('files that do not exist', 'FILES = "no.sh"', /vm\.one:3: FILES: there is no file \S*no\.sh/)
  says('names that collide', 'FILES = "a/init.sh b/init.sh"', /would both be init\.sh/)
  says("a file with the context's name", 'FILES = "context.sh"', /would both be context\.sh/)
  says(
    'what never ends',
    'FILES = "/../../../../../../dev/zero"',
    /is neither a file nor a directory|no file/,
  )
  says('what is elsewhere', 'FILES = "http://example.org/init.sh"', /is not fetched/)
  says('a way up', 'FILES = "a/.."', /cannot lie on a disc/)
  says('a reference that leads nowhere, with --strict', 'HOSTNAME = "$NO"', /\$NO leads nowhere/, '--strict')
})

/** ISO 9660's first descriptor begins here, and the file ends. */
const head = Buffer.concat([Buffer.alloc(0x8000), Buffer.from('\x01CD001\x01')])

describe('disc show and check: what is no disc', () => {
  for (const command of ['disc show', 'disc check']) {
    const says = (name: string, files: Files, code: number, pattern: RegExp) =>
      refuses(`${command}: ${name}`, `${command} @disc`, {files, code, says: pattern})

    says('nothing there', {}, 2, /there is no \S+disc/)
    says('a megabyte of zeros', {disc: new Uint8Array(2 ** 20)}, 1, /cannot be read as a context/)
    says('the head of an image', {disc: head}, 1, /cannot be read as a context/)
    says('a directory without context.sh', {'disc/init.sh': ''}, 1, /there is no context\.sh in it/)
    refuses(`${command}: an empty name`, `${command} ''`, {code: 2, says: /the path is empty/})
  }
})

/** A program's first bytes (elf(5)). */
function program(machine: number): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  bytes[18] = machine
  return bytes
}
const [x64, arm64] = [62, 183]

/** As much of a root as tells what it is. */
const debian = {
  'etc/os-release': 'ID=debian\nVERSION_ID=12\n',
  'usr/lib/systemd/systemd': '',
  'bin/sh': program(x64),
}

describe('install, uninstall, seal: a root that is none', () => {
  for (const command of ['install', 'uninstall', 'seal', 'seal --check']) {
    const files = {'without/bin/sh': program(x64), image: head}
    const says = (name: string, root: string, pattern: RegExp) =>
      refuses(`${command}: ${name}`, `${command} --yes --root ${root}`, {files, code: 2, says: pattern})

    says('without /etc', '@without', /without holds no root file system: there is no \/etc/)
    says('an empty name', "''", /--root: the path is empty/)
    says('nothing there', '@no', /no is no directory$/)
    says('an image', '@image', /image is no directory; an image has to be mounted first/)
    says('another name of this machine', '/proc/self/root', /is the running system/)
  }
})

refuses('install: a root of another architecture', 'install --yes --root @', {
  files: {...debian, 'bin/sh': program(arm64)},
  code: 2,
  says: /arm64/,
})

const passwd = `root:x:0:0::/root:/bin/sh
joe:x:1000:1000::/home/joe:/bin/sh
eve:x:1001:1001::/etc:/bin/sh
zoe:x:1002:1002::/home/../etc:/bin/sh
max:x:1003:1003:::/bin/sh
`

test('seal: links that users have planted lead nowhere', async t => {
  const outside = makeDirectory(t, {victim: 'precious\n', 'dir/victim': 'precious\n'})
  const root = makeDirectory(t, {
    ...debian,
    'etc/passwd': passwd,
    'etc/shadow': 'root:*:1::::::\n',
    'etc/.bash_history': 'of eve, whose home it is said to be\n',
    'etc/precious': 'precious\n',
    'home/joe/.profile': '',
    'tmp/file': '',
  })
  const links: Record<string, string> = {
    'home/joe/.bash_history': '/etc/precious',
    'home/joe/.cache': '/etc',
    'home/joe/.ssh': '../../etc',
    'home/joe/.viminfo': join(outside, 'victim'),
    'home/joe/.local': join(outside, 'dir'),
    'var/mail/joe': '/etc/precious',
    'tmp/etc': '../etc',
    'tmp/outside': outside,
    'var/tmp/up': '../../../..',
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    symlinkSync(target, join(root, path))
  }
  if (getuid?.() === 0) chownSync(join(root, 'home/joe'), 1000, 1000)
  const before = listTree(outside)
  const etc = listTree(join(root, 'etc'))
  const {exitCode, output, errors} = await runVmcontext('seal', '--yes', '--accounts', '--root', root)
  assert.doesNotMatch(output + errors, accident)
  assert.equal(exitCode, 0, output + errors)
  assert.deepEqual(listTree(outside), before)
  assert.deepEqual(listTree(join(root, 'etc')), etc)
  assert.deepEqual(readdirSync(join(root, 'tmp')), [])
})
