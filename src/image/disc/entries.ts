// The entries of a disc as a tree. What a disc cannot hold is named, and costs itself.

import type {Problem} from '../../problem.ts'
import type {Files} from '../../system/files.ts'
import type {DiscEntry} from './build-image.ts'
import {isJolietName} from './iso-names.ts'

export type FileNode = {
  kind: 'file'
  name: string
  path: string
  mode: number
  size: number
  content: DiscEntry['content']
}
export type DirectoryNode = {
  kind: 'directory'
  name: string
  path: string
  children: (FileNode | DirectoryNode)[]
}

/** In bytes, of any file of Linux. */
const nameLimit = 255

/** Makes the tree. Files of this machine are looked at, not read. */
export function growTree(
  files: Files,
  entries: readonly DiscEntry[],
): {root: DirectoryNode; problems: Problem[]} {
  const root: DirectoryNode = {kind: 'directory', name: '', path: '', children: []}
  const problems: Problem[] = []
  const lose = (path: string, reason: string) => {
    problems.push({code: 'disc-wrong', message: `${showName(path)} is not on the disc: ${reason}`})
  }
  for (const entry of entries) {
    const size = measure(files, entry.content)
    const reason = typeof size === 'string' ? size : addFile(root, entry, size)
    if (reason !== undefined) lose(entry.path, reason)
  }
  return {root, problems: [...problems, ...noteNames(root)]}
}

/** The bytes that a file has, or why it cannot be taken. */
function measure(files: Files, content: DiscEntry['content']): number | string {
  if (content instanceof Uint8Array) return content.length
  const status = files.status(content.from)
  if (status === undefined) return `there is no file ${content.from}`
  return status.isFile() ? status.size : `${content.from} is no regular file`
}

/** Adds a file and the directories that it lies in; gives in words why it cannot be. */
function addFile(root: DirectoryNode, {path, content, mode}: DiscEntry, size: number): string | undefined {
  const parts = path.split('/')
  const refusal = parts.map(refuseName).find(reason => reason !== undefined)
  if (refusal !== undefined) return refusal
  const name = parts.pop()!
  let directory = root
  for (const part of parts) {
    const found = directory.children.find(child => child.name === part)
    if (found?.kind === 'file') return `${found.path} is a file already`
    directory = found ?? addDirectory(directory, part)
  }
  if (directory.children.some(child => child.name === name)) return 'something of this name is there already'
  directory.children.push({kind: 'file', name, path, mode: mode & 0o7777, size, content})
  return undefined
}

function addDirectory(parent: DirectoryNode, name: string): DirectoryNode {
  const path = parent.path === '' ? name : `${parent.path}/${name}`
  const directory: DirectoryNode = {kind: 'directory', name, path, children: []}
  parent.children.push(directory)
  return directory
}

function refuseName(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'this is no path on a disc'
  if (name.includes('\0')) return 'a name cannot have a NUL in it'
  return Buffer.byteLength(name) > nameLimit ? `a name has at most ${nameLimit} bytes` : undefined
}

/** Linux reads the names of Rock Ridge, up to 253 bytes; who reads Joliet alone gets another name. */
function noteNames({children}: DirectoryNode): Problem[] {
  return children.flatMap(child => {
    const inner = child.kind === 'directory' ? noteNames(child) : []
    const shown = showName(child.path)
    if (Buffer.byteLength(child.name) > linuxLimit)
      return [{code: 'disc-doubtful', message: `Linux cuts the name of ${shown}: ${tooLong}`, cure}, ...inner]
    if (isJolietName(child.name)) return inner
    const message = `${shown} has its name on Linux only: Joliet has none of more than 64 characters, or with * / : ; ? \\`
    return [{code: 'disc-note', message}, ...inner]
  })
}

/** get_rock_ridge_filename in the kernel's fs/isofs/rock.c; Rock Ridge itself has no limit. */
const linuxLimit = 253
const tooLong = `on a disc it reads ${linuxLimit} bytes at most`
const cure = 'give it a shorter name'

/** In quotes, and not longer than a line. */
function showName(path: string): string {
  return JSON.stringify(path.length > 60 ? `${path.slice(0, 59)}…` : path)
}
