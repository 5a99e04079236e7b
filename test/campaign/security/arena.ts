// A guest in a directory, where joe has a home full of traps, and what is not his must stay as it is.

import {execFileSync} from 'node:child_process'
import {lstatSync, readdirSync, readFileSync, readlinkSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {openDirectory} from '../../../src/system/directory.ts'
import {type Files, openFiles} from '../../../src/system/files.ts'
import {asUser} from '../../../src/system/identity.ts'
import {openSystem, type System} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

export const joe = 12_345
export const bob = 12_346
/** Stands in files that are not for joe. */
export const secret = 'root:$6$not-for-joe'

/**
 * `tree`: a root in a directory, whose links the agent follows by itself. `live`: as on a running guest the kernel follows
 * them, and every path is only put below the directory.
 */
export type Kind = 'tree' | 'live'

export type Arena = {
  root: string
  system: System
  at(path: string): string
  /** Makes the homes anew, with nothing of earlier rounds. */
  lay(): void
  /** What has changed that is not joe's, and what joe has that he should not; '' if all is well. */
  findDamage(): string
  /** What joe has by now that he should not, looked for while nobody swaps anything. */
  findLoot(): string
}

const files = {
  'etc/passwd': [
    'root:x:0:0::/root:/bin/sh',
    `joe:x:${joe}:${joe}::/home/joe:/bin/sh`,
    `nest:x:${joe}:${joe}::/srv/joe/nest/home:/bin/sh`,
    `bob:x:${bob}:${bob}::/home/bob:/bin/sh`,
    '',
  ].join('\n'),
  'etc/group': 'root:x:0:\n',
  'etc/shadow': `${secret}\n`,
  'etc/vault/authorized_keys': 'ssh-ed25519 of-the-vault\n',
  'etc/vault/.ssh/authorized_keys': 'ssh-ed25519 of-the-vault\n',
  'etc/vault/home/.ssh/authorized_keys': 'ssh-ed25519 of-the-vault\n',
  'etc/vault/conf/file': 'of the vault\n',
  'etc/vault/file': 'of the vault\n',
  'root/.ssh/authorized_keys': `${secret} of root\n`,
  'home/bob/.ssh/authorized_keys': `${secret} of bob\n`,
}

/** The homes as they are laid out again and again; run in the root by a shell, as root. */
const makeHomes = `
  mkdir -p home/joe/.ssh home/joe/app/conf srv/joe/nest/home/.ssh
  for keys in home/joe/.ssh srv/joe/nest/home/.ssh; do
    echo ssh-ed25519 by-hand >$keys/authorized_keys
    chmod 700 $keys
  done
  echo "of joe" >home/joe/app/conf/file
  chown -R ${joe}:${joe} home/joe srv/joe
  traps() {
    ln -s "$2/etc/shadow" $1/t-shadow
    ln -s "$2/root/.ssh/authorized_keys" $1/t-root
    ln -s "$2/home/bob/.ssh/authorized_keys" $1/t-bob
    ln -s "$2/etc/vault/new" $1/t-dangling
    ln -s t-loop $1/t-loop
    ln -s "$2/etc/vault" $1/t-vault
    ln -s "$2/root" $1/t-slash-root
    ln -s "$2/home/bob" $1/t-home-bob
    ln -s "$(printf '%0.0sx/../' $(seq 100))$2/etc/vault" $1/t-deep
    mkfifo $1/t-pipe
    mkdir $1/t-directory
    truncate -s 10G $1/t-sparse
    truncate -s 0 $1/t-growing
    chown -h ${joe}:${joe} $1/t-*
    # Something that root has left here.
    mkdir -m 700 $1/t-own
    cp etc/shadow $1/t-own/file
    cp etc/shadow $1/t-own/authorized_keys
    cp etc/shadow $1/t-mine
    chmod 600 $1/t-mine $1/t-own/*
  }
  traps home/joe ../..
  traps home/joe/.ssh ../../..
  traps home/joe/app ../../..
  traps home/joe/app/conf ../../../..
  traps srv/joe ../..
  traps srv/joe/nest ../../..
  mkdir -m 700 template
  mv home/joe template/home
  mv srv/joe template/srv
`

/** Run while nobody swaps anything. */
const layHomes = `
  rm -rf home/joe srv/joe
  cp -a template/home home/joe
  cp -a template/srv srv/joe
  # As where the kernel lets anybody make hard links (fs.protected_hardlinks=0).
  for directory in home/joe home/joe/.ssh home/joe/app home/joe/app/conf srv/joe srv/joe/nest; do
    ln etc/shadow $directory/t-hard-shadow
    ln etc/vault/authorized_keys $directory/t-hard-vault
  done
`

/** Makes the guest. */
export function makeArena(t: TestContext, kind: Kind): Arena {
  const root = makeDirectory(t, files)
  const modes =
    'chmod 755 . && chmod 700 root home/bob && chmod 640 etc/shadow && chmod 600 home/bob/.ssh/* root/.ssh/*'
  const run = (script: string) => execFileSync('sh', ['-ec', `umask 022; ${script}`], {cwd: root})
  run(`${modes}; chown -R ${bob}:${bob} home/bob; mkdir -p home srv var/lib; ${makeHomes}`)
  const at = (path: string) => join(root, path)
  const before = new Map<string, string>()
  const own = new Map<number, string>()
  return {
    root,
    system: kind === 'tree' ? openSystem(root) : openBelow(root),
    at,
    lay() {
      run(layHomes)
      own.clear()
      for (const home of homes)
        walk(at(home), (path, status) => {
          if (status.uid !== joe) own.set(status.ino, describe(path, status, false))
        })
      before.clear()
      for (const [path, line] of list(root)) before.set(path, line)
    },
    findDamage() {
      const now = list(root)
      const paths = [...new Set([...before.keys(), ...now.keys()])]
      return paths
        .filter(path => before.get(path) !== now.get(path))
        .map(path => `${path}: ${before.get(path)} became ${now.get(path)}\n`)
        .join('')
    },
    findLoot() {
      const found: string[] = []
      for (const home of homes)
        walk(at(home), (path, status) => {
          const line = describe(path, status, false)
          if (own.get(status.ino) === line) return
          // A number may have been given to something else by now.
          const isSame = own.get(status.ino)?.split(' ')[1]?.slice(0, -4) === kindOf(status)
          const isAnother = status.uid === joe && !(isSame && status.isDirectory())
          if (own.has(status.ino) && !isAnother)
            found.push(`${path}: ${own.get(status.ino)} became ${line}\n`)
          // A directory that was swapped while it was made, and so not given away; a link's other name, emptied.
          else if (!own.has(status.ino) && isHarmless(status)) return
          else if (status.uid !== joe) found.push(`${path} is of ${status.uid}\n`)
          else if (line.includes(secret)) found.push(`joe can read in ${path}: ${line}\n`)
        })
      return found.join('')
    },
  }
}

const homes = ['home/joe', 'srv/joe']
/** What the agent writes for itself, and joe's own. */
const leftOut = /^(home\/joe|srv\/joe|template|var\/lib\/vmcontext|run)(\/|$)/

/** Everything else, by its path. */
function list(root: string): Map<string, string> {
  const found = new Map<string, string>()
  walk(
    root,
    (path, status) => found.set(path.slice(root.length + 1), describe(path, status, true)),
    path => !leftOut.test(path.slice(root.length + 1)),
  )
  return found
}

/** Enough to see whether anybody has touched it. `withTime` not of what joe may touch himself. */
function describe(path: string, status: Stats, withTime: boolean): string {
  const {mode, uid, gid, ino, mtimeMs} = status
  const time = withTime && !status.isDirectory() ? ` ${mtimeMs}` : ''
  return `${ino} ${mode.toString(8)} ${uid}:${gid}${time} ${contentOf(path, status)}`
}

const kindOf = ({mode}: Stats) => mode.toString(8).slice(0, -4)

function isHarmless(status: Stats): boolean {
  return status.uid === 0 && (status.isDirectory() || (status.isFile() && status.size === 0))
}

const sizeLimit = 1024 * 1024

function contentOf(path: string, status: Stats): string {
  if (status.isSymbolicLink()) return readlinkSync(path)
  if (status.isDirectory()) return ''
  return status.isFile() && status.size < sizeLimit ? readFileSync(path, 'latin1') : ''
}

function walk(path: string, visit: (path: string, status: Stats) => void, goes = (_: string) => true): void {
  for (const name of readdirSync(path)) {
    const inner = join(path, name)
    if (!goes(inner)) continue
    const status = lstatSync(inner)
    visit(inner, status)
    if (status.isDirectory()) walk(inner, visit, goes)
  }
}

/** The machine with every path put below a directory. */
function openBelow(root: string): System {
  const inner = openFiles('/')
  const below = (value: unknown) => (typeof value === 'string' ? `${root}${value}` : value)
  const mapped = Object.entries(inner).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value]
    const call = value as (...args: unknown[]) => unknown
    if (name === 'followLinks') return [name, (path: string) => String(call(below(path))).slice(root.length)]
    return [name, (path: unknown, ...rest: unknown[]) => call(below(path), ...rest)]
  })
  const files = Object.fromEntries(mapped) as Files
  return {
    root: '/',
    live: false,
    files,
    run: () => Promise.reject(new Error('nothing is run here')),
    openDirectory: path => openDirectory(files.locate(path), path),
    asUser,
  }
}
