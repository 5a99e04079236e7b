// Random trees of files for discs, with names of all kinds.

import type {DiscEntry} from '../../../src/image/disc/build-image.ts'
import type {Random} from '../../random.ts'

const alphabets = [
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'ABCabc._-',
  'äöüßéñçøł€日本語',
  ' =\\\'"$`&;:?*#~%!()[]{}<>|,@^',
  '\n\t\x01',
  '🐧a',
]

/** Entries whose paths a disc can hold: Linux reads names of 253 bytes at most. */
export function makeEntries(random: Random): DiscEntry[] {
  const directories = ['']
  const used = new Set<string>()
  const entries: DiscEntry[] = []
  const claim = (parent: string) => {
    const path = parent + makeName(random)
    if (used.has(path)) return undefined
    used.add(path)
    return path
  }
  for (let count = random.below(60); count > 0; count -= 1) {
    const parent = random.pick(directories)
    const path = claim(parent)
    if (path === undefined || path.split('/').length > 20) continue
    if (random.oneIn(3)) directories.push(`${path}/`)
    else entries.push(makeFile(random, path))
  }
  // More than one sector of records.
  if (random.oneIn(4))
    entries.push(...Array.from({length: 200}, (_, index) => makeFile(random, `many-files-${index}`)))
  return entries
}

function makeName(random: Random): string {
  const alphabet = [...random.pick(alphabets)]
  const limit = random.oneIn(6) ? 255 : 20
  let name = ''
  for (let length = 1 + random.below(limit); length > 0; length -= 1) {
    const character = random.pick(alphabet)
    if (Buffer.byteLength(name + character) <= 253) name += character
  }
  return /^\.*$/.test(name) ? `${name}x`.slice(-3) : name
}

function makeFile(random: Random, path: string): DiscEntry {
  const length = random.pick([0, 1, 2047, 2048, 2049, random.below(20_000)])
  const byte = random.below(256)
  return {path, content: Buffer.alloc(length, byte), mode: random.pick([0o644, 0o755, 0o600, 0o400, 0o640])}
}
