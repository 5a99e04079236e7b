// What is for few to read at the end of a boot was so from its first moment, whoever started it with whatever umask. Every
// call that makes a file or changes its mode is on record, those of the tools too.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Guest} from '../../guests/guest.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {formatContext} from '../../matrix/features.ts'
import {tried} from '../rounds.ts'
import {discFiles, nics, secrets, variables} from './rich-context.ts'
import {type Call, placeOf, startTracedGuest, traceRun} from './traced-guest.ts'

const all = {...variables, PASSWORD: secrets.password}
const disc = {label: 'CONTEXT', files: {...discFiles, 'context.sh': formatContext({variables: all})}}

describe('modes from birth', skipWithoutGuest('namespace'), () => {
  for (const umask of ['000', '022', '077']) {
    test(`nothing was more open than it is at the end, under umask ${umask}`, async t => {
      await using guest = await startTracedGuest({nics, disc})
      const before = await listModes(guest)
      const {calls, said} = await traceRun(guest, ['vmcontext', 'boot'], {umask})
      assert.match(said, /set the password of joe/)
      const after = await listModes(guest)
      const lives = followModes(calls, new Set(before.keys()), Number.parseInt(umask, 8))
      // The record is of what is there.
      for (const path of [
        '/var/log/vmcontext.log',
        '/etc/shadow',
        '/etc/sudoers.d/90-vmcontext',
        '/home/joe/.ssh',
      ])
        assert.ok(lives.has(path), `${path} of ${[...lives.keys()].join(' ')}`)
      const tooOpen = [...lives].flatMap(([path, modes]) => describeOpen(path, modes, after.get(path)))
      assert.deepEqual(tooOpen, [])
      assert.deepEqual(
        expected
          .filter(([path, mode]) => after.get(path) !== mode)
          .map(([path]) => `${path} ${after.get(path)?.toString(8)}`),
        [],
      )
      tried(t, lives.size, `files of a boot under umask ${umask}, from their birth on`)
    })
  }
})

/** What the contract says of them, whatever the umask. */
const expected: [path: string, mode: number][] = [
  ['/var/lib/vmcontext', 0o700],
  ['/var/lib/vmcontext/manifest.json', 0o600],
  ['/var/lib/vmcontext/history.json', 0o600],
  ['/var/lib/vmcontext/tmp', 0o700],
  ['/var/log/vmcontext.log', 0o600],
  ['/var/log/vmcontext', 0o700],
  ['/var/log/vmcontext/init.sh.log', 0o600],
  ['/run/vmcontext', 0o755],
  ['/run/vmcontext/report.json', 0o644],
  ['/run/one-context/one_env', 0o600],
  ['/etc/sudoers.d/90-vmcontext', 0o440],
  ['/home/joe/.ssh', 0o700],
  ['/home/joe/.ssh/authorized_keys', 0o600],
  ['/etc/network/interfaces', 0o644],
  ['/srv/deep/er', 0o755],
  ['/srv/deep/er/secret', 0o600],
  ['/root/.netrc', 0o400],
]

/** Modes by path, of files and directories. */
async function listModes(guest: Guest): Promise<Map<string, number>> {
  const script =
    "find / \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o \\( -type f -o -type d \\) -printf '%m %p\\n'"
  const text = await guest.expect(['sh', '-c', `${script} 2>/dev/null || :`])
  return new Map(
    [...text.matchAll(/^(\d+) (.*)$/gm)].map(([, mode, path]) => [path!, Number.parseInt(mode!, 8)]),
  )
}

/** Every mode that a file has had since it was made, by the name it has at the end. */
function followModes(calls: readonly Call[], known: Set<string>, umask: number): Map<string, number[]> {
  const lives = new Map<string, number[]>()
  const descriptors = new Map<string, string>()
  const [first] = calls
  // The agent's own is 022 from the first, and so that of its tools.
  const umasks = new Map([[first!.pid, umask]])
  const note = (path: string, mode: number) => lives.set(path, [...(lives.get(path) ?? []), mode])
  const make = (path: string, {pid, args}: Call, isFresh: boolean) => {
    if (known.has(path) && !isFresh) return
    known.add(path)
    lives.set(path, [lastOctal(args) & ~(umasks.get(pid) ?? 0o022)])
  }
  for (const call of calls) {
    const {name, args, pid, opened, result} = call
    if (name === 'umask') umasks.set(pid, Number.parseInt(args, 8))
    if (name === 'openat' && opened !== undefined) {
      descriptors.set(result, opened)
      if (args.includes('O_CREAT')) make(opened, call, args.includes('O_EXCL'))
    }
    if (name === 'mkdir' || name === 'mkdirat') make(placeOf(call, descriptors), call, true)
    if (name === 'fchmod') note(/^\d+<([^>]*)>/.exec(args)![1]!, lastOctal(args))
    if (name === 'chmod' || name === 'fchmodat') note(placeOf(call, descriptors), lastOctal(args))
    if (name.startsWith('rename')) {
      const [from, to] = [placeOf(call, descriptors), placeOf(call, descriptors, 1)]
      lives.set(to, lives.get(from) ?? [])
      lives.delete(from)
      known.add(to)
    }
  }
  return lives
}

function lastOctal(args: string): number {
  return Number.parseInt(/(0[0-7]*)$/.exec(args)?.[1] ?? '0', 8)
}

/** What is gone by now, and was for all to read: others may see who runs, and the names that everybody may. */
const forAll =
  /^(\/run\/vmcontext\/(\.?(lock|current)\b.*|mounted)|\/etc\/(passwd|group|subuid|subgid)[.+-].*)$/

function describeOpen(path: string, modes: readonly number[], final: number | undefined): string[] {
  if (path.startsWith('/dev/') || path.startsWith('/proc/')) return []
  if (final === undefined && forAll.test(path)) return []
  // visudo looks at the mode, too.
  const allowed = final ?? (path === '/var/lib/vmcontext/sudoers.trial' ? 0o440 : 0)
  const wrong = modes.filter(mode => (mode & 0o077 & ~allowed) !== 0)
  return wrong.map(mode => `${path} had ${mode.toString(8)}, has ${final?.toString(8) ?? 'gone'}`)
}
