// Roots to install into and take apart again, on directories: the bases of the scenarios, with something to boot with.

import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {TestContext} from 'node:test'
import {start} from '../../src/cli/start.ts'

/** In memory where that can be: every file of an installation is made durable, which takes a disk its time. */
function makeDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vmcontext-test-'))
  t.after(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

const bases = join(import.meta.dirname, '..', 'scenarios', 'bases')

const systemd = {
  'usr/lib/systemd/systemd': '',
  'sbin/init': '-> ../usr/lib/systemd/systemd',
  'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
  'etc/systemd/system/default.target': '-> /usr/lib/systemd/system/multi-user.target',
}

/** What makes a base boot with something; a text that begins with `-> ` is a link. */
const inits: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'debian-12': {
    'sbin/init': '',
    'usr/sbin/update-rc.d': '',
    'etc/rc2.d/S01ssh': '-> ../init.d/ssh',
    'etc/rc3.d/S01ssh': '-> ../init.d/ssh',
  },
  'ubuntu-24.04': systemd,
  'rocky-9': systemd,
  'debian-13-networkd': {...systemd, 'etc/systemd/network/README': ''},
  'centos-5': {
    'sbin/init': '',
    'sbin/chkconfig': '',
    'etc/rc.d/init.d/network': '',
    'etc/init.d': '-> rc.d/init.d',
  },
  'alpine-3.20': {'sbin/init': '-> ../bin/busybox'},
}

export type Files = Readonly<Record<string, string>>

/** Makes a root of a base, with more files; a text that begins with `-> ` is a link. */
export function makeRoot(t: TestContext, base: string, files: Files = {}): string {
  const root = join(makeDirectory(t), 'root')
  execFileSync('cp', ['-r', '--no-dereference', '--preserve=mode', join(bases, base), root])
  for (const [path, text] of Object.entries({'var/lib/nothing': '', ...inits[base], ...files}))
    put(root, path, text)
  execFileSync('find', [
    root,
    '(',
    '-path',
    '*/bin/*',
    '-o',
    '-path',
    '*/sbin/*',
    ')',
    '-exec',
    'chmod',
    '+x',
    '{}',
    '+',
  ])
  return root
}

export function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), {recursive: true})
  execFileSync('rm', ['-f', join(root, path)])
  if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(root, path))
  else writeFileSync(join(root, path), text)
}

/** Every entry with its kind, mode, owner and content; logs, and what lies in memory on a real guest, left out. */
export function describeAll(root: string): string {
  return `${listAll(root).join('\n')}\n`
}

/** The same, an entry each. */
export function listAll(root: string, below = ''): string[] {
  return readdirSync(join(root, below))
    .sort()
    .map(name => (below === '' ? name : `${below}/${name}`))
    .filter(path => !/^(run|var\/log)$/.test(path))
    .flatMap(path => {
      const status = lstatSync(join(root, path))
      const access = `${(status.mode & 0o7777).toString(8)} ${status.uid}:${status.gid}`
      if (status.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`]
      if (status.isDirectory()) return [`${path}/ ${access}`, ...listAll(root, path)]
      const hash = createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex')
      return [`${path} ${access} ${hash}`]
    })
}

/** `output` is what was printed with every run of blanks and line ends as one blank. */
export type Said = {exitCode: number; output: string; errors: string}

/** Runs a command line in this process; what is installed as the agent is a small program of this machine. */
export async function run(args: readonly string[], answer?: string): Promise<Said> {
  const said = {output: '', errors: ''}
  const exitCode = await start(
    {
      args,
      environment: {VMCONTEXT_BINARY: '/usr/bin/true'},
      isTerminal: () => answer !== undefined,
      columns: () => 80,
      print(text) {
        said.output += text
      },
      printError(text) {
        said.errors += text
      },
      ask(question) {
        said.output += question
        return answer
      },
      onStop() {},
    },
    '0.0.0',
  )
  return {...said, exitCode, output: said.output.replaceAll(/\s+/g, ' ')}
}

/** Boots a root with a context. */
export async function boot(t: TestContext, root: string, values: Files): Promise<Said> {
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
  const directory = makeDirectory(t)
  put(directory, 'disc/context.sh', lines.join(''))
  put(directory, 'links', 'eth0 02:00:c0:a8:00:05\n')
  return run([
    'boot',
    '--root',
    root,
    '--context',
    join(directory, 'disc'),
    '--links',
    join(directory, 'links'),
  ])
}
