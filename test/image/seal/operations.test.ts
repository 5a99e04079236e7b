// Each operation finds what is its own, and nothing else.

import assert from 'node:assert/strict'
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {operations} from '../../../src/image/seal/operations.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {optional, type Traces, traces} from './traces.ts'
import {listChanges, readWholeTree} from './whole-tree.ts'

const base = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\njoe:x:1000:1000::/home/joe:/bin/sh\npostgres:x:99:99::/var/lib/postgresql:/bin/sh\n',
  'etc/shadow': 'root:*:19000:0:99999:7:::\njoe:*:19000:0:99999:7:::\npostgres:*:19000:0:99999:7:::\n',
  'lib/systemd/systemd': '',
}

/** A tree with everything that the table has. */
function makeTree(t: TestContext, tables: readonly Readonly<Record<string, Traces>>[]): string {
  const root = makeDirectory(t, base)
  const entries = tables.flatMap(table => Object.values(table))
  for (const entry of entries.flatMap(({gone = [], empty = [], written = [], stays = []}) => [
    ...gone,
    ...empty,
    ...written,
    ...stays,
  ])) {
    const [path = '', text = 'something\n'] = entry.split(' = ')
    mkdirSync(join(root, path.endsWith('/') ? path : dirname(path)), {recursive: true})
    if (!path.endsWith('/')) writeFileSync(join(root, path), text)
  }
  return root
}

const pathOf = (entry: string) => entry.split(' = ')[0]!.replace(/\/$/, '')
const isFile = (tree: Map<string, string>, path: string) => !tree.get(path)!.endsWith(' directory')

type Shown = {path: string; deed: string}

test('each operation finds its own and nothing else', async t => {
  const root = makeTree(t, [traces, optional])
  const tree = readWholeTree(root)
  const files = [...tree.keys()].filter(path => isFile(tree, path))
  for (const [name, {gone = [], empty = [], written = []}] of Object.entries({...traces, ...optional})) {
    const {output} = await runVmcontext('seal', '--root', root, '--dry-run', '--json', '--operations', name)
    const found: Shown[] = JSON.parse(output).operations.flatMap((each: {found: Shown[]}) => each.found)
    const fates = files.flatMap(path => fateOf(path, found) ?? [])
    const expected = [
      ...gone.map(path => `gone ${pathOf(path)}`),
      ...empty.map(path => `empty ${pathOf(path)}`),
      ...written.map(path => `write ${pathOf(path)}`),
    ]
    const others = fates.filter(line => !expected.includes(line) && !isShared(name, line))
    assert.deepEqual([name, others, expected.filter(line => !fates.includes(line))], [name, [], []])
  }
})

function fateOf(path: string, found: readonly Shown[]): string | undefined {
  const isMet = (each: Shown) => path === each.path || path.startsWith(`${each.path}/`)
  const deed = found.find(isMet)?.deed
  if (deed === undefined) return undefined
  return `${deed === 'remove' ? 'gone' : deed} ${path}`
}

test('what is not done by default is done when it is asked for', async t => {
  const root = makeTree(t, [optional])
  const {exitCode, output, errors} = await runVmcontext(
    'seal',
    '--root',
    root,
    '--yes',
    '--operations',
    'all',
  )
  assert.equal(exitCode, 0, output + errors)
  const tree = readWholeTree(root)
  const entries = Object.values(optional)
  for (const entry of entries.flatMap(({gone = []}) => gone)) assert.ok(!tree.has(pathOf(entry)), entry)
  for (const entry of entries.flatMap(({stays = []}) => stays)) assert.ok(tree.has(pathOf(entry)), entry)
})

/** Logs are those of cloud-init and of installers, too; a crontab is also one of an account. */
function isShared(name: string, line: string): boolean {
  if (name === 'logs') return /\/var\/log\/(cloud-init|installer|anaconda)/.test(line)
  return name === 'crontabs' && line === 'gone /var/spool/cron/crontabs/root'
}

test('all at once, each by default is done, and the check then finds nothing of them', async t => {
  const root = makeTree(t, [traces])
  const first = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(first.exitCode, 1)
  assert.match(first.output, /NOT fit to be cloned/)
  const access = (path: string) => readWholeTree(root).get(path)!.split(' ', 2).join()
  chmodSync(join(root, 'var/log/syslog'), 0o640)
  const sealed = await runVmcontext('seal', '--root', root, '--yes')
  assert.match(access('/var/log/syslog'), /^640,/)
  assert.equal(sealed.exitCode, 0, sealed.output + sealed.errors)
  const tree = readWholeTree(root)
  const entries = Object.values(traces)
  for (const entry of entries.flatMap(({gone = []}) => gone)) assert.ok(!tree.has(pathOf(entry)), entry)
  for (const entry of entries.flatMap(({empty = [], stays = []}) => [...empty, ...stays]))
    assert.ok(tree.has(pathOf(entry)), entry)
  const {exitCode, output} = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(exitCode, 0, output)
  assert.doesNotMatch(output, /^(identity|secret|trace)/m)
  const again = await runVmcontext('seal', '--root', root, '--yes')
  assert.match(again.output, /nothing to seal/)
  assert.deepEqual(listChanges(tree, readWholeTree(root)), [])
})

test('what is not done by default is found by the check if it matters', async t => {
  const root = makeTree(t, [optional])
  const {exitCode, output} = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(exitCode, 1)
  const weighty = operations.filter(({isDefault, severity}) => !isDefault && severity !== 'trace')
  for (const {name} of weighty.filter(each => each.name !== 'passwords'))
    assert.match(output, new RegExp(`seal --root ${root} --operations ${name}$`, 'm'), name)
  const rest = await runVmcontext(
    'seal',
    '--check',
    '--root',
    root,
    '--operations',
    weighty.map(({name}) => `-${name}`).join(),
  )
  assert.equal(rest.exitCode, 0, rest.output)
})

test('there is a case for every operation', () => {
  const cases = [...Object.keys(traces), ...Object.keys(optional), 'context', 'iscsi', 'passwords']
  assert.deepEqual(operations.map(({name}) => name).sort(), cases.sort())
})

test('the name of an iSCSI initiator is to be made anew, as the distribution does it', async t => {
  const name = 'InitiatorName=iqn.1993-08.org.debian:01:abc\n'
  const debian = makeDirectory(t, {...base, 'etc/iscsi/initiatorname.iscsi': name})
  const fedora = makeDirectory(t, {
    ...base,
    'etc/os-release': 'ID=fedora\n',
    'etc/iscsi/initiatorname.iscsi': name,
  })
  const fedoraOfToday = makeDirectory(t, {
    ...base,
    'etc/os-release': 'ID=fedora\n',
    'usr/lib/systemd/system/iscsi-init.service': '',
    'etc/iscsi/initiatorname.iscsi': name,
  })
  for (const root of [debian, fedora, fedoraOfToday]) await runVmcontext('seal', '--root', root, '--yes')
  assert.equal(
    readWholeTree(debian).get('/etc/iscsi/initiatorname.iscsi')?.split(' ')[2],
    'GenerateName=yes\n',
  )
  assert.equal(readWholeTree(fedoraOfToday).get('/etc/iscsi/initiatorname.iscsi'), undefined)
  // Nothing would make another one there: that is told, not done.
  assert.ok(readWholeTree(fedora).get('/etc/iscsi/initiatorname.iscsi')?.endsWith(name))
})

test('passwords are found and locked where they are asked for', async t => {
  const shadow = 'root:$6$a$b:1::::::\njoe:!$6$a$b:1::::::\npostgres::1::::::\nold:$6$c$d:1::::::\n'
  const root = makeDirectory(t, {...base, 'etc/shadow': shadow})
  const {output, exitCode} = await runVmcontext('seal', '--check', '--root', root)
  assert.equal(exitCode, 1)
  assert.match(output, /root has a password/)
  assert.match(output, /postgres has no password and needs none/)
  assert.doesNotMatch(output, /joe|\$6\$/)
  await runVmcontext('seal', '--root', root, '--yes', '--operations', 'passwords')
  assert.match(readFileSync(join(root, 'etc/shadow'), 'utf8'), /^root:\*:.*\njoe:!\$6\$a\$b:.*\npostgres:\*:/)
})

test('without systemd the machine-id goes: dbus-uuidgen complains of an empty one', async t => {
  const {'lib/systemd/systemd': _, ...others} = base
  const root = makeDirectory(t, {...others, 'etc/machine-id': 'abc\n', 'var/lib/dbus/machine-id': 'abc\n'})
  await runVmcontext('seal', '--root', root, '--yes')
  const tree = readWholeTree(root)
  assert.deepEqual([tree.has('/etc/machine-id'), tree.has('/var/lib/dbus/machine-id')], [false, false])
})

test('lines and files of others keep their bytes', async t => {
  const root = makeDirectory(t, {
    ...base,
    'etc/fstab':
      'UUID=1 / ext4 defaults 0 1\n/dev/vdb /mnt auto defaults,nofail,comment=cloudconfig 0 2\n# comment=cloudconfig\n',
    'etc/hosts': '127.0.0.1 localhost\n10.0.0.5 web # one-contextd\n10.0.0.6 other\n',
    'etc/network/interfaces':
      '# Generated by one-context\nauto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n  address 10.0.0.5\nsource /etc/network/interfaces.d/*.cfg\n',
  })
  await runVmcontext('seal', '--root', root, '--yes')
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  assert.equal(read('etc/fstab'), 'UUID=1 / ext4 defaults 0 1\n# comment=cloudconfig\n')
  assert.equal(read('etc/hosts'), '127.0.0.1 localhost\n10.0.0.6 other\n')
  assert.equal(
    read('etc/network/interfaces'),
    'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*.cfg\n',
  )
})
