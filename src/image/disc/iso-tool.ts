// Writing an image by the program that OpenNebula calls: xorriso today (src/tm_mad/common/context), mkisofs until 6,
// which Debian has as genisoimage. With its options, `-J -R`, and everything root's as with the writer of our own.

import {join} from 'node:path'
import {describeEnd, succeeded, toolEnvironment} from '../../system/commands.ts'
import {SystemError} from '../../system/errors.ts'
import type {Files} from '../../system/files.ts'
import {createPrivateDirectory, layOutFile, pathBeside, putInPlace} from '../../system/image-file.ts'
import type {System} from '../../system/system.ts'
import {removeTree} from '../../system/trees.ts'
import type {DirectoryNode} from './entries.ts'

/** In the order in which they are looked for. */
export const isoTools = ['xorriso', 'genisoimage', 'mkisofs'] as const
export type IsoTool = (typeof isoTools)[number]

/** A file of many gigabytes on a slow disk. */
const timeoutMs = 60 * 60 * 1000
/** Seconds: the writer of our own stamps 1 January 1980, and xorriso obeys. */
const sourceDate = '315532800'

const singleExtentLimit = 0xffff_ffff

type ImageRequest = {output: string; label: string; root: DirectoryNode}

/**
 * Lays the files out beside the image and has them written into it, in a directory that nobody else gets into: the
 * program follows whatever link it finds in its way.
 *
 * @returns why it was not done, in words behind the name of the program; undefined if it was.
 */
export async function runIsoTool(
  machine: System,
  tool: IsoTool,
  request: ImageRequest,
): Promise<string | undefined> {
  const {files} = machine
  const {output, label, root} = request
  const directory = pathBeside(files, output, 'files')
  const [top, image] = [join(directory, 'disc'), join(directory, 'image')]
  if (hasLargeFile(root)) return 'makes no file of 4 GiB or more'
  try {
    createPrivateDirectory(directory)
    layOut(files, root, top)
    const charset = ['-input-charset', 'utf-8', '-output-charset', 'utf-8']
    const options = ['-o', image, '-V', label, '-J', '-R', ...charset, '-uid', '0', '-gid', '0', top]
    const program =
      tool === 'xorriso' ? (['xorriso', '-no_rc', '-as', 'mkisofs'] as const) : ([tool] as const)
    const environment = {...toolEnvironment, SOURCE_DATE_EPOCH: sourceDate}
    const result = await machine.run({argv: [...program, ...options], timeoutMs, environment})
    if (!succeeded(result)) return describeEnd(result)
    putInPlace(files, image, output)
    return undefined
  } catch (error) {
    if (error instanceof SystemError) return `could not be used: ${error.message}`
    throw error
  } finally {
    removeTree(files, directory)
  }
}

/** With the options of OpenNebula, which leave ISO 9660 at its level 1. */
function hasLargeFile({children}: DirectoryNode): boolean {
  return children.some(child =>
    child.kind === 'file' ? child.size > singleExtentLimit : hasLargeFile(child),
  )
}

function layOut(files: Files, directory: DirectoryNode, path: string): void {
  files.makeDirectory(path)
  for (const child of directory.children) {
    const target = join(path, child.name)
    if (child.kind === 'directory') layOut(files, child, target)
    else layOutFile(target, child.content, child.mode)
  }
}
