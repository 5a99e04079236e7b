// A place where a shell may run what nobody has read before: a root with nothing in it but the shells, no privilege,
// no network, nothing to write to, one second of computing time for each file.

import {execFileSync} from 'node:child_process'
import {chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {TestContext} from 'node:test'

/** Makes such a root for a test. */
export function makeJail(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'vmcontext-jail-'))
  t.after(() => rmSync(root, {recursive: true, force: true, maxRetries: 5}))
  const shells = ['/bin/bash', '/bin/dash']
  for (const path of [...shells, ...listLibraries(shells)]) {
    mkdirSync(join(root, dirname(path)), {recursive: true})
    copyFileSync(path, join(root, path))
  }
  mkdirSync(join(root, 'dev'))
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3'])
  chmodSync(root, 0o755)
  return root
}

/** The command line that runs a command there, in a directory below the root. */
export function guard(root: string, directory: string, command: readonly string[]): readonly string[] {
  const [file, ...words] = command
  const enter = `cd "/${directory}" && exec "$0" "$@"`
  const namespaces = '--mount --pid --net --ipc --uts --fork --kill-child'.split(' ')
  const chroot = ['chroot', '--userspec=65534:65534', root, '/bin/dash', '-c', enter, file!, ...words]
  return ['/usr/bin/unshare', ...namespaces, '--', '/usr/sbin/chroot', ...chroot.slice(1)]
}

function listLibraries(programs: readonly string[]): readonly string[] {
  const output = execFileSync('ldd', programs, {encoding: 'utf8'})
  return [...new Set(Array.from(output.matchAll(/(\/\S+) \(0x/g), match => match[1]!))]
}
