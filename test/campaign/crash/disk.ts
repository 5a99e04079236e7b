// What is on a guest's disk, so that two of them can be compared: every entry with its text and what `ls -l` says of it.

import {lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import type {Guest} from '../../guests/guest.ts'

/** By guest path. The text is latin1, that of a link where it leads; a directory has none. */
export type DiskContent = ReadonlyMap<string, {access: string; text: string}>

/** Reads the file system that is the guest's root, without what is mounted in it. */
export function readDisk(guest: Guest): DiskContent {
  const root = `/proc/${guest.pid}/root`
  const {dev} = lstatSync(`${root}/`)
  const content = new Map<string, {access: string; text: string}>()
  const visit = (below: string): void => {
    for (const name of readdirSync(`${root}${below}/`).sort()) {
      const path = `${below}/${name}`
      const status = lstatSync(join(root, path))
      if (status.dev !== dev) continue
      const access = `${status.mode.toString(8)} ${status.uid}:${status.gid}`
      if (status.isDirectory()) {
        content.set(path, {access, text: ''})
        visit(path)
      } else {
        const text = status.isSymbolicLink()
          ? `-> ${readlinkSync(join(root, path))}`
          : readFileSync(join(root, path), 'latin1')
        content.set(path, {access, text})
      }
    }
  }
  visit('')
  return content
}

const json = (text: string, change: (key: string, value: unknown) => unknown) =>
  JSON.stringify(JSON.parse(text, change), null, 1)

type Run = {files: Record<string, {step: string; before: unknown; after: unknown}>}

/** What all runs together made of each file. */
function mergeRuns(text: string): string {
  const merged: Run['files'] = {}
  for (const {files} of (JSON.parse(text) as {runs: Run[]}).runs) {
    for (const [path, {step, before, after}] of Object.entries(files))
      merged[path] = {step, before: merged[path]?.before ?? before, after}
  }
  return JSON.stringify(
    Object.entries(merged).sort(([one], [other]) => (one < other ? -1 : 1)),
    null,
    1,
  )
}

const manifestPath = '/var/lib/vmcontext/manifest.json'

/** What differs between two runs that did the same, and what is left of its text. Nothing else may differ. */
const differing: readonly [path: RegExp, why: string, reduce: (text: string) => string][] = [
  [
    /^\/var\/log\/vmcontext(\.log$|\/)/,
    'tells of every run',
    text => (/[^\n]$/.test(text) ? 'half a line' : ''),
  ],
  [
    /^\/var\/lib\/vmcontext\/manifest\.json$/,
    'salts, and the fingerprints of keys by chance',
    text =>
      json(text, (key, value) => {
        if (key === 'passwords') return Object.keys(value as object)
        return key === 'shownHostKeys' ? (value as unknown[]).length : value
      }),
  ],
  [
    /^\/var\/lib\/vmcontext\/history\.json$/,
    'a run more, if there was one: together they tell of the same changes',
    mergeRuns,
  ],
  [
    /^\/etc\/ssh\/ssh_host_ed25519_key(\.pub)?$/,
    'made by chance',
    text =>
      /^(ssh-ed25519 \S+ root@.*\n|-----BEGIN [\s\S]*\n-----END OPENSSH PRIVATE KEY-----\n)$/.test(text)
        ? 'a key'
        : text,
  ],
  [
    /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-$/,
    'copies of shadow-utils, one for each edit',
    () => '',
  ],
]

/** The text of a file without what differs between two runs. Throws if it is not even of its kind. */
export function reduceText(path: string, text: string): string {
  for (const [pattern, , reduce] of differing) if (pattern.test(path)) return reduce(text)
  return text
}

/** What runcmd writes, once for good. */
const ran = '/var/lib/ran'

/** As if USER_DATA had come to its end. Once it is begun it never is again, and each boot says so (contract §5). */
export function completeUserData(disk: DiskContent, expected: DiskContent): DiskContent {
  const manifest = disk.get(manifestPath)!
  const text = manifest.text.replace(/ (ended=no|failed=yes)"/, '"')
  return new Map([...disk, [ran, expected.get(ran)!], [manifestPath, {...manifest, text}]])
}

/** What came, went or is another, a line each; '' if nothing. */
export function compareDisks(expected: DiskContent, actual: DiskContent): string {
  const lines: string[] = []
  for (const path of [...new Set([...expected.keys(), ...actual.keys()])].sort()) {
    const [old, now] = [expected.get(path), actual.get(path)]
    if (old === undefined && litter.test(path)) continue
    if (now === undefined && copies.test(path)) continue
    if (now === undefined) lines.push(`missing ${path}`)
    else if (old === undefined) lines.push(`besides ${path} ${now.access}`)
    else if (old.access !== now.access && !copies.test(path))
      lines.push(`${path} ${old.access} is ${now.access}`)
    else if (reduceText(path, old.text) !== reduceText(path, now.text))
      lines.push(`${path}:`, ...compareTexts(reduceText(path, old.text), reduceText(path, now.text)))
  }
  return lines.join('\n')
}

/** The lines that one text has and the other has not. */
function compareTexts(old: string, now: string): string[] {
  const [before, after] = [old.split('\n'), now.split('\n')]
  const lines = [
    ...before.filter(line => !after.includes(line)).map(line => `  - ${line}`),
    ...after.filter(line => !before.includes(line)).map(line => `  + ${line}`),
  ]
  return lines.length === 0 ? ['  the same lines in another order, or another number of them'] : lines
}

/** Names under which something lies until it gets its own, and locks: nobody reads them for what they hold. */
const passing = [
  /\/\.[^/]+\.vmcontext-new$/,
  /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)(\+|-|\.lock|\.\d+)$/,
  /^\/etc\/\.pwd\.lock$/,
  /^\/var\/lib\/vmcontext\/(tmp\/|sudoers\.trial$)/,
  /^\/run\/(vmcontext\/lock\.\d+$|network\/)/,
]

/**
 * What useradd and chpasswd leave for good if they die: the names under which they begin. And ours of the record that is
 * written last, if the next run has nothing to add: the next one that has takes it away.
 */
const litter =
  /^\/var\/lib\/vmcontext\/\.history\.json\.vmcontext-new$|^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)(\+|\.\d+)$/

/**
 * The ones it makes before it changes them: one that comes after it need not change them all. Until it has filled one
 * nobody may read that.
 */
const copies = /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-$/

/** Records are whole if they are JSON to their end: none of them is, without its last character. */
const records = /^\/(var\/lib|run)\/vmcontext\/(lock|mounted|[a-z]+\.json)$/

/** Files that others than the agent write, in place: they may be cut short, and are to be whole in the end. */
const others = [
  /^\/etc\/ssh\/ssh_host_ed25519_key(\.pub)?$/,
  // useradd copies /etc/skel.
  /^\/home\/joe\/\.(bash_logout|bashrc|profile)$/,
  // What scripts of the context write.
  /^\/var\/lib\/(ran|started)$|^\/root\/context\.copy$/,
]

/** Texts by path that a reader may meet. */
export type Wholes = ReadonlyMap<string, ReadonlySet<string>>

/** Gathers the texts that are whole. */
export function gatherWholes(texts: Iterable<readonly [path: string, text: string]>): Wholes {
  const wholes = new Map<string, Set<string>>()
  for (const [path, text] of texts) {
    const known = wholes.get(path) ?? new Set()
    wholes.set(path, known.add(reduceText(path, text)))
  }
  return wholes
}

/** Why a text is not one that a reader may meet in this place; undefined if it is. */
export function judgeText(wholes: Wholes, path: string, text: string): string | undefined {
  if ([...passing, ...others].some(pattern => pattern.test(path))) return undefined
  try {
    if (records.test(path)) {
      JSON.parse(text)
      return undefined
    }
  } catch {
    return `${path} is half a record: ${JSON.stringify(text.slice(0, 300))}`
  }
  if (wholes.get(path)?.has(reduceText(path, text))) return undefined
  return `${path} is half-written: ${JSON.stringify(text.slice(0, 300))}`
}
