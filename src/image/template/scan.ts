// Cutting a text into tokens the way flex does: of all rules of a state the longest match wins, of equals the first,
// and a character that no rule matches is dropped (flex prints it, and the front end's output goes nowhere).

export type Rule<State extends string, Kind extends string> = {
  /** Undefined: what it matches is passed over. */
  kind: Kind | undefined
  /** A sticky pattern, or a function that gives the end of a match that begins at an offset. */
  match: RegExp | ((text: string, at: number) => number | undefined)
  /** The state that holds behind it; without one it stays. */
  next?: State
}

export type Token<Kind extends string> = {kind: Kind; text: string; offset: number}

export type Scan<State extends string, Kind extends string> = {
  tokens: Token<Kind>[]
  /** What no rule matched, a character each, with the state it stood in. */
  dropped: {offset: number; state: State}[]
  /** The state at the end of the text. */
  state: State
}

/** Cuts a text into tokens, up to its end or to so many dropped characters. */
export function scan<State extends string, Kind extends string>(
  text: string,
  rules: Readonly<Record<State, readonly Rule<State, Kind>[]>>,
  first: State,
  mostDropped = Number.POSITIVE_INFINITY,
): Scan<State, Kind> {
  const result: Scan<State, Kind> = {tokens: [], dropped: [], state: first}
  for (let offset = 0; offset < text.length && result.dropped.length <= mostDropped; ) {
    const found = findLongest(text, offset, rules[result.state])
    if (found === undefined) {
      result.dropped.push({offset, state: result.state})
      offset += 1
      continue
    }
    const {rule, end} = found
    if (rule.kind !== undefined) result.tokens.push({kind: rule.kind, text: text.slice(offset, end), offset})
    result.state = rule.next ?? result.state
    offset = end
  }
  return result
}

function findLongest<State extends string, Kind extends string>(
  text: string,
  offset: number,
  rules: readonly Rule<State, Kind>[],
): {rule: Rule<State, Kind>; end: number} | undefined {
  let best: {rule: Rule<State, Kind>; end: number} | undefined
  for (const rule of rules) {
    const end = matchAt(rule.match, text, offset)
    if (end !== undefined && end > (best?.end ?? offset)) best = {rule, end}
  }
  return best
}

function matchAt(match: Rule<string, string>['match'], text: string, offset: number): number | undefined {
  if (typeof match === 'function') return match(text, offset)
  match.lastIndex = offset
  return match.test(text) ? match.lastIndex : undefined
}
