// Image trees to install into, and the agent that is installed: a program header and nothing else.

import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {TestContext} from 'node:test'
import {type Run, runRelease} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'

/** A file, or with `->` in front a symbolic link; one in a directory of programs is executable. */
export type TreeFiles = Readonly<Record<string, string | Uint8Array>>

/** What the first bytes of a program say: for what machine it is (elf(5)). */
export function makeProgram(machine: 'x64' | 'arm64', text = ''): Buffer {
  const head = Buffer.alloc(64)
  head.write('\x7fELF\x02\x01\x01', 'latin1')
  head.writeUInt16LE(machine === 'x64' ? 62 : 183, 18)
  return Buffer.concat([head, Buffer.from(text, 'latin1')])
}

/** The libraries that the agent needs, as far as is looked at. */
export const libraries: TreeFiles = {
  'bin/sh': makeProgram('x64'),
  'lib64/ld-linux-x86-64.so.2': '',
  'lib64/libc.so.6': 'GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n',
  'lib64/libstdc++.so.6': 'GLIBCXX_3.4.21\0GLIBCXX_3.4.30\0',
}

export function plant(t: TestContext, ...files: readonly TreeFiles[]): string {
  const root = makeDirectory(t)
  for (const [path, content] of files.flatMap(each => Object.entries(each))) putFile(root, path, content)
  return root
}

export function putFile(root: string, path: string, content: string | Uint8Array): void {
  const place = join(root, path)
  mkdirSync(dirname(place), {recursive: true})
  if (typeof content === 'string' && content.startsWith('->')) {
    symlinkSync(content.slice(2), place)
    return
  }
  writeFileSync(place, content)
  chmodSync(place, /(^|\/)s?bin\/|init\.d\/(?!\.)|systemd\/systemd$/.test(path) ? 0o755 : 0o644)
}

/** Runs the command line with a small program in the place of the agent, and says what came of it. */
export async function runInstall(
  root: string,
  options: readonly string[],
  {agent, version = '1.0.0', environment = {}}: InstallOptions,
): Promise<Run> {
  const args = ['install', '--root', root, ...options]
  return runRelease(args, {version, environment: {VMCONTEXT_BINARY: agent, ...environment}})
}

export type InstallOptions = {
  agent: string
  version?: string
  environment?: Readonly<Record<string, string>>
}

/** Makes a program to install. */
export function makeAgent(
  t: TestContext,
  text = 'the first release',
  machine: 'x64' | 'arm64' = 'x64',
): string {
  const path = join(makeDirectory(t), 'vmcontext')
  writeFileSync(path, makeProgram(machine, text), {mode: 0o755})
  return path
}

/** Every entry of a tree with its kind, mode and content, a line each. */
export function listTree(root: string): string {
  const script = `find . -printf '%p %y %m %U:%G %l\\n' | sort && find . -type f -exec sha256sum {} + | sort`
  const {stdout, status, stderr} = spawnSync('sh', ['-c', script], {cwd: root, encoding: 'utf8'})
  if (status !== 0) throw new Error(stderr)
  return stdout
}
