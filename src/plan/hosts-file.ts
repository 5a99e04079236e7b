// /etc/hosts: one line of ours, replaced and not added to; no name and no comment of others is lost (hosts(5)).

import type {ByteText} from '../action.ts'
import type {HostsLine} from '../report/manifest.ts'

/** The address and the names that it shall have; `after`: names that come before ours, for 127.0.0.1. */
export type HostsEntry = {address: string; names: readonly string[]; after?: readonly string[]}

/**
 * Puts an entry into the text. Where a line for its address stands already, our names are put in front of the names
 * there; else a line is added after the lines for localhost. `ours` are the lines that earlier runs may have left: what
 * stood in their place comes back first.
 */
export function editHosts(
  text: ByteText,
  entry: HostsEntry,
  ours: readonly HostsLine[] = [],
): {text: ByteText; hosts: HostsLine} {
  const lines = withoutOurs(text, ours)
  const index = lines.findIndex(line => addressOf(line) === entry.address)
  const original = index === -1 ? undefined : lines[index]
  const line = original === undefined ? formatLine(entry, []) : merge(original, entry)
  if (index === -1) lines.splice(placeForNew(lines), 0, line)
  else lines[index] = line
  return {text: lines.join('\n'), hosts: {line, original}}
}

/** The lines of the text without ours: what stood in the place of one returns. */
export function withoutOurs(text: ByteText, ours: readonly HostsLine[]): string[] {
  const lines = text === '' ? [''] : text.split('\n')
  const left = ours.find(({line}) => lines.includes(line))
  if (left === undefined) return lines
  lines.splice(lines.indexOf(left.line), 1, ...(left.original === undefined ? [] : [left.original]))
  return lines
}

/** Behind the last line for a loopback address, so that the file keeps its usual order; at the top if there is none. */
function placeForNew(lines: readonly string[]): number {
  return lines.findLastIndex(line => /^127\./.test(addressOf(line) ?? '')) + 1
}

function addressOf(line: string): string | undefined {
  return /^\s*([^\s#]+)/.exec(line)?.[1]
}

function merge(line: string, entry: HostsEntry): string {
  const comment = /\s*#.*$/.exec(line)?.[0] ?? ''
  const names = line
    .slice(0, line.length - comment.length)
    .trim()
    .split(/\s+/)
    .slice(1)
  const wanted = [...(entry.after ?? []), ...entry.names]
  // Whoever put these names here may have done it for us: the disc's init.sh of 2.2 does.
  if (wanted.every((name, position) => names[position] === name)) return line
  return formatLine(entry, names) + comment
}

function formatLine({address, names, after = []}: HostsEntry, others: readonly string[]): string {
  const wanted = [...after, ...names]
  return `${address}\t${[...wanted, ...others.filter(name => !wanted.includes(name))].join(' ')}`
}
