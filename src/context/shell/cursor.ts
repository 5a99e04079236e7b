// A place in the text that moves forward only.

/** Deeper than this nothing is followed; the text counts as never closing there. */
const maximumDepth = 100

export class Cursor {
  readonly text: string
  offset = 0
  #depth = 0

  constructor(text: string) {
    this.text = text
  }

  /** The next character, '' at the end. Backslash and newline are nothing (bash manual, 3.1.2.1): passed over. */
  peek(): string {
    while (this.text[this.offset] === '\\' && this.text[this.offset + 1] === '\n') this.offset += 2
    return this.text[this.offset] ?? ''
  }

  /** Moves past the next character and returns it. */
  next(): string {
    const character = this.peek()
    this.offset += character.length
    return character
  }

  /** Moves past the next character if it is this one. */
  take(character: string): boolean {
    if (this.peek() !== character) return false
    this.offset += 1
    return true
  }

  /** Moves past one character as it stands, backslash and newline included. */
  takeRaw(): string {
    const character = this.text[this.offset] ?? ''
    this.offset += character.length
    return character
  }

  /** Moves past what a sticky pattern matches here, as it stands; '' if it does not match. */
  takeMatch(pattern: RegExp): string {
    pattern.lastIndex = this.offset
    const match = pattern.exec(this.text)?.[0] ?? ''
    this.offset += match.length
    return match
  }

  /** Moves past `end` and returns what stands before it, as it stands; undefined if there is none. */
  takeUntil(end: string): string | undefined {
    const at = this.text.indexOf(end, this.offset)
    if (at === -1) return undefined
    const passed = this.text.slice(this.offset, at)
    this.offset = at + end.length
    return passed
  }

  /** Reads something that may hold more of its own kind. `start` is where it opens. */
  nest<T>(what: string, start: number, read: () => T): T {
    if (this.#depth === maximumDepth) throw new Unclosed(what, start, 'is nested too deeply')
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }
}

/**
 * Thrown where it cannot be told where something ends. No line below can then be told from a line inside it, so this
 * ends the reading of the file; it never leaves `readLine`.
 */
export class Unclosed extends Error {
  /** Where it opens. */
  readonly offset: number

  /** `what` opens at `offset`: 'single quote'. */
  constructor(what: string, offset: number, how = 'never closes') {
    super(`the ${what} that opens here ${how}`)
    this.offset = offset
  }
}
