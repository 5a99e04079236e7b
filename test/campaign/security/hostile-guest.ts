// A guest in a directory, one thing of which is what an attacker makes of it: a value, a name, a file, a record.

import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {cards, healthyFiles, healthyVariables} from '../../doctor/healthy-root.ts'
import {putFile, type TreeFiles} from '../../image/install/tree.ts'
import {formatContext} from '../../matrix/features.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'

/**
 * What a terminal would obey: its title, clipboard and a link, the screen cleared, a bell, steps back, controls of 8 bits,
 * text that runs the other way, bytes that are no UTF-8. No slash, for names of files.
 */
export const inline =
  '\x1b]0;t\x07\x1b[2J\x1b]52;c;Rk9S\x1b\\\x1b]8;;u\x07\u009b2J\u009d0;\u009c\u202eX\u2066\u200f\x08\x7f'
/** The same, and lines that look like the agent's own. */
export const lines = `${inline}\r\nFORGED: vmcontext: done\rFORGED\u2028FORGED\x0b\x0cFORGED\u0085FORGED`

/** What is wrong with this guest. Paths are relative; of a disc its files. */
export type Hostile = {
  root?: TreeFiles
  variables?: Record<string, string>
  disc?: TreeFiles
  links?: string
}

const links = Object.entries(cards)
  .map(([name, mac]) => `${name} ${mac}\n`)
  .join('')

export type HostileGuest = {
  place: string
  root: string
  /** Runs a command line, in which ROOT, DISC, GUEST and PLACE stand for paths and options. */
  run(line: string): Promise<string>
  /** The agent's own texts that a person opens with a pager, but for those that were there before it. */
  readTexts(): [path: string, text: string][]
}

/** Lays it out. Nothing of it ever runs. */
export function makeHostileGuest(t: TestContext, hostile: Hostile): HostileGuest {
  const place = makeDirectory(t)
  const [root, disc] = [join(place, 'root'), join(place, 'disc')]
  // A drive without its device node would be waited for.
  const {'sys/class/block/sr0/size': _, ...files} = healthyFiles
  for (const [path, content] of Object.entries({...files, ...hostile.root})) putFile(root, path, content)
  const variables = {...healthyVariables, ...hostile.variables}
  for (const [path, content] of Object.entries({'context.sh': formatContext({variables}), ...hostile.disc}))
    putFile(disc, path, content)
  writeFileSync(join(place, 'links'), hostile.links ?? links)
  const words: Record<string, string[]> = {
    ROOT: ['--root', root],
    GUEST: ['--root', root, '--context', disc, '--links', join(place, 'links')],
    DISC: [disc],
    BUNDLE: [join(place, 'bundle.tar.gz')],
  }
  return {
    place,
    root,
    async run(line) {
      const args = line.split(' ').flatMap(word => words[word] ?? [word])
      const {output, errors, exitCode} = await runVmcontext(...args)
      return `${output}\n${errors}\nexit ${exitCode}`
    },
    readTexts() {
      const own = ['var/log/vmcontext.log', 'run/vmcontext/report.json']
      const paths = own.filter(path => hostile.root?.[path] === undefined && existsSync(join(root, path)))
      return paths.map(path => [path, readFileSync(join(root, path), 'utf8')])
    },
  }
}

/** Every command that says something of a guest or a disc. A boot comes first: it leaves what others show. */
export const commands = [
  'boot GUEST',
  'boot --force GUEST',
  'plan GUEST',
  'plan --json GUEST',
  'plan --force GUEST',
  'explain GUEST',
  'explain --json GUEST',
  'explain eth0 GUEST',
  'explain SSH_PUBLIC_KEY GUEST',
  'doctor GUEST',
  'doctor --json GUEST',
  'status ROOT',
  'status --json ROOT',
  'log ROOT',
  'log --json ROOT',
  'report -o BUNDLE GUEST',
  'replay BUNDLE',
  'replay --json BUNDLE',
  'rollback --list ROOT',
  'rollback --list --json ROOT',
  'rollback --dry-run --no-verify ROOT',
  'disc show DISC',
  'disc show --json DISC',
  'disc check DISC',
  'install --dry-run ROOT',
  'install --take-over --dry-run ROOT',
  'uninstall --dry-run ROOT',
  'seal --check ROOT',
  'seal --dry-run --json ROOT',
  'seal --dry-run ROOT',
  'uninstall --yes ROOT',
  'seal --yes ROOT',
] as const

/**
 * What a terminal would obey or misread in a text, with what stands around it; empty if it is harmless. Files are shown
 * indented or behind a sign: a line of theirs is one.
 */
export function findHarm(text: string): string[] {
  const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|^ {0,3}FORGED/gm
  return [...text.matchAll(controls)].map(({index}) =>
    JSON.stringify(text.slice(Math.max(0, index - 60), index + 30)),
  )
}
