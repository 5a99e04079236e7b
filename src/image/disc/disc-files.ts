// The files on a disc, with as much of each as it takes to tell what it is.

import type {SourceFiles} from '../../source/source.ts'
import {unlessRefused} from '../../system/errors.ts'

export type DiscFile = {
  /** On the disc. */
  path: string
  kind: 'file' | 'directory' | 'link' | 'other'
  mode: number
  size: number
  /** Where a symbolic link leads. */
  target?: string | undefined
  /** The content of a small file; undefined of a large one, or one that cannot be read. */
  content?: Buffer | undefined
}

/** More entries of a disc are not looked at. */
export const fileLimit = 5000
const depthLimit = 32
/** Scripts and keys are smaller. */
const contentLimit = 256 * 1024
/** What is kept of all files together. */
const totalLimit = 32 * 1024 * 1024

/** Lists what lies on a disc; `only`: that one file of the directory. */
export function listDiscFiles(files: SourceFiles, directory: string, only?: string): DiscFile[] {
  const list = new FileList(files, directory)
  if (only === undefined) list.add('', 0)
  else list.addEntry(only, 0)
  return list.found
}

class FileList {
  readonly found: DiscFile[] = []
  readonly #files: SourceFiles
  readonly #directory: string
  #left = totalLimit

  constructor(files: SourceFiles, directory: string) {
    this.#files = files
    this.#directory = directory
  }

  add(path: string, depth: number): void {
    const names = unlessRefused(
      () => this.#files.list(this.#at(path)),
      () => [],
    )
    for (const name of names) this.addEntry(path === '' ? name : `${path}/${name}`, depth)
  }

  addEntry(path: string, depth: number): void {
    if (this.found.length >= fileLimit) return
    const file = this.#describe(path)
    this.found.push(file)
    if (file.kind === 'directory' && depth < depthLimit) this.add(path, depth + 1)
  }

  #at(path: string): string {
    return path === '' ? this.#directory : `${this.#directory}/${path}`
  }

  #describe(path: string): DiscFile {
    const target = this.#files.readLink(this.#at(path))
    if (target !== undefined) return {path, kind: 'link', mode: 0o777, size: 0, target}
    const status = this.#files.status(this.#at(path))
    const [mode, size] = [(status?.mode ?? 0) & 0o7777, status?.size ?? 0]
    if (status?.isDirectory()) return {path, kind: 'directory', mode, size}
    if (!status?.isFile()) return {path, kind: 'other', mode, size}
    return {path, kind: 'file', mode, size, content: this.#read(path, size)}
  }

  #read(path: string, size: number): Buffer | undefined {
    if (size > contentLimit || size > this.#left) return undefined
    this.#left -= size
    return unlessRefused(
      () => this.#files.read(this.#at(path)),
      () => undefined,
    )
  }
}
