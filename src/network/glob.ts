// Shell patterns, fnmatch(3): in paths that `source` names, in names of interfaces.

/** Tells whether a path or a name matches a pattern. No wildcard matches a slash. */
export function matchesGlob(pattern: string, text: string): boolean {
  return compile(pattern).test(text)
}

/** Makes the function that tells it of many. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const expression = compile(pattern)
  return text => expression.test(text)
}

/** The pattern with nothing but `*` in it that matches at least as much. */
export function widenGlob(pattern: string): string {
  return pattern.replace(/\[[^\]/]+\]|\?/g, '*')
}

/** Tells whether there is anything in a pattern but the text itself. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern)
}

function compile(pattern: string): RegExp {
  const expression = pattern.replace(/\[[^\]/]+\]|[*?\\^$.|+(){}[\]]/g, part => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.length > 1 ? part.replace('[!', '[^') : `\\${part}`
  })
  try {
    return new RegExp(`^${expression}$`)
  } catch {
    // A range like [z-a], which fnmatch finds to match nothing.
    return /(?!)/
  }
}
