// The directories in which the agent keeps what it relies upon, made beforehand by somebody else: refused, with what to
// do about it, and nothing is written, removed or shown through them.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {readTree} from '../../tree.ts'
import {tried} from '../rounds.ts'

const secret = 'root:$6$not-for-joe'
const context = "HOSTNAME='web'\nUSERNAME='root'\nSSH_PUBLIC_KEY=''\n"

/** A guest on which a shell has made something, as root. */
function makeGuest(t: TestContext, script: string): string {
  const root = makeDirectory(t, {
    'etc/debian_version': '12.0\n',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\njoe:x:12345:12345::/home/joe:/bin/sh\n',
    'etc/shadow': `${secret}\n`,
    'etc/hostname': 'old\n',
    'etc/hosts': '127.0.0.1 localhost\n',
    'context/context.sh': context,
  })
  execFileSync('sh', ['-ec', `umask 022; mkdir -p run var/lib var/log mnt; ${script}`], {cwd: root})
  return root
}

/** Every command that looks at the records, or writes them; the doctor looks, and tells. */
const commands: readonly (readonly string[])[] = [
  ['boot'],
  ['plan'],
  ['status'],
  ['rollback', '--dry-run'],
  ['rollback', '--yes'],
  ['uninstall', '--yes'],
  ['seal', '--yes'],
  ['report', '--output', '-'],
  ['explain', 'HOSTNAME'],
  ['log'],
]

const links = `
  for name in lock report.json current.json boot.json mounted changed shares lock.takeover; do
    ln -s ../../etc/shadow $1/$name
  done`
const traps = `traps() { ${links}
  chown -R -h 12345:12345 $1; }`

const foreign: Readonly<Record<string, string>> = {
  '/run/vmcontext of another user': `mkdir run/vmcontext; traps run/vmcontext`,
  '/run/vmcontext that everybody may write':
    'mkdir -m 1777 run/vmcontext; ln -s ../../etc/shadow run/vmcontext/lock',
  '/run/vmcontext of another user in a /run for all':
    'chmod 1777 run; mkdir run/vmcontext; traps run/vmcontext',
  '/run/vmcontext that another user made a link of':
    'chmod 1777 run; ln -s ../etc run/vmcontext; chown -h 12345 run/vmcontext',
  '/run/vmcontext in a /run in which all may rename': 'chmod 777 run; mkdir run/vmcontext',
  '/var/lib/vmcontext of another user': `
    mkdir -p var/lib/vmcontext/kept
    echo '{"version":1,"files":{"/etc/shadow":{"sha256":null,"previous":null}}}' >var/lib/vmcontext/manifest.json
    chown -R 12345 var/lib/vmcontext`,
  '/var/lib/vmcontext that a group may write':
    'mkdir var/lib/vmcontext; chgrp 12345 var/lib/vmcontext; chmod 775 var/lib/vmcontext',
  '/var/lib/vmcontext that is still to be made where all may write': 'chmod 1777 var/lib',
}

for (const [what, script] of Object.entries(foreign)) {
  test(`${what} is not used, by any command`, async t => {
    if (!requireRoot(t)) return
    const root = makeGuest(t, `${traps}\n${script}`)
    const before = [...readAll(root)]
    for (const [command = '', ...options] of commands) {
      const {exitCode, output, errors} = await runVmcontext(command, '--root', root, ...options)
      assert.equal(exitCode, 3, `${command}: ${output}${errors}`)
      assert.match(errors, /could not use \/(run|var\/lib)\/vmcontext: .*(move it away|chmod go-w)/)
      assert.ok(!`${output}${errors}`.includes(secret))
    }
    const {exitCode, output, errors} = await runVmcontext('doctor', '--root', root)
    assert.equal(exitCode, 1, `${output}${errors}`)
    assert.match(
      output.replace(/\s+/g, ' '),
      /WRONG records the agent's records \/\S+\/vmcontext: no run is done, as .* cure: (move it away|chown root)/,
    )
    assert.ok(!`${output}${errors}`.includes(secret))
    assert.deepEqual([...readAll(root)], before)
    tried(t, commands.length + 1, `commands where ${what}`)
  })
}

/** In a directory of root's these are of a killed run, of root, or on an image that somebody hands over. */
const planted: Readonly<Record<string, string>> = {
  'a link': 'ln -s ../../etc/shadow "$1"',
  'a link out of the root': 'ln -s ../../../../../../../../../../etc/vmcontext-planted "$1"',
  'a pipe': 'mkfifo "$1"',
  'a hard link': 'ln etc/shadow "$1"',
  'a link to what never ends': 'ln -s /dev/zero "$1"',
  'ten gigabytes': 'truncate -s 10G "$1"',
  'no JSON': 'echo "{" >"$1"',
  'what another program would write': `echo '{"version":1,"runs":{},"steps":3,"pid":"x","directory":"/etc"}' >"$1"`,
}
const names = ['lock', 'report.json', 'current.json', 'boot.json', 'mounted', 'shares', 'lock.takeover']
/** By the number of this process: what the agent itself makes for a moment. */
const passing = [`lock.${process.pid}`, `lock.${process.pid}.new`]

for (const [what, script] of Object.entries(planted)) {
  test(`${what} in the place of a record of /run is not followed, nor waited for`, async t => {
    if (!requireRoot(t)) return
    for (const name of [...names, ...passing]) {
      const root = makeGuest(t, `mkdir run/vmcontext; set -- run/vmcontext/${name}; ${script}`)
      for (const command of ['status', 'plan', 'boot', 'status']) {
        const {exitCode, output, errors} = await runVmcontext(command, '--root', root)
        assert.ok([0, 1, 3].includes(exitCode), `${name}: ${errors}`)
        assert.doesNotMatch(errors, /defect/)
        assert.ok(!`${output}${errors}`.includes(secret), name)
      }
      assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), `${secret}\n`, name)
      assert.ok(!existsSync('/etc/vmcontext-planted'))
    }
    tried(t, names.length + passing.length, `records of /run that are ${what}`)
  })
}

test('a lock that never goes is told as what it is', async t => {
  if (!requireRoot(t)) return
  const root = makeGuest(t, 'mkdir run/vmcontext; mkfifo run/vmcontext/lock')
  const {errors, output} = await runVmcontext('boot', '--root', root)
  assert.match(`${output}${errors}`, /take the lock .*: something else is in its place; remove it/)
})

const logs: Readonly<Record<string, string>> = {
  'a link': 'ln -s ../../etc/shadow var/log/vmcontext.log',
  'a hard link': 'ln etc/shadow var/log/vmcontext.log',
  'a pipe': 'mkfifo var/log/vmcontext.log',
  'a file of somebody who may write into /var/log':
    'chgrp 12345 var/log; chmod 775 var/log; touch var/log/vmcontext.log; chown 12345 var/log/vmcontext.log',
}

for (const [what, script] of Object.entries(logs)) {
  test(`${what} in the place of the log gets no text`, async t => {
    if (!requireRoot(t)) return
    const root = makeGuest(t, script)
    const {exitCode} = await runVmcontext('boot', '--root', root)
    assert.equal(exitCode, 0)
    assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), `${secret}\n`)
    assert.equal(
      what.startsWith('a file') ? readFileSync(join(root, 'var/log/vmcontext.log'), 'utf8') : '',
      '',
    )
  })
}

const settings: Readonly<Record<string, string>> = {
  'of another user': 'chown 12345 etc/vmcontext.conf',
  'that everybody may write': 'chmod 666 etc/vmcontext.conf',
  'that a group may write': 'chgrp 12345 etc/vmcontext.conf; chmod 664 etc/vmcontext.conf',
}

for (const [what, script] of Object.entries(settings)) {
  test(`a file of settings ${what} does not hold, and is told`, async t => {
    if (!requireRoot(t)) return
    const root = makeGuest(t, `echo 'STEPS_OFF="hostname"' >etc/vmcontext.conf; ${script}`)
    const {output} = await runVmcontext('boot', '--root', root)
    assert.match(output, /\/etc\/vmcontext\.conf.*its settings do not hold.*chmod go-w/)
    assert.equal(readFileSync(join(root, 'etc/hostname'), 'utf8'), 'web\n')
  })
}

function readAll(root: string): Map<string, unknown> {
  return new Map([...readTree(root), ...readTree(join(root, 'var/log')), ...readTree(join(root, 'etc'))])
}
