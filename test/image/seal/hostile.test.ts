// Trees that somebody has prepared: nothing outside of what is meant is touched.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {listChanges, readWholeTree} from './whole-tree.ts'

const shadow = 'root:*:19000:0:99999:7:::\njoe:*:19000:0:99999:7:::\n'
const files = {
  'root/etc/os-release': 'ID=debian\n',
  'root/etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\njoe:x:1000:1000::/home/joe:/bin/sh\neve:x:1001:1001::/../../../eve:/bin/sh\nmal:x:1002:1002::/:/bin/sh\n',
  'root/etc/shadow': shadow,
  'root/root/.profile': '',
  'outside/.bash_history': 'of the machine around it\n',
  'outside/known_hosts': 'of the machine around it\n',
}

function makeTree(t: TestContext): {root: string; outside: string; home: string} {
  const directory = makeDirectory(t, files)
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')]
  const home = join(root, 'home/joe')
  mkdirSync(home, {recursive: true})
  chownSync(home, 1000, 1000)
  return {root, outside, home}
}

const seal = (root: string, ...options: string[]) => runVmcontext('seal', '--root', root, '--yes', ...options)

test('links in a home lead nowhere', async t => {
  if (!requireRoot(t)) return
  const {root, outside, home} = makeTree(t)
  symlinkSync(join(outside, '.bash_history'), join(home, '.bash_history'))
  symlinkSync('/etc', join(home, '.ssh'))
  symlinkSync('/etc/shadow', join(home, '.zsh_history'))
  symlinkSync('/', join(home, '.local'))
  symlinkSync('.nano', join(home, '.nano'))
  writeFileSync(join(root, 'etc/known_hosts'), 'of the administrator\n')
  mkdirSync(join(root, 'share/nano'), {recursive: true})
  writeFileSync(join(root, 'share/nano/search_history'), 'of somebody\n')
  const before = readWholeTree(root)
  const {exitCode, errors} = await seal(root)
  assert.equal(exitCode, 0)
  assert.deepEqual(listChanges(before, readWholeTree(root)), [])
  assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), shadow)
  assert.ok(existsSync(join(outside, '.bash_history')))
  assert.match(errors, /\.ssh is a symbolic link that others than root can make/)
})

test('pipes, directories and devices that are called like a history are left alone', async t => {
  if (!requireRoot(t)) return
  const {root, home} = makeTree(t)
  execFileSync('mkfifo', [join(home, '.bash_history'), join(home, '.lesshst')])
  execFileSync('mkfifo', [join(root, 'etc/machine-id')])
  execFileSync('mkfifo', [join(root, 'etc/hostname')])
  const before = readWholeTree(root)
  assert.equal((await seal(root)).exitCode, 0)
  assert.deepEqual(listChanges(before, readWholeTree(root)), [])
  assert.equal((await runVmcontext('seal', '--check', '--root', root)).exitCode, 0)
})

test('a home that is a link, or lies outside, is the one in the tree', async t => {
  if (!requireRoot(t)) return
  const {root, outside} = makeTree(t)
  mkdirSync(join(root, 'data/sue'), {recursive: true})
  writeFileSync(join(root, 'data/sue/.bash_history'), 'ls\n')
  symlinkSync('/data/sue', join(root, 'home/sue'))
  symlinkSync(outside, join(root, 'home/out'))
  symlinkSync('/', join(root, 'home/top'))
  assert.equal((await seal(root)).exitCode, 0)
  assert.ok(!existsSync(join(root, 'data/sue/.bash_history')))
  assert.ok(existsSync(join(outside, '.bash_history')))
})

test('a home with a hundred thousand files is gone through', async t => {
  if (!requireRoot(t)) return
  const {root, home} = makeTree(t)
  execFileSync('sh', ['-c', 'cd "$1" && seq 100000 | xargs touch', 'sh', home])
  writeFileSync(join(home, '.bash_history'), 'ls\n')
  assert.equal((await seal(root)).exitCode, 0)
  assert.ok(!existsSync(join(home, '.bash_history')))
})

test('a link among the logs that a service could have made is not followed, /var/log itself may be one', async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  mkdirSync(join(root, 'data/log/app'), {recursive: true})
  mkdirSync(join(root, 'var'), {recursive: true})
  symlinkSync('/data/log', join(root, 'var/log'))
  symlinkSync('/etc/shadow', join(root, 'data/log/app/error.log'))
  symlinkSync('/etc', join(root, 'data/log/app/old'))
  writeFileSync(join(root, 'data/log/app/access.log'), 'GET /\n')
  chownSync(join(root, 'data/log/app'), 1000, 1000)
  chmodSync(join(root, 'data/log/app/access.log'), 0o640)
  assert.equal((await seal(root)).exitCode, 0)
  const tree = readWholeTree(root)
  assert.equal(tree.get('/data/log/app/access.log'), '640 0:0 ')
  assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), shadow)
})

test('names that no terminal should get are shown, and a directory that is in the way is told', async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  mkdirSync(join(root, 'tmp'))
  writeFileSync(join(root, 'tmp/a\x1b[2Jb\nc'), '')
  mkdirSync(join(root, 'etc/passwd-'))
  const {output} = await runVmcontext('seal', '--root', root, '--dry-run')
  assert.match(output, /\/tmp\/a\\x1b\[2Jb/)
  assert.ok(!output.includes('\x1b'))
  assert.equal((await seal(root)).exitCode, 0)
  assert.ok(!existsSync(join(root, 'tmp/a\x1b[2Jb\nc')))
})

test('what is mounted into a tree from outside is never entered', async t => {
  if (!requireRoot(t)) return
  const {root, outside} = makeTree(t)
  for (const path of ['tmp/mine', 'var/cache/apt/archives', 'proc', 'home/joe', 'var/tmp/d/e'])
    mkdirSync(join(root, path), {recursive: true})
  writeFileSync(join(root, 'tmp/x'), '')
  writeFileSync(join(outside, 'own_1_amd64.deb'), '')
  // In a namespace of its own, so that nothing stays mounted whatever happens.
  const script = `
    mount --bind "$2" "$1/tmp/mine" && mount --bind "$2" "$1/var/cache/apt/archives" && mount --bind "$2" "$1/home/joe"
    mount --bind "$2" "$1/var/tmp/d/e" && mount -t proc proc "$1/proc" && mount --bind "$2" "$1/root"
    exec "$3" "$4" seal --root "$1" --yes`
  const main = join(import.meta.dirname, '../../../src/main.ts')
  const argv = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-ec',
    script,
    'sh',
    root,
    outside,
    process.execPath,
    main,
  ]
  const said = execFileSync('unshare', argv, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})
  assert.deepEqual([...readWholeTree(outside).keys()], ['/.bash_history', '/known_hosts', '/own_1_amd64.deb'])
  assert.ok(!existsSync(join(root, 'tmp/x')))
  assert.match(said, /sealed/)
})

test("directories nested too deep for a path are in nobody's way", async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  mkdirSync(join(root, 'tmp/x'), {recursive: true})
  writeFileSync(join(root, 'tmp/y'), '')
  execFileSync('chmod', ['1777', join(root, 'tmp')])
  const nest = 'cd "$1"; for i in $(seq 1200); do mkdir dddddd && cd -P dddddd; done'
  execFileSync('sh', ['-ec', nest, 'sh', join(root, 'tmp/x')])
  const {exitCode, errors} = await seal(root)
  assert.deepEqual([exitCode, errors], [0, ''])
  assert.deepEqual([existsSync(join(root, 'tmp/x')), existsSync(join(root, 'tmp/y'))], [false, false])
})

test('what cannot be looked at is never called clean', async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  mkdirSync(join(root, 'root/.ssh'))
  const keys = join(root, 'root/.ssh/authorized_keys')
  writeFileSync(keys, `${'#'.repeat(2 * 1024 * 1024)}\nssh-ed25519 AAAA me\n`)
  const found = await runVmcontext('seal', '--check', '--root', root)
  assert.match(found.output, /^secret +\/root\/\.ssh\/authorized_keys: /m)
  assert.match(found.output, /Is it meant to stay\? .* --operations -authorized-keys$/m)
  truncateSync(keys, 1024 ** 3)
  const blind = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(blind.exitCode, 1)
  assert.match(blind.errors, /could not look into \/root\/\.ssh\/authorized_keys: it is too large/)
  assert.match(blind.output, /^NOT known to be fit to be cloned/m)
})

test('whoever may not look everywhere is told once, and gets no clean bill', async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  chmodSync(join(root, 'root'), 0o700)
  chmodSync(join(root, 'etc/shadow'), 0o600)
  chmodSync(join(root, '..'), 0o755)
  process.seteuid!(1000)
  const look = async (...args: string[]) => await runVmcontext('seal', '--root', root, ...args)
  const [check, run] = await (async () => {
    try {
      return [await look('--check'), await look('--yes')]
    } finally {
      process.seteuid!(0)
    }
  })()
  assert.deepEqual([check.exitCode, run.exitCode], [1, 1])
  assert.match(
    check.errors,
    /^warning: could not .*, and \d+ other things likewise \(run as root to see it all\)\n$/,
  )
  assert.match(check.output, /^NOT known to be fit to be cloned/m)
  assert.match(run.output, /Nothing was found, but not everything could be looked at/)
})

test('in a sealed tree the links to an id of the machine stay good', async t => {
  if (!requireRoot(t)) return
  const {root} = makeTree(t)
  for (const path of ['var/lib/dbus', 'lib/systemd']) mkdirSync(join(root, path), {recursive: true})
  writeFileSync(join(root, 'lib/systemd/systemd'), '')
  writeFileSync(join(root, 'var/lib/dbus/machine-id'), 'abc\n')
  symlinkSync('/var/lib/dbus/machine-id', join(root, 'etc/machine-id'))
  assert.equal((await seal(root)).exitCode, 0)
  assert.equal(readFileSync(join(root, 'var/lib/dbus/machine-id'), 'utf8'), '')
})
