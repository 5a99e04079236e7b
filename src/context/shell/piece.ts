// A word of the shell, taken apart into pieces (bash manual, 3.1.2 and 3.5).

/** How one piece is quoted. An escape is a backslash outside quotes and the character behind it. */
export type PieceQuoting = 'none' | 'escape' | 'single' | 'double' | 'ansi-c'

/** What only a shell could turn into a value. */
export type Construct =
  | 'command substitution'
  | 'process substitution'
  | 'arithmetic expansion'
  | 'parameter expansion'
  | 'array'
  | 'array element'

/**
 * One piece: text; `$NAME`; `$1` and the like, which a shell sets; or what would have to be run. Text is `unspelled`
 * if it came from an escape for a character that the C locale does not have.
 */
export type Piece = {quoting: PieceQuoting; offset: number} & (
  | {kind: 'text'; text: string; unspelled?: boolean}
  | {kind: 'name'; name: string}
  | {kind: 'special'}
  | {kind: 'run'; construct: Construct}
)

export type Word = {pieces: readonly Piece[]; offset: number}

/** Adds a piece to others. Text of one quoting that stands together becomes one piece. */
export function addPiece(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1)
  if (piece.kind !== 'text' || last?.kind !== 'text' || piece.quoting !== last.quoting) pieces.push(piece)
  else {
    last.text += piece.text
    if (piece.unspelled) last.unspelled = true
  }
}

/** The text of pieces that are one unquoted text; undefined otherwise. Only such text can be a reserved word. */
export function plainText([first, second]: readonly Piece[]): string | undefined {
  return first?.kind === 'text' && first.quoting === 'none' && second === undefined ? first.text : undefined
}

/** The text of pieces in which nothing is expanded, quotes removed; undefined if something is. */
export function literalText(pieces: readonly Piece[]): string | undefined {
  let text = ''
  for (const piece of pieces) {
    if (piece.kind !== 'text') return undefined
    text += piece.text
  }
  return text
}
