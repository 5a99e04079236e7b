// Whose work is inside the executable, and under which terms: the npm packages that esbuild says are in the script, and
// Node. Whatever carries the executable carries these texts along.

import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Metafile} from 'esbuild'
import type {Base} from './base.ts'

const repository = join(import.meta.dirname, '..')

/** A work of somebody else that lies in the executable. */
export type CarriedWork = {
  name: string
  version: string
  /** As its package.json has it, an SPDX identifier. */
  licence: string
  /** The lines of the text that say whose it is. */
  copyright: string[]
  /** The licence as its authors give it. */
  text: string
}

/** Gives what lies in an executable: its npm packages by name. `metafile` is what the build left beside it (.json). */
export async function collectWorks(metafile: string): Promise<CarriedWork[]> {
  const {inputs}: Metafile = JSON.parse(await readFile(metafile, 'utf8'))
  const found = Object.keys(inputs).map(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
  const directories = [...new Set(found.filter(path => path !== undefined))]
  const works = await Promise.all(directories.map(path => readWork(join(repository, path))))
  return works.sort((one, other) => (label(one) < label(other) ? -1 : 1))
}

/** Gives Node itself, whose text names what lies in it in turn. */
export async function readNodeWork({version, directory}: Base): Promise<CarriedWork> {
  const text = await readFile(join(directory, 'LICENSE'), 'utf8')
  const copyright = findCopyright(text).slice(0, 1)
  return {name: 'node', version, licence: 'MIT', copyright, text}
}

/** `execa 10.2.1`. */
export function label({name, version}: CarriedWork): string {
  return `${name} ${version}`
}

async function readWork(directory: string): Promise<CarriedWork> {
  const {name, version, license, author} = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  const file = (await readdir(directory)).find(entry => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry))
  if (typeof license !== 'string' || file === undefined)
    throw new Error(`${directory} says nowhere under which terms it may be carried along`)
  const text = await readFile(join(directory, file), 'utf8')
  const copyright = findCopyright(text)
  // Apache's text has a blank for the name, which some leave as it is (b4a): then its author stands in package.json.
  if (copyright.length === 0 && author !== undefined) copyright.push(`Copyright ${author.name ?? author}`)
  if (copyright.length === 0) throw new Error(`${join(directory, file)} does not say whose work it is`)
  return {name, version, licence: license, copyright, text}
}

/** `Copyright (c) 2011 Somebody`; not `copyright notice` in the terms, nor the blank in Apache's appendix. */
const claim = /^copyright (?!notice|licen[cs]e|holder|owner|in |and )|copyright \(c\)/i

/** Tells whether a line of a licence says whose the work is. */
export function isClaim(line: string): boolean {
  return claim.test(line.trim()) && !line.includes('[yyyy]')
}

function findCopyright(text: string): string[] {
  return text
    .split('\n')
    .filter(isClaim)
    .map(line => line.trim().replace(/^- /, ''))
}
