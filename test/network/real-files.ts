// Network files as images and people have them: those of the scenarios, by dialect; and mutations of them, byte by byte
// and line by line. Another directory, laid out like a root, can be named: VMCONTEXT_CORPUS.

import {globSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {DialectName} from '../../src/network/dialect.ts'
import type {Random} from '../random.ts'

export type RealFile = {path: string; text: string}

const scenarios = join(import.meta.dirname, '../scenarios')
const corpus = process.env.VMCONTEXT_CORPUS

const patterns: Readonly<Record<DialectName, string>> = {
  interfaces: 'etc/network/{interfaces,interfaces.d/*}',
  redhat: 'etc/sysconfig/{network,network-scripts/*}',
  suse: 'etc/sysconfig/network/*',
  netplan: 'etc/netplan/*.yaml',
  networkd: 'etc/systemd/network/*',
  nm: 'etc/NetworkManager/{system-connections/*,conf.d/*,NetworkManager.conf}',
}

/** The files of a dialect, each text once. */
export function realFiles(dialect: DialectName): RealFile[] {
  const roots = [
    ...globSync(`**/${patterns[dialect]}`, {cwd: scenarios}).map(path => join(scenarios, path)),
    ...(corpus === undefined
      ? []
      : globSync(patterns[dialect], {cwd: corpus}).map(path => join(corpus, path))),
  ]
  const files = roots.toSorted().flatMap((file): RealFile[] => {
    if (!statSync(file, {throwIfNoEntry: false})?.isFile()) return []
    // What scenarios expect is no file of other people.
    const text = readFileSync(file, 'latin1')
    return text.includes('vmcontext') ? [] : [{path: file.slice(file.lastIndexOf('/etc/')), text}]
  })
  return [...new Map(files.map(file => [`${file.path}\n${file.text}`, file])).values()]
}

const bytes = [
  '\0',
  '\t',
  '\r',
  '\xe9',
  '\xff\xfe',
  '\xa0',
  ' ',
  '\\',
  '#',
  '"',
  "'",
  '$',
  '*',
  ':',
  '[',
  '{',
  '\x1b',
  '\x85',
  '\ufeff',
]
const lines = [
  ...[
    '',
    '# \xe4\xf6\xfc, latin-1',
    '#',
    '\tauto zq0',
    'source /etc/network/other/*',
    'source-directory other',
  ],
  ...[
    'iface zq0 inherits eth7',
    'mapping zq*',
    '  script /bin/true',
    'template x',
    'no-scripts zq0',
    '  up echo a \\',
    '---',
  ],
  ...[
    '[Match]',
    'Name=zq*',
    '[connection]',
    'network:',
    '  ethernets:',
    '    zq0: {}',
    "KEY='a b'",
    '. ./other',
    'fi',
    '!',
  ],
]

/** The text with up to five changes. CRLF and no final newline are among them. */
export function mutate(random: Random, text: string): string {
  let now = text
  for (let count = random.below(6); count > 0; count--) now = random.pick(mutations)(random, now)
  return now.replaceAll('\ufeff', '\xef\xbb\xbf')
}

type Mutation = (random: Random, text: string) => string

const mutations: readonly Mutation[] = [
  (random, text) => insert(text, random.below(text.length + 1), random.pick(bytes)),
  (random, text) => insert(text, random.below(text.length + 1), random.pick(bytes)),
  (random, text) => remove(text, random.below(text.length + 1), 1 + random.below(8)),
  (random, text) =>
    changeLines(text, list => list.splice(random.below(list.length + 1), 0, random.pick(lines))),
  (random, text) => changeLines(text, list => list.splice(random.below(list.length), 1)),
  (random, text) => changeLines(text, list => list.push(...list.slice(random.below(list.length)))),
  (random, text) =>
    changeLines(text, list =>
      list.splice(random.below(list.length), 0, ...list.splice(random.below(list.length), 2)),
    ),
  (_, text) => text.replace(/\n$/, ''),
  (_, text) => text.replaceAll('\n', '\r\n'),
  (_, text) => text.replaceAll('    ', '\t'),
  (_, text) => `${text}\n\n`,
]

function insert(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at)
}

function remove(text: string, at: number, length: number): string {
  return text.slice(0, at) + text.slice(at + length)
}

function changeLines(text: string, change: (list: string[]) => void): string {
  const list = text.split('\n')
  change(list)
  return list.join('\n')
}
