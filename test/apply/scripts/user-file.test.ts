import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {WriteUserFileAction} from '../../../src/action/scripts.ts'
import {writeUserFileHandler} from '../../../src/apply/scripts/user-file.ts'
import type {Workshop} from '../../../src/apply/workshop.ts'
import {hashBytes, readManifest} from '../../../src/report/manifest.ts'
import {Secret} from '../../../src/secret.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'

const accounts = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\njoe:x:1000:1000::/home/joe:/bin/sh\n',
  'etc/group': 'root:x:0:\nusers:x:100:\njoe:x:1000:\n',
  'etc/shadow': 'root:secret\n',
}

type Wish = Partial<Omit<WriteUserFileAction, 'content'>> & {path: string; content?: string}

function makeShop(t: TestContext) {
  const root = makeDirectory(t, accounts)
  const system = openSystem(root)
  const workshop: Workshop = {system, manifest: readManifest(system, []), mayExecute: false}
  mkdirSync(join(root, 'home/joe'), {recursive: true})
  chownSync(join(root, 'home/joe'), 1000, 1000)
  const at = (path: string) => join(root, path)
  return {
    at,
    manifest: workshop.manifest,
    async write({content = 'text', ...wish}: Wish) {
      const owner = {user: 'root', group: 'root'}
      const common = {
        kind: 'write-user-file',
        bytes: content.length,
        mode: 0o644,
        owner,
        append: false,
      } as const
      const action: WriteUserFileAction = {...common, ...wish, content: new Secret(content)}
      try {
        return await writeUserFileHandler.perform(action, workshop)
      } catch (error) {
        return {status: 'refused', problems: [{message: (error as Error).message}]}
      }
    },
    read: (path: string) => readFileSync(at(path), 'utf8'),
    access(path: string) {
      const {mode, uid, gid} = lstatSync(at(path))
      return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
    },
    kept: (sha256: string | undefined) =>
      readFileSync(join(root, 'var/lib/vmcontext/kept', sha256 ?? ''), 'utf8'),
  }
}

test('a file comes with its owner, mode and directories', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  const owner = {user: 'joe', group: 'users'}
  const result = await shop.write({path: '/srv/a/b', mode: 0o4750, owner})
  assert.equal(result.status, 'changed')
  assert.deepEqual([shop.read('srv/a/b'), shop.access('srv/a/b')], ['text', '4750 1000:100'])
  assert.equal(shop.access('srv/a'), '755 1000:100')
  assert.equal((await shop.write({path: '/srv/a/b', mode: 0o4750, owner})).status, 'unchanged')
})

test('another mode or owner alone is put right', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  await shop.write({path: '/etc/x'})
  assert.equal((await shop.write({path: '/etc/x', mode: 0o600})).status, 'changed')
  assert.equal(
    (await shop.write({path: '/etc/x', mode: 0o600, owner: {user: '7', group: '8'}})).status,
    'changed',
  )
  assert.equal(shop.access('etc/x'), '600 7:8')
})

test('what was there is kept, and known to the manifest before it goes', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  writeFileSync(shop.at('etc/motd'), 'mine')
  await shop.write({path: '/etc/motd'})
  await shop.write({path: '/etc/motd', content: ' more', append: true})
  const entry = shop.manifest.files['/etc/motd']
  assert.equal(entry?.sha256, hashBytes('text more'))
  assert.equal(shop.kept(entry?.previous?.sha256), 'mine')
})

test('what is appended stands there once, however often it is done', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  writeFileSync(shop.at('etc/motd'), 'a\n')
  const line = {path: '/etc/motd', content: 'b\n', append: true}
  assert.equal((await shop.write(line)).status, 'changed')
  assert.equal((await shop.write(line)).status, 'unchanged')
  assert.equal(shop.read('etc/motd'), 'a\nb\n')
})

test('who is not there owns nothing', async t => {
  const shop = makeShop(t)
  const user = await shop.write({path: '/etc/x', owner: {user: 'eve', group: ''}})
  assert.match(user.problems?.[0]?.message ?? '', /could not write \/etc\/x: there is no user "eve"/)
  const group = await shop.write({path: '/etc/x', owner: {user: 'joe', group: 'eve'}})
  assert.match(group.problems?.[0]?.message ?? '', /there is no group "eve"/)
  assert.equal(existsSync(shop.at('etc/x')), false)
})

test("links of root's are followed, within the root", async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  symlinkSync('/srv/etc', shop.at('etc/linked'))
  symlinkSync('../etc/linked/there', shop.at('etc/file'))
  await shop.write({path: '/etc/file'})
  assert.equal(shop.read('srv/etc/there'), 'text')
  assert.ok(lstatSync(shop.at('etc/file')).isSymbolicLink())
})

test('links in a circle are refused', async t => {
  const shop = makeShop(t)
  symlinkSync('b', shop.at('etc/a'))
  symlinkSync('a', shop.at('etc/b'))
  assert.match((await shop.write({path: '/etc/a'})).problems?.[0]?.message ?? '', /links lead in a circle/)
})

type Trap = [what: string, set: (at: (path: string) => string) => void, wish: Wish, refusal: RegExp]
const traps: Trap[] = [
  [
    'a file that is a link',
    at => symlinkSync('/etc/shadow', at('home/joe/trap')),
    {path: '/home/joe/trap'},
    /through \/home\/joe\/trap: it is a symbolic link that others/,
  ],
  [
    'a directory that is a link',
    at => symlinkSync('/etc', at('home/joe/trap')),
    {path: '/home/joe/trap/shadow'},
    /through \/home\/joe\/trap: it is a symbolic link that others/,
  ],
  [
    'a link in a directory that everybody writes',
    at => {
      mkdirSync(at('tmp'))
      chmodSync(at('tmp'), 0o1777)
      symlinkSync('/etc/shadow', at('tmp/trap'))
    },
    {path: '/tmp/trap'},
    /through \/tmp\/trap/,
  ],
  [
    'a second name of a file of root, to append to',
    at => linkSync(at('etc/shadow'), at('home/joe/trap')),
    {path: '/home/joe/trap', append: true, owner: {user: 'joe', group: 'joe'}},
    /could not append to \/home\/joe\/trap: it has other names/,
  ],
  [
    'a directory',
    at => mkdirSync(at('home/joe/trap')),
    {path: '/home/joe/trap'},
    /something that is no file is there/,
  ],
  [
    'a pipe',
    at => execFileSync('mkfifo', [at('home/joe/trap')]),
    {path: '/home/joe/trap', append: true},
    /something that is no file is there/,
  ],
  [
    'a file where a directory should be',
    at => writeFileSync(at('home/joe/trap'), ''),
    {path: '/home/joe/trap/x'},
    /a part of the path is not a directory/,
  ],
]

for (const [what, set, wish, refusal] of traps) {
  test(`${what} is no way out of a home, and nothing is entered for it`, async t => {
    if (!requireRoot(t)) return
    const shop = makeShop(t)
    set(shop.at)
    const result = await shop.write(wish)
    assert.match(result.problems?.[0]?.message ?? '', refusal)
    assert.deepEqual([shop.read('etc/shadow'), shop.access('etc/shadow')], ['root:secret\n', '644 0:0'])
    assert.deepEqual(shop.manifest.files, {})
  })
}

test('a second name of a file of root is replaced, the file stays', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  linkSync(shop.at('etc/shadow'), shop.at('home/joe/trap'))
  await shop.write({path: '/home/joe/trap', owner: {user: 'joe', group: 'joe'}})
  assert.deepEqual([shop.read('etc/shadow'), shop.access('etc/shadow')], ['root:secret\n', '644 0:0'])
  assert.equal(shop.read('home/joe/trap'), 'text')
})

test('what root has left in a home is not handed over by appending to it', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  writeFileSync(shop.at('home/joe/notes'), 'of root\n', {mode: 0o600})
  const wish = {path: '/home/joe/notes', append: true, mode: 0o644}
  const owner = {user: 'joe', group: 'joe'}
  const result = await shop.write({...wish, owner})
  assert.match(
    result.problems?.[0]?.message ?? '',
    /could not append .*it belongs to the user 0, and others may/,
  )
  assert.deepEqual([shop.read('home/joe/notes'), shop.access('home/joe/notes')], ['of root\n', '600 0:0'])
  // With the rights that it has, nobody gains any.
  assert.equal((await shop.write({...wish, mode: 0o600})).status, 'changed')
  assert.deepEqual([shop.read('home/joe/notes'), shop.access('home/joe/notes')], ['of root\ntext', '600 0:0'])
})

test('a file without end in its place is not read into memory', async t => {
  if (!requireRoot(t)) return
  const shop = makeShop(t)
  writeFileSync(shop.at('home/joe/notes'), '')
  truncateSync(shop.at('home/joe/notes'), 10 * 1024 ** 3)
  const result = await shop.write({path: '/home/joe/notes'})
  assert.match(result.problems?.[0]?.message ?? '', /could not read \/home\/joe\/notes: it is too large/)
})
