// Host names as a context may spell them, made into what a host name can be (RFC 1123, contract §3).

/** The whole name and its first label. */
export type Hostname = {full: string; short: string}

const labelLimit = 63
const nameLimit = 253

/**
 * Makes a host name of a text: characters that cannot stand in one become `-`, the ends of each label are trimmed,
 * what is too long is cut. Undefined if nothing is left.
 */
export function parseHostname(text: string): Hostname | undefined {
  const labels = text.trim().split('.').map(cleanLabel).filter(Boolean)
  while (labels.join('.').length > nameLimit) labels.pop()
  return labels.length === 0 ? undefined : {full: labels.join('.'), short: labels[0]!}
}

function cleanLabel(label: string): string {
  const allowed = label.replace(/[^A-Za-z0-9-]/gu, '-')
  return trimDashes(trimDashes(allowed).slice(0, labelLimit))
}

function trimDashes(label: string): string {
  return label.replace(/^-+|-+$/g, '')
}
