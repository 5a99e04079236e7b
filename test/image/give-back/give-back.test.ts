// What a boot has made of a root is given back, and nothing else is touched.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {GiveBackOptions} from '../../../src/image/give-back/deeds.ts'
import {planGiveBack} from '../../../src/image/give-back/give-back.ts'
import {performDeeds} from '../../../src/image/perform.ts'
import {formatProblem} from '../../../src/problem.ts'
import {type Manifest, readManifest} from '../../../src/report/manifest.ts'
import {openSystem} from '../../../src/system/system.ts'
import {bootRoot} from '../../boot-root.ts'
import {makeKey} from '../../keys.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {compareTrees, readTree} from '../../tree.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const hash = `$6$saltsaltsaltsalt$${'a'.repeat(86)}`

const files = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tgolden\n',
  'root/etc/hostname': 'golden\n',
  'root/etc/resolv.conf': 'nameserver 10.9.9.9\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nsue:x:1001:1001::/home/sue:/bin/sh\n',
  'root/etc/group': 'root:x:0:\nsue:x:1001:\naudio:x:29:\n',
  'root/etc/gshadow': 'root:*::\nsue:!::\naudio:*::\n',
  'root/etc/shadow': 'root:$6$golden$x:19000:0:99999:7:::\nsue:*:19000:0:99999:7:::\n',
  'root/etc/subuid': 'sue:100000:65536\n',
  'root/root/.ssh/authorized_keys': `# of the image\n${bob}\n`,
  'root/usr/share/zoneinfo/Europe/Berlin': 'TZif2\0',
  'root/etc/pam.d/login': 'auth       requisite  pam_securetty.so\n',
  'root/home/sue/.profile': '',
  'root/usr/bin/sudo': '',
  'root/bin/sh': '',
  'root/usr/sbin/sshd': '',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/etc/sudoers.d/README': '',
  'root/proc/sys/kernel/random/boot_id': 'first-boot\n',
  links: 'eth0 02:00:c0:a8:00:05\n',
}

const userData = `#cloud-config
write_files:
  - {path: /etc/motd, content: "welcome\\n"}
  - {path: /home/sue/notes, content: "of the context\\n", owner: sue}
`

const variables = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  DNS: '192.168.0.1',
  SET_HOSTNAME: 'web.example.org',
  USERNAME: 'joe',
  SSH_PUBLIC_KEY: alice,
  CRYPTED_PASSWORD: hash,
  TIMEZONE: 'Europe/Berlin',
  SECURETTY: 'NO',
  USER_DATA: userData,
}

type Values = Readonly<Record<string, string>>

/** Makes a root, boots it with a context, and gives what it was before. */
async function bootedRoot(t: TestContext, values: Values = variables) {
  const directory = makeDirectory(t, files)
  const root = join(directory, 'root')
  chownSync(join(root, 'home/sue'), 1001, 1001)
  chmodSync(join(root, 'root/.ssh'), 0o700)
  symlinkSync('/usr/share/zoneinfo/Etc/UTC', join(root, 'etc/localtime'))
  execFileSync('chmod', ['+x', join(root, 'bin/sh'), join(root, 'usr/bin/sudo')])
  const before = readTree(root)
  await boot(directory, values)
  return {root, before, directory}
}

async function boot(directory: string, values: Values): Promise<string> {
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
  mkdirSync(join(directory, 'disc'), {recursive: true})
  writeFileSync(join(directory, 'disc/context.sh'), lines.join(''))
  return bootRoot(
    join(directory, 'root'),
    ...['--context', join(directory, 'disc'), '--links', join(directory, 'links')],
  )
}

const everything: GiveBackOptions = {what: 'all', accounts: false, passwords: 'star', changed: 'keep'}

async function giveBack(root: string, options: Partial<GiveBackOptions> = {}, manifest?: Manifest) {
  const system = openSystem(root)
  const records = manifest ?? readManifest(system, [])
  const {deeds, problems} = planGiveBack(system, records, {...everything, ...options})
  const performance = await performDeeds(system, deeds, {mode: 'each'})
  assert.deepEqual(performance.problems.map(formatProblem), [])
  const again = planGiveBack(system, records, {...everything, ...options})
  assert.deepEqual(again.deeds, [], 'a second plan has something left')
  return {deeds, problems: problems.map(formatProblem)}
}

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')

test('everything that a boot wrote goes, and every byte that stood there before returns', async t => {
  if (!requireRoot(t)) return
  const {root, before} = await bootedRoot(t)
  assert.notEqual(compareTrees(before, readTree(root)), '')
  const {problems} = await giveBack(root, {accounts: true})
  assert.equal(compareTrees(before, readTree(root)), '')
  assert.equal(existsSync(join(root, 'home/joe')), false)
  assert.equal(read(root, 'etc/subuid'), files['root/etc/subuid'])
  assert.deepEqual(problems, [])
})

test('an account that stays has no password that matches, and no key of the context', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  appendFileSync(join(root, 'home/joe/.ssh/authorized_keys'), `${bob}\n`)
  const {problems} = await giveBack(root)
  assert.match(read(root, 'etc/shadow'), /^joe:\*:\d+:/m)
  assert.equal(read(root, 'home/joe/.ssh/authorized_keys'), `${bob}\n`)
  assert.deepEqual(problems, [
    'joe, whom a context created, keeps 1 key that no context gave (see /home/joe/.ssh/authorized_keys)',
  ])
})

test('a password stays where that is asked for, and that of an account of the image is not touched', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  await giveBack(root, {passwords: 'keep'})
  assert.match(read(root, 'etc/shadow'), /^joe:\$6\$/m)
  assert.match(read(root, 'etc/shadow'), /^root:\$6\$golden\$x:19000:/m)
})

test('of the network alone only its files are given back', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const {deeds} = await giveBack(root, {what: 'network'})
  assert.deepEqual(
    deeds.map(deed => [deed.concerns, 'path' in deed && deed.path]),
    [
      ['network', '/etc/network/interfaces'],
      ['network', '/etc/resolv.conf'],
    ],
  )
  assert.equal(read(root, 'etc/network/interfaces'), files['root/etc/network/interfaces'])
  assert.equal(read(root, 'etc/hostname'), 'web\n')
})

test('what somebody has changed since is kept and named, or given back all the same', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  appendFileSync(join(root, 'etc/motd'), 'be careful\n')
  appendFileSync(join(root, 'etc/resolv.conf'), 'options rotate\n')
  const {problems} = await giveBack(root)
  assert.equal(read(root, 'etc/motd'), 'welcome\nbe careful\n')
  assert.match(
    problems.join('\n'),
    /^\/etc\/resolv\.conf: somebody has changed this since.*kept\/[0-9a-f]{64}/m,
  )
  assert.match(
    problems.join('\n'),
    /^\/etc\/motd: somebody has changed this since.*nothing stood there before/m,
  )
  await giveBack(root, {changed: 'replace'})
  assert.equal(existsSync(join(root, 'etc/motd')), false)
  assert.equal(read(root, 'etc/resolv.conf'), files['root/etc/resolv.conf'])
})

test('of a hosts file that others have changed our line alone goes', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  appendFileSync(join(root, 'etc/hosts'), '10.1.1.1\tdb\n')
  const {problems} = await giveBack(root)
  assert.equal(read(root, 'etc/hosts'), `${files['root/etc/hosts']}10.1.1.1\tdb\n`)
  assert.deepEqual(problems, [])
})

test('without its kept copy a file stays as it is, and that is said', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  rmSync(join(root, 'var/lib/vmcontext/kept'), {recursive: true})
  const {problems} = await giveBack(root, {what: 'network'})
  assert.match(read(root, 'etc/network/interfaces'), /192\.168\.0\.5/)
  assert.match(problems.join('\n'), /^\/etc\/network\/interfaces: the copy .* is missing or damaged/m)
})

test('a copy that says it is ours is not what comes back: the records were lost once', async t => {
  if (!requireRoot(t)) return
  const {root, directory} = await bootedRoot(t)
  rmSync(join(root, 'var/lib/vmcontext/manifest.json'))
  await boot(directory, {...variables, ETH0_IP: '192.168.0.7', DNS: '192.168.0.7'})
  await giveBack(root, {what: 'network'})
  assert.equal(existsSync(join(root, 'etc/resolv.conf')), false)
})

test('through a link that a user planted nothing is written and nothing removed', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const [home, victim] = [join(root, 'home/sue'), join(root, 'etc/notes')]
  renameSync(join(home, 'notes'), victim)
  symlinkSync('/etc/notes', join(home, 'notes'))
  const {problems} = await giveBack(root, {changed: 'replace'})
  assert.equal(readFileSync(victim, 'utf8'), 'of the context\n')
  assert.match(problems.join('\n'), /home\/sue\/notes is a symbolic link that others than root can make/)
})

test('a directory that is exchanged for a link after the plan was made leads nowhere', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const system = openSystem(root)
  const home = join(root, 'home/sue')
  mkdirSync(join(home, 'deep'))
  mkdirSync(join(root, 'etc/deep'))
  for (const place of [join(home, 'deep'), join(root, 'etc/deep')]) writeFileSync(join(place, 'file'), 'x')
  rmSync(join(home, 'deep'), {recursive: true})
  symlinkSync('/etc/deep', join(home, 'deep'))
  for (const kind of ['remove', 'empty'] as const) {
    const deed = {kind, path: '/home/sue/deep/file', inside: '/home/sue', reason: ''}
    const {problems} = await performDeeds(system, [deed], {mode: 'each'})
    assert.match(problems.map(formatProblem).join(), /symbolic link|not a directory/)
  }
  assert.equal(read(root, 'etc/deep/file'), 'x')
})

test('a tree in a home goes with its links, and what they lead to stays', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const home = join(root, 'home/sue')
  mkdirSync(join(home, '.cache/a/b'), {recursive: true})
  writeFileSync(join(home, '.cache/a/b/c'), '')
  symlinkSync('/etc', join(home, '.cache/a/etc'))
  linkSync(join(root, 'etc/shadow'), join(home, '.history'))
  const deeds = [
    {kind: 'remove', path: '/home/sue/.cache', inside: '/home/sue', reason: ''},
    {kind: 'empty', path: '/home/sue/.history', inside: '/home/sue', reason: ''},
  ] as const
  const {problems} = await performDeeds(openSystem(root), deeds, {mode: 'each'})
  assert.deepEqual(problems, [])
  assert.equal(existsSync(join(home, '.cache')), false)
  assert.equal(statSync(join(home, '.history')).size, 0)
  assert.notEqual(read(root, 'etc/shadow'), '')
})

test('an account is deleted with its groups, subordinate ids and mail, and no other account', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const add = (path: string, text: string) => appendFileSync(join(root, path), text)
  add('etc/subuid', 'joe:200000:65536\n')
  writeFileSync(join(root, 'etc/group'), read(root, 'etc/group').replace(':29:', ':29:sue,joe,joey'))
  writeFileSync(
    join(root, 'etc/gshadow'),
    read(root, 'etc/gshadow').replace('audio:*::', 'audio:*:joe:sue,joe'),
  )
  mkdirSync(join(root, 'var/mail'), {recursive: true})
  writeFileSync(join(root, 'var/mail/joe'), 'mail')
  writeFileSync(join(root, 'var/mail/joey'), 'mail')
  await giveBack(root, {accounts: true})
  for (const name of ['passwd', 'shadow', 'group', 'gshadow', 'subuid'])
    assert.doesNotMatch(read(root, `etc/${name}`), /\bjoe\b/, name)
  assert.match(read(root, 'etc/group'), /^audio:x:29:sue,joey$/m)
  assert.match(read(root, 'etc/gshadow'), /^audio:\*::sue$/m)
  assert.deepEqual(readdirSync(join(root, 'var/mail')), ['joey'])
})

test('neither root by another name nor a home that others live in is deleted', async t => {
  if (!requireRoot(t)) return
  const {root} = await bootedRoot(t)
  const manifest = readManifest(openSystem(root), [])
  const passwd = join(root, 'etc/passwd')
  appendFileSync(passwd, 'toor:x:0:0::/root:/bin/sh\n')
  manifest.accounts.toor = {created: true}
  writeFileSync(passwd, read(root, 'etc/passwd').replace('/home/joe', '/home/sue'))
  const {problems} = await giveBack(root, {accounts: true}, manifest)
  assert.match(problems.join('\n'), /^toor has the number 0/m)
  assert.match(problems.join('\n'), /^\/home\/sue is not the home of joe alone, so it stays/m)
  assert.equal(lstatSync(join(root, 'home/sue')).isDirectory(), true)
  assert.match(read(root, 'etc/passwd'), /^toor:/m)
})
