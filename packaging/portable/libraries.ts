// The libraries that an executable needs, with the loader that fits them, as they lie in Debian's packages.

import {copyFile, mkdir, readFile, realpath} from 'node:fs/promises'
import {basename, join} from 'node:path'
import type {Architecture} from '../base.ts'
import {readNeeds} from '../packages/elf.ts'
import {type DebianFiles, findLibrary, unpackDebian} from './debian.ts'

/** What Node is linked with; base-files has the licences that the others' only name. */
const packages = ['libc6', 'libgcc-s1', 'libstdc++6', 'base-files']

export type Libraries = DebianFiles & {
  /** `libc.so.6` → its path in the tree. The loader is among them. */
  paths: Map<string, string>
  loader: string
}

/** Finds every library that the executable needs, and those that these need in turn; `work` holds them. */
export async function findLibraries(
  executable: string,
  architecture: Architecture,
  work: string,
): Promise<Libraries> {
  const files = await unpackDebian(architecture, packages, work)
  const paths = new Map<string, string>()
  for (const left = await namesNeeded(executable); left.length > 0; ) {
    const name = left.shift()!
    if (paths.has(name)) continue
    const path = await findLibrary(files.directory, name)
    paths.set(name, path)
    left.push(...(await namesNeeded(join(files.directory, path))))
  }
  const loader = [...paths.keys()].find(name => name.startsWith('ld-linux'))
  if (loader === undefined) throw new Error(`${executable} names no loader`)
  return {...files, paths, loader}
}

async function namesNeeded(file: string): Promise<string[]> {
  return [...(await readNeeds(file)).keys()]
}

/** Copies them, flat, into one directory. */
export async function copyLibraries({directory, paths}: Libraries, target: string): Promise<void> {
  await mkdir(target, {recursive: true})
  for (const [name, path] of paths) await copyFile(join(directory, path), join(target, name))
}

/** The texts that say under which terms the files are: those of the packages, and those that these refer to. */
export async function readLicences({directory, packages}: DebianFiles): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const {name} of packages.filter(({name}) => name !== 'base-files')) {
    const documents = await realpath(join(directory, 'usr/share/doc', name))
    const text = await readFile(join(documents, 'copyright'), 'utf8')
    // Packages of one source share theirs: it has the name of the one that holds it.
    texts.set(`${basename(documents)}.copyright`, text)
    for (const [, common] of text.matchAll(/\/usr\/share\/common-licenses\/([\w.-]*\w)/g)) {
      texts.set(common!, await readFile(join(directory, 'usr/share/common-licenses', common!), 'utf8'))
    }
  }
  return texts
}
