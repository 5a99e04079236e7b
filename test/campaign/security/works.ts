// What root does in directories that an ordinary user may write, each a piece of work that can be done again and again;
// and how a program does it that does not know that somebody is there.

import {chownSync, lstatSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {authorizeKeysHandler, foldKeysHandler} from '../../../src/apply/login/keys.ts'
import {writeUserFileHandler} from '../../../src/apply/scripts/user-file.ts'
import type {Result, Workshop} from '../../../src/apply/workshop.ts'
import {parseKeys} from '../../../src/context/login/authorized-key.ts'
import {judgePath} from '../../../src/doctor/login/path.ts'
import {readAccount} from '../../../src/facts/login/accounts.ts'
import {readKeysFacts} from '../../../src/facts/login/keys-facts.ts'
import {performInside, readInside} from '../../../src/image/perform-inside.ts'
import {revokeKeys} from '../../../src/image/perform-login.ts'
import {findDrift} from '../../../src/report/drift.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import {Secret} from '../../../src/secret.ts'
import {unlessRefused} from '../../../src/system/errors.ts'
import {makeKey} from '../../keys.ts'
import type {Random} from '../../random.ts'
import {type Arena, joe} from './arena.ts'
import type {Swap} from './attacker.ts'

export type Work = {
  /** What is swapped while it is done, by guest paths. */
  swaps: readonly Swap[]
  /** Does it once; throws what the machine refuses. What it gives may be the result of a handler. */
  perform(arena: Arena, random: Random): unknown
  /** So many times, at most, until the homes are made anew. */
  atOnce?: number
}

const traps = ['shadow', 'root', 'bob', 'dangling', 'loop', 'pipe', 'directory', 'sparse', 'growing', 'mine']
const ownTraps = [...traps, 'hard-shadow', 'hard-vault']
const directoryTraps = ['vault', 'slash-root', 'home-bob', 'deep', 'loop', 'pipe', 'own', 'mine', 'directory']

/** A name changes places with each of the traps beside it. */
function trapped(directory: string, name: string, kinds: readonly string[]): Swap[] {
  return kinds.map(kind => ['exchange', `${directory}/${name}`, `${directory}/t-${kind}`])
}

/** The name under which the agent makes what is to take its place is known beforehand. */
function planted(directory: string, name: string, up: string): Swap[] {
  const temporary = `${directory}/.${name}.vmcontext-new`
  return [
    ['link', `${up}/etc/vault/new`, temporary],
    ['link', `${up}/etc/shadow`, temporary],
    ['exchange', temporary, `${directory}/t-mine`],
    ['exchange', temporary, `${directory}/${name}`],
  ]
}

const inSsh = [
  ...trapped('/home/joe/.ssh', 'authorized_keys', ownTraps),
  ...planted('/home/joe/.ssh', 'authorized_keys', '../../..'),
]
const ofSsh: Swap[] = [
  ...trapped('/home/joe', '.ssh', directoryTraps),
  ['move', '/home/joe/.ssh', '/home/joe/away'],
]
/** A home below a directory of the user's own. */
const ofNest: Swap[] = [
  ...trapped('/srv/joe', 'nest', directoryTraps),
  ...trapped('/srv/joe/nest', 'home', directoryTraps),
]
const inApp: Swap[] = [
  ...trapped('/home/joe', 'app', directoryTraps),
  ...trapped('/home/joe/app', 'conf', directoryTraps),
  ['move', '/home/joe/app/conf', '/home/joe/app/away'],
  ['move', '/home/joe/app', '/home/joe/away'],
  ...trapped('/home/joe/app/conf', 'file', ownTraps),
  ...planted('/home/joe/app/conf', 'file', '../../../..'),
]

const [alice, carol] = ['alice', 'carol'].map(name => parseKeys(makeKey(name)).keys) as [Keys, Keys]
type Keys = ReturnType<typeof parseKeys>['keys']

function openShop({system}: Arena): Workshop {
  return {system, manifest: readManifest(system, []), mayExecute: false}
}

/** Installs keys, others the next time, or revokes all that it has installed. */
function authorize(arena: Arena, account: string, random: Random): Result {
  const workshop = openShop(arena)
  const wanted = random.pick([alice, carol, [...alice, ...carol], []])
  const owned = [...alice, ...carol].map(({line}) => line)
  workshop.manifest.keys[account] = {'.ssh/authorized_keys': owned}
  const files = {paths: ['.ssh/authorized_keys'], isForOne: false}
  const action = {kind: 'authorize-keys', account, keys: wanted, revokes: true, files} as const
  authorizeKeysHandler.prepare?.(action, workshop)
  return authorizeKeysHandler.perform(action, workshop) as Result
}

function write(append: boolean, path = '/home/joe/app/conf/file'): Work['perform'] {
  return async (arena, random) => {
    const content = new Secret(`written ${random.below(1000)}\n`)
    const owner = {user: 'joe', group: 'joe-or-none'}
    const about = {path, content, bytes: 8, mode: 0o644, owner: {...owner, group: `${joe}`}, append}
    return writeUserFileHandler.perform({kind: 'write-user-file', ...about}, openShop(arena))
  }
}

const inConf = {path: '/home/joe/app/conf/file', reason: ''}

/** All that there is. */
export const works: Readonly<Record<string, Work>> = {
  'installing and revoking keys': {
    swaps: [...inSsh, ...ofSsh],
    perform: (arena, random) => authorize(arena, 'joe', random),
  },
  'keys in a home below what the user owns': {
    swaps: ofNest,
    perform: (arena, random) => authorize(arena, 'nest', random),
  },
  'folding keys': {
    swaps: [...inSsh, ...ofSsh],
    perform(arena) {
      const workshop = openShop(arena)
      workshop.manifest.keys = {joe: {'.ssh/authorized_keys': ['ssh-ed25519 by-hand']}}
      return foldKeysHandler.perform({kind: 'fold-keys', account: 'joe'}, workshop)
    },
  },
  'taking keys back when the agent goes': {
    swaps: [...inSsh, ...ofSsh],
    perform({system}) {
      const lines = ['ssh-ed25519 by-hand']
      const about = {account: 'joe', place: '.ssh/authorized_keys', lines, reason: ''} as const
      revokeKeys(system, {kind: 'revoke-keys', ...about})
    },
  },
  write_files: {swaps: inApp, perform: write(false)},
  'write_files that append': {swaps: inApp, perform: write(true)},
  'giving back what stood in a home': {
    swaps: inApp,
    perform({system}) {
      const content = Buffer.from('as before\n')
      const deed = {kind: 'write', ...inConf, content, mode: 0o600, owner: {uid: joe, gid: joe}} as const
      performInside(system.files, deed, '/home/joe')
    },
  },
  'emptying a log in a home': {
    // What root has left in a home its owner may put where things are emptied.
    swaps: inApp.filter(([, , other]) => !/t-(own|mine)$/.test(other)),
    perform: ({system}) => performInside(system.files, {kind: 'empty', ...inConf}, '/home/joe'),
  },
  'removing a tree in a home': {
    swaps: inApp,
    perform({system}) {
      performInside(system.files, {kind: 'remove', path: '/home/joe/app', reason: ''}, '/home/joe')
    },
    atOnce: 1,
  },
  'reading for seal, doctor and status': {
    swaps: [...inApp, ...inSsh, ...ofSsh],
    perform({system}) {
      const account = readAccount(system, 'joe')!
      readInside(system.files, inConf.path, '/home/joe', 1024)
      judgePath(system, account, '/home/joe/.ssh/authorized_keys')
      readKeysFacts(system, [], ['joe'], (look, otherwise) => unlessRefused(look, () => otherwise))
      findDrift(system, {files: {[inConf.path]: {sha256: ''.padEnd(64, '0'), previous: null}}})
    },
  },
}

/** What would wait for a pipe for ever, or fill the memory, is nothing for them. */
const harmless = (swaps: readonly Swap[]) =>
  swaps.filter(([, , other]) => !/t-(pipe|sparse|loop)$/.test(other))

const keysPath = (arena: Arena) => arena.at('/home/joe/.ssh/authorized_keys')

function naivelyAuthorize(arena: Arena): void {
  mkdirSync(arena.at('/home/joe/.ssh'), {recursive: true, mode: 0o700})
  writeFileSync(keysPath(arena), `${readFileSync(keysPath(arena), 'latin1')}${makeKey('alice')}\n`)
  chownSync(keysPath(arena), joe, joe)
}

/** Programs that the same swaps have to bring down: otherwise nothing was tried. */
export const mutants: Readonly<Record<string, Work>> = {
  'one that writes through the path': {swaps: harmless([...inSsh, ...ofSsh]), perform: naivelyAuthorize},
  'one that looks for links first': {
    swaps: harmless([...inSsh, ...ofSsh]),
    perform(arena) {
      const [directory, file] = [lstatSync(arena.at('/home/joe/.ssh')), lstatSync(keysPath(arena))]
      const isPlain = directory.isDirectory() && file.isFile() && file.nlink === 1 && file.uid === joe
      if (isPlain && directory.uid === joe) naivelyAuthorize(arena)
    },
  },
}
