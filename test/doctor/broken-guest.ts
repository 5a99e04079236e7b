// A guest that is broken, examined, and mended as the doctor says: what the doctor names first has to be what was
// broken, and what it says of the cure has to be enough.

import assert from 'node:assert/strict'
import {chmodSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {getuid} from 'node:process'
import type {TestContext} from 'node:test'
import {buildDiscImage} from '../../src/image/disc/build-image.ts'
import type {Problem} from '../../src/problem.ts'
import {openSystem} from '../../src/system/system.ts'
import {skip} from '../guests/host.ts'
import {makeAgent, plant, putFile, runInstall, type TreeFiles} from '../image/install/tree.ts'
import {type Run, runVmcontext} from '../run-vmcontext.ts'
import {healthyFiles, healthyVariables} from './healthy-root.ts'

export type Examined = {
  id: string
  title: string
  outcome: 'ok' | 'note' | 'warning' | 'wrong' | 'skipped'
  facts: string[]
  problems: (Problem & {weight: 'note' | 'warning' | 'failure'})[]
  skipped?: string
}
export type Report = {
  version: number
  wrong: number
  warnings: number
  beginWith?: string
  checks: Examined[]
}

export type BrokenGuest = {
  /** What is broken. */
  break(guest: TreeGuest): unknown
  /** The check that the first line that is wrong, or a warning, belongs to. */
  firstWrong: string
  /** What its message says. */
  causeMatches: RegExp
  /** What its cure says. */
  cureMatches?: RegExp
  /** Does what the cure says. */
  cure(guest: TreeGuest): unknown
  /** Broken before its first boot. */
  isNew?: boolean
  /** Files that it has besides, or instead. */
  files?: TreeFiles
  /** Variables that its context has besides, or instead; undefined: not this one. */
  variables?: Readonly<Record<string, string | undefined>>
  /** Looked at after the last boot. */
  afterwards?(guest: TreeGuest): unknown
}

/** The `skip` of a test with such a guest: accounts, and the owners of files, take root. */
export const skipWithoutRoot = skip(getuid?.() === 0 ? undefined : 'a guest with accounts needs root')

/** Breaks a healthy guest, looks whether the doctor names the cause first, mends it and boots. */
export async function brokenGuest(t: TestContext, broken: BrokenGuest): Promise<void> {
  const guest = await makeGuest(t, broken)
  if (!broken.isNew) {
    await guest.boot()
    await assertHealthy(guest, 'before it is broken')
  }
  await broken.break(guest)
  const {report, text} = await guest.examine()
  const first = report.checks.find(({outcome}) => outcome === 'wrong' || outcome === 'warning')
  assert.equal(first?.id, broken.firstWrong, text)
  const [problem] = first.problems.filter(({weight}) => weight !== 'note')
  const place = [problem?.file, problem?.line, problem?.key].filter(part => part !== undefined).join(':')
  assert.match(`${place} ${problem?.message}`, broken.causeMatches, text)
  assert.ok(problem?.cure, `there is no cure:\n${text}`)
  if (broken.cureMatches !== undefined) assert.match(problem.cure, broken.cureMatches)
  await broken.cure(guest)
  await assertHealthy(guest, 'once it is mended')
  await guest.boot()
  await assertHealthy(guest, 'after its boot')
  assertConfigured(guest)
  await broken.afterwards?.(guest)
}

/** Nothing is wrong, and nothing is doubtful. */
export async function assertHealthy(guest: TreeGuest, when: string): Promise<void> {
  const {report, text} = await guest.examine()
  assert.deepEqual([report.wrong, report.warnings], [0, 0], `${when}:\n${text}`)
}

/** The boot did what the healthy context asks for. */
function assertConfigured(guest: TreeGuest): void {
  const interfaces = guest.read('etc/network/interfaces')
  for (const address of ['192.168.0.5', '10.0.1.5']) assert.ok(interfaces.includes(address), interfaces)
  assert.equal(guest.read('etc/hostname'), 'wiki\n')
  assert.match(guest.read('home/ada/.ssh/authorized_keys'), /^ssh-ed25519 /m)
}

/** Makes a guest with the agent installed and a disc in its drive, not booted yet. */
export async function makeGuest(
  t: TestContext,
  {files = {}, variables = {}}: Pick<BrokenGuest, 'files' | 'variables'> = {},
): Promise<TreeGuest> {
  const root = plant(t, {...healthyFiles, ...files})
  chmodSync(root, 0o755)
  for (const path of ['etc/shadow', 'etc/gshadow', 'etc/ssh/ssh_host_ed25519_key'])
    chmodSync(join(root, path), 0o600)
  chmodSync(join(root, 'etc/sudoers'), 0o440)
  const agent = makeAgent(t)
  const installed = await runInstall(root, [], {agent})
  assert.equal(installed.exitCode, 0, installed.output + installed.errors)
  const guest = new TreeGuest(root, agent)
  await guest.insertDisc({variables})
  return guest
}

export type DiscChoice = {
  label?: string
  variables?: Readonly<Record<string, string | undefined>>
  /** The text of context.sh instead; null: there is none. */
  text?: string | null
  files?: Readonly<Record<string, string>>
  device?: string
}

/** A guest as a directory. */
export class TreeGuest {
  readonly root: string
  readonly #agent: string

  constructor(root: string, agent: string) {
    this.root = root
    this.#agent = agent
  }

  at(path: string): string {
    return join(this.root, path)
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8')
  }

  mode(path: string): number {
    return statSync(this.at(path)).mode & 0o7777
  }

  /** A file, or with `->` in front a symbolic link. */
  put(path: string, content: string | Uint8Array): void {
    this.remove(path)
    putFile(this.root, path, content)
  }

  edit(path: string, change: (text: string) => string): void {
    writeFileSync(this.at(path), change(this.read(path)))
  }

  remove(path: string): void {
    rmSync(this.at(path), {recursive: true, force: true})
  }

  /** Puts in the disc of the healthy context, or another one. */
  async insertDisc({label = 'CONTEXT', variables = {}, text, files = {}, device = 'sr0'}: DiscChoice = {}) {
    const own = text === undefined ? renderContext({...healthyVariables, ...variables}) : text
    const content = {...(own === null ? {} : {'context.sh': own}), ...files}
    const entries = Object.entries(content).map(([path, each]) => {
      return {path, content: Buffer.from(each), mode: 0o644}
    })
    this.remove(`dev/${device}`)
    putFile(this.root, `dev/${device}`, '')
    const request = {output: this.at(`dev/${device}`), label, entries, tool: 'vmcontext'} as const
    await buildDiscImage(openSystem('/'), request)
  }

  /** Runs a command on it. */
  async run(command: string, ...args: readonly string[]): Promise<Run> {
    return runVmcontext(command, '--root', this.root, ...args)
  }

  async boot(...args: readonly string[]): Promise<Run> {
    const run = await this.run('boot', ...args)
    assert.equal(run.exitCode, 0, run.output + run.errors)
    return run
  }

  async install(...args: readonly string[]): Promise<void> {
    const run = await runInstall(this.root, args, {agent: this.#agent})
    assert.equal(run.exitCode, 0, run.output + run.errors)
  }

  /** Has the doctor look at it: what a program reads, and what a person does. */
  async examine(...args: readonly string[]): Promise<{report: Report; text: string; exitCode: number}> {
    const {output, errors, exitCode} = await this.run('doctor', '--json', ...args)
    assert.equal(errors, '')
    const text = (await this.run('doctor', ...args)).output
    return {report: JSON.parse(output), text, exitCode}
  }
}

/** A context.sh as the front end of today writes it. */
export function renderContext(variables: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}='${value.replaceAll("'", "'\\''")}'\n`,
  )
  return `# Context variables generated by OpenNebula\n${lines.join('')}`
}
