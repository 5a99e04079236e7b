// The value of an assignment, put together from its pieces (bash manual, 3.4: no word splitting, no file names).

import type {Quoting} from '../shell.ts'
import type {Piece, PieceQuoting} from './piece.ts'
import type {Doubt, DropReason} from './problems.ts'

/** A value, one character per byte, and where it is doubtful; or why and where there is none. */
export type Value = {text: string; doubts: ReadonlyMap<Doubt, number>} | {reason: DropReason; offset: number}

/** What a value can refer to. */
export type Scope = {
  /** The variables above, by name without case. */
  lookUp(name: string): string | undefined
  /** Counts text that an expansion adds; false if it is too much. */
  spend(length: number): boolean
  /** The assignment is an argument of `export`. */
  exported: boolean
}

/** Puts a value together; `offset` is where its word begins. */
export function putTogether(pieces: readonly Piece[], offset: number, scope: Scope): Value {
  if (hasTilde(pieces)) return {reason: 'tilde', offset}
  // An assignment undergoes no brace expansion, an argument does, even one of `export` (seen with bash 5.2).
  if (scope.exported && hasBraces(pieces)) return {reason: 'braces', offset}
  let text = ''
  const doubts = new Map<Doubt, number>()
  for (const piece of pieces) {
    if (piece.kind === 'run') return {reason: piece.construct, offset: piece.offset}
    const part =
      piece.kind === 'text' ? piece.text : piece.kind === 'name' ? scope.lookUp(piece.name) : undefined
    const doubt = doubtIn(piece, part)
    if (doubt !== undefined && !doubts.has(doubt)) doubts.set(doubt, piece.offset)
    if (piece.kind === 'name' && !scope.spend(part?.length ?? 0))
      return {reason: 'long', offset: piece.offset}
    text += part ?? ''
  }
  return {text, doubts}
}

/** How a value was written. A backslash is no quoting beside quotes: `'it'\''s'` is OpenNebula's way to say `'`. */
export function quotingOf(pieces: readonly Piece[]): Quoting {
  const kinds = new Set<Exclude<PieceQuoting, 'escape'>>()
  for (const {quoting} of pieces) if (quoting !== 'escape') kinds.add(quoting)
  const [first = 'none', second] = kinds
  return second === undefined ? first : 'mixed'
}

/** Bash would put a home directory for a `~` that stands first or behind a `:`. */
function hasTilde(pieces: readonly Piece[]): boolean {
  return pieces.some((piece, index) => {
    const text = plainPart(piece) ?? ''
    return text.includes(':~') || (index === 0 && text.startsWith('~'))
  })
}

/** Whether `{a,b}` or `{1..3}` may be in it. Some that bash takes literally are among these, such as `{a..}`. */
function hasBraces(pieces: readonly Piece[]): boolean {
  const shape = pieces.map(piece => plainPart(piece) ?? 'x').join('')
  const open = shape.indexOf('{')
  const between = open === -1 ? '' : shape.slice(open, Math.max(open, shape.lastIndexOf('}')))
  return between.includes(',') || between.includes('..')
}

function plainPart(piece: Piece): string | undefined {
  return piece.kind === 'text' && piece.quoting === 'none' ? piece.text : undefined
}

function doubtIn(piece: Piece, part: string | undefined): Doubt | undefined {
  if (piece.kind === 'special') return 'special'
  if (part === undefined) return 'unknown'
  return piece.kind === 'text' && piece.unspelled ? 'unspelled' : undefined
}
