// Which libraries an executable needs, and in which versions. Works for any architecture: binutils' readelf does.

import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

/** Symbol versions by library: `libc.so.6` → `GLIBC_2.28`, …. */
export type Needs = Map<string, string[]>

/** Reads what an executable is linked with. */
export async function readNeeds(executable: string): Promise<Needs> {
  const options = {env: {PATH: process.env.PATH, LC_ALL: 'C'}}
  const {stdout} = await promisify(execFile)('readelf', ['-d', '-V', '-W', executable], options)
  return parseReadelf(stdout)
}

/** Understands `readelf -d -V -W`. */
export function parseReadelf(text: string): Needs {
  const needs: Needs = new Map()
  for (const [, library] of text.matchAll(/\(NEEDED\)\s+Shared library: \[(.+)\]/g)) needs.set(library!, [])
  let library = ''
  for (const line of section(text, 'Version needs section')) {
    library = /\bFile: (\S+)/.exec(line)?.[1] ?? library
    const version = /\bName: (\S+)\s+Flags:/.exec(line)?.[1]
    if (version !== undefined) needs.get(library)?.push(version)
  }
  return needs
}

function section(text: string, head: string): string[] {
  const start = text.indexOf(head)
  return start < 0 ? [] : text.slice(start).split('\n')
}

/** The highest version of a name, e.g. of `GLIBC`: `2.28`; undefined if none is needed. */
export function highest(versions: readonly string[], name: string): string | undefined {
  const numbers = versions.flatMap(version =>
    version.startsWith(`${name}_`) ? [version.slice(name.length + 1)] : [],
  )
  return numbers.toSorted(compareVersions).at(-1)
}

/** Compares dotted numbers. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map(text => text.split('.').map(Number)) as [number[], number[]]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
