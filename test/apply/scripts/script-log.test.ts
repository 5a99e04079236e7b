import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmodSync, existsSync, readFileSync, symlinkSync, truncateSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {openScriptLog} from '../../../src/apply/scripts/script-log.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const directory = 'var/log/vmcontext'

/** Opens the log of `init.sh` in a guest, and closes it. */
function writeLog(t: TestContext, spoil: (root: string) => void = () => undefined) {
  const root = makeDirectory(t, {'dev/null': '', [`${directory}/other`]: ''})
  chmodSync(join(root, directory), 0o700)
  spoil(root)
  const log = openScriptLog(openSystem(root), 'init.sh')
  log.close('exited with 0')
  return {...log, root, said: log.problems.map(({message}) => message).join()}
}

const planted: [what: string, spoil: (root: string) => void, said: RegExp][] = [
  ['a link', root => symlinkSync('other', join(root, directory, 'init.sh.log')), /symbolic link/],
  [
    'a pipe, which nobody reads',
    root => execFileSync('mkfifo', [join(root, directory, 'init.sh.log')]),
    /could not write/,
  ],
  [
    'anything in a directory of others',
    root => chmodSync(join(root, directory), 0o777),
    /others than root can write it/,
  ],
]

for (const [what, spoil, said] of planted) {
  test(`${what} gets nothing of what a script says, which runs all the same`, t => {
    const log = writeLog(t, spoil)
    assert.equal(log.path, undefined)
    assert.match(log.said, said)
    assert.equal(readFileSync(join(log.root, directory, 'other'), 'utf8'), '')
  })
}

test('a log that has become large is put aside for the next run', t => {
  const path = `${directory}/init.sh.log`
  const {root, said} = writeLog(t, root => {
    execFileSync('touch', [join(root, path)])
    truncateSync(join(root, path), 1024 * 1024 + 1)
  })
  assert.equal(said, '')
  assert.ok(existsSync(join(root, `${path}.old`)))
  assert.match(
    readFileSync(join(root, path), 'utf8'),
    /^--- init\.sh begins, .*\n--- init\.sh exited with 0\n$/,
  )
})
