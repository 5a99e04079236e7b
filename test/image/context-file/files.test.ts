// Files for a disc, and what a person is told: nothing of a secret, everything of what is wrong, at once.

import assert from 'node:assert/strict'
import {existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot, requireTool} from '../../tools.ts'
import {build, extract} from './build.ts'

describe('nothing is written', () => {
  const refuses = (name: string, files: Record<string, string>, ...said: RegExp[]) =>
    test(name, async t => {
      const {exitCode, errors, iso} = await build(t, files)
      assert.equal(exitCode, 1)
      for (const pattern of said) assert.match(errors, pattern)
      assert.ok(!existsSync(iso))
    })

  refuses(
    'all that are not there are named',
    {'vm.one': 'CONTEXT = [\n FILES = "/no/a no/b\n\t/no/*.sh" ]\n'},
    /vm\.one:2: FILES: there is no file \/no\/a /,
    /there is no file no\/b /,
    /there is no file \/no\/\*\.sh \(patterns are not expanded here/,
  )
  refuses(
    'two of one name',
    {'vm.one': 'CONTEXT = [ FILES = "a/init.sh b/init.sh" ]\n', 'a/init.sh': '', 'b/init.sh': ''},
    /b\/init\.sh and a\/init\.sh would both be init\.sh on the disc/,
  )
  refuses(
    'one of the front end’s own name',
    {'vm.one': 'CONTEXT = [ FILES = "a/context.sh" ]\n', 'a/context.sh': ''},
    /a\/context\.sh and the context itself would both be context\.sh/,
  )
  refuses(
    'a file where a directory is',
    {'vm.one': 'CONTEXT = [ FILES = "d x/d" ]\n', 'd/e': '', 'x/d': ''},
    /x\/d and d\/e would both be d on the disc/,
  )
  refuses(
    'what is on the web',
    {'vm.one': 'CONTEXT = [ FILES = "http://x/y" ]\n'},
    /http:\/\/x\/y is not fetched/,
  )
  refuses(
    'an image nobody describes',
    {'vm.one': 'CONTEXT = [ FILES_DS = "$FILE[IMAGE=x]" ]\n'},
    /\$FILE\[IMAGE=x\]: no --image/,
  )
})

test('links, pipes and empty directories are told', async t => {
  const place = makeDirectory(t, {'vm.one': 'CONTEXT = [ FILES = "d link" ]\n', 'd/a': 'a', 'e/b': 'b'})
  symlinkSync('../e/b', join(place, 'd/to-file'))
  symlinkSync('../e', join(place, 'd/to-directory'))
  symlinkSync('e/b', join(place, 'link'))
  mkdirSync(join(place, 'd/empty'))
  const args = ['disc', 'build', join(place, 'vm.one'), '-o', join(place, 'o.iso')]
  const {exitCode, errors, output} = await runVmcontext(...args)
  assert.equal(exitCode, 0)
  assert.match(errors, /note: .*d\/to-file is a symbolic link; the disc holds what it leads to/)
  assert.match(errors, /warning: .*d\/to-directory is a symbolic link to no file; it is left out/)
  assert.match(errors, /warning: .*link is a symbolic link; the front end copies the link itself/)
  assert.match(errors, /note: .*d\/empty is empty/)
  assert.match(output, /d\/to-file +1 byte /)
  await execa('mkfifo', [join(place, 'd/pipe')])
  const refused = await runVmcontext(...args)
  assert.equal(refused.exitCode, 1)
  assert.match(refused.errors, /d\/pipe is neither a file nor a directory/)
})

test('one that may not be read is named before anything is written', async t => {
  if (!requireRoot(t)) return
  const place = makeDirectory(t, {'vm.one': 'CONTEXT = [ FILES = "key" ]\n', key: 'x'})
  await execa('chmod', ['755', place])
  await execa('chmod', ['000', join(place, 'key')])
  const program = `process.setuid(65534); const {runVmcontext} = await import('${join(import.meta.dirname, '../../run-vmcontext.ts')}');
    const {exitCode, errors} = await runVmcontext('disc', 'build', 'vm.one', '-o', 'o.iso'); console.log(exitCode + errors)`
  const {stdout} = await execa(process.execPath, ['--input-type=module', '-e', program], {cwd: place})
  assert.match(stdout, /^1failure: vm\.one:1: FILES: key cannot be read: permission denied/)
})

describe('secrets', () => {
  const secrets = ['s3cretword', 'saltysalt', 'hashyhash', 'hunter2hunter2', 'tok3ntok3n', 'p1np1n', 'scr1pt']
  const template = `CONTEXT = [
  PASSWORD = "s3cretword",
  CRYPTED_PASSWORD = "$6$saltysalt$hashyhash",
  DB_PASS = "hunter2hunter2",
  READY_TOKEN = "x$tok3ntok3n",
  DOOR = "x$p1np1n",
  START_SCRIPT = "mysql -p$scr1pt
$no
",
  IP_PRIVATE = "$NIC[IP]"
]
`
  test('are not told', async t => {
    const {exitCode, output, errors} = await build(t, {'vm.one': template})
    assert.equal(exitCode, 0)
    assert.match(
      errors,
      /vm\.one:3:23: CRYPTED_PASSWORD: 3 times a \$ in it begins a reference that leads nowhere/,
    )
    assert.match(errors, /vm\.one:6:12: DOOR: a \$ in it begins a reference that leads nowhere/)
    assert.match(
      errors,
      /START_SCRIPT: 2 times a \$ in it .* stays empty; 2 line ends behind a reference are lost/,
    )
    assert.match(errors, /IP_PRIVATE: \$NIC\[IP\] leads nowhere: the template has no NIC/)
    for (const secret of secrets) assert.ok(!(output + errors).toLowerCase().includes(secret), secret)
  })

  test('nor where the front end would refuse them', async t => {
    const said = await build(t, {'vm.one': 'CONTEXT = [ PASSWORD = "a$s3cretword, b" ]\n'})
    assert.equal(said.exitCode, 1)
    assert.match(said.errors, /vm\.one:1:\d+: PASSWORD: what stands directly behind this reference/)
    assert.ok(!said.errors.includes('s3cretword'))
  })
})

test('a disc does not take the place of a file that is to be on it', async t => {
  const place = makeDirectory(t, {'vm.one': 'CONTEXT = [ FILES = "d" ]\n', 'd/init.sh': '#!/bin/sh\n'})
  const args = ['disc', 'build', join(place, 'vm.one'), '-o', join(place, 'd/init.sh')]
  const {exitCode, errors} = await runVmcontext(...args)
  assert.equal(exitCode, 2)
  assert.match(errors, /--output: .*init\.sh is one of the files for the disc/)
  assert.equal(readFileSync(join(place, 'd/init.sh'), 'utf8'), '#!/bin/sh\n')
})

test('of many references that lead nowhere one line is said', async t => {
  const {errors} = await build(t, {'vm.one': `CONTEXT = [ DNS = "${'$NO '.repeat(20_000)}" ]\n`})
  assert.match(errors, /^warning: vm\.one:1:20: DNS: 20000 times a \$ in it begins a reference.*\n$/)
})

test('only its owner may read a disc, whoever writes it', async t => {
  const {iso, output} = await build(t, {'vm.one': 'CONTEXT = [ PASSWORD = "geheim" ]\n'})
  assert.equal(statSync(iso).mode & 0o777, 0o600)
  assert.match(output, /only its owner may read it/)
})

test('a disc that is there is replaced, or left as it is', async t => {
  const place = makeDirectory(t, {'vm.one': 'CONTEXT = [ DNS = "$NO" ]\n', 'o.iso': 'old'})
  const args = ['disc', 'build', join(place, 'vm.one'), '-o', join(place, 'o.iso')]
  assert.equal((await runVmcontext(...args, '--strict')).exitCode, 1)
  assert.equal(readFileSync(join(place, 'o.iso'), 'utf8'), 'old')
  const {exitCode, errors} = await runVmcontext(...args)
  assert.equal(exitCode, 0)
  assert.match(errors, /vm\.one:1:20: DNS: \$NO leads nowhere: the template has no NO; its place stays empty/)
  assert.equal(readFileSync(join(place, 'o.iso')).subarray(0x8001, 0x8006).toString(), 'CD001')
})

test('the agent understands what is built of the manual’s example', async t => {
  if (!requireTool(t, 'ssh-keygen')) return
  const files = {
    'vm.one': `NIC = [ NETWORK = "Public" ]
CONTEXT = [
  hostname  = "MAINHOST",
  ip_public = "$NIC[IP, NETWORK=\\"Public\\"]",
  username  = virtualuser
  files     = "/vms_configuration/id_rsa.pub /vms_configuration/init.sh"
]
`,
    'public.net': 'NAME = Public\nTYPE = FIXED\nBRIDGE = eth0\nLEASES = [ IP = 192.168.0.5 ]\n',
    'vms_configuration/id_rsa.pub': '',
    'vms_configuration/init.sh': '#!/bin/sh\n',
    'tree/etc/os-release': 'ID=debian\nVERSION_ID=12\n',
    'tree/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    'tree/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
    nics: 'eth0 02:00:c0:a8:00:05\n',
  }
  const keys = makeDirectory(t)
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(keys, 'key')])
  files['vms_configuration/id_rsa.pub'] = readFileSync(join(keys, 'key.pub'), 'utf8')
  for (const format of ['2.2', 'today']) {
    const {place, iso, exitCode} = await build(
      t,
      files,
      '--format',
      format,
      '--network',
      'public.net',
      '--files',
      '.',
    )
    assert.equal(exitCode, 0)
    const plan = await runVmcontext(
      ...['plan', '--root', join(place, 'tree'), '--links', join(place, 'nics'), '--context', iso],
    )
    const said = plan.output + plan.errors
    assert.equal(plan.exitCode, 0, said)
    for (const part of ['address 192.168.0.5', 'MAINHOST', 'create the account virtualuser', 'run init.sh'])
      assert.ok(said.includes(part), `${part}\n${said}`)
  }
})

test('modes and bytes come through', async t => {
  if (!requireTool(t, 'isoinfo')) return
  const place = makeDirectory(t, {'vm.one': 'CONTEXT = [ FILES = "d" ]\n'})
  mkdirSync(join(place, 'd'))
  writeFileSync(join(place, 'd/run'), 'x\n', {mode: 0o750})
  await runVmcontext('disc', 'build', join(place, 'vm.one'), '-o', join(place, 'o.iso'))
  const {stdout} = await execa('isoinfo', ['-i', join(place, 'o.iso'), '-R', '-l'])
  assert.match(stdout, /^-rwxr-x---.* run *$/m)
  assert.equal(await extract(join(place, 'o.iso'), 'd/run'), 'x\n')
})
