// A context as it lies on somebody's desk: an image, a disc in a drive, a directory, a file of variables. Looked at the
// way a guest would, and without one.

import {basename, resolve} from 'node:path'
import {readTokenFile} from '../../context/cloud/onegate.ts'
import {type Context, type ContextProblems, readContext} from '../../context/context.ts'
import type {Disc} from '../../context/disc.ts'
import {parseShellFile} from '../../context/shell.ts'
import type {Variables} from '../../context/variables.ts'
import type {Problem} from '../../problem.ts'
import {createMask, type Mask} from '../../report/mask.ts'
import {acquireSource} from '../../source/acquire.ts'
import {describeIsoSource, type IsoImage, openIso} from '../../source/iso/iso-source.ts'
import {placeForLooking} from '../../source/mount.ts'
import {readDisc} from '../../source/read-disc.ts'
import type {Recognition, Source} from '../../source/source.ts'
import {identifyVolume, superblockLength, type Volume} from '../../source/superblock.ts'
import {openSystem, type System} from '../../system/system.ts'
import {type DiscFile, fileLimit, listDiscFiles} from './disc-files.ts'

export type Medium = {
  kind: 'image' | 'device' | 'directory' | 'file'
  /** In bytes, of an image. */
  size?: number | undefined
  volume?: Volume | undefined
  /** An ISO image that is read as such. */
  image?: IsoImage | undefined
}

/** What is known of a disc. Released once it has been looked at: files are read before. */
export type DiscLook = {
  path: string
  medium: Medium
  source: Source
  /** What a context file can be read as; undefined if there is none. */
  understood?: Understood | undefined
  /** What is wrong with the disc and the text of its context file. */
  problems: readonly Problem[]
  files: readonly DiscFile[]
  mask: Mask
}

export type Understood = {
  disc: Disc
  context: Context
  /** What is wrong with values, under the step that it costs. */
  problems: ContextProblems
  /** The bytes of the context file. */
  bytes: Uint8Array
}

/** Looks at a disc. @throws SystemError if the machine does not let us. */
export async function lookAtDisc(path: string): Promise<DiscLook> {
  const machine = openSystem('/')
  const place = resolve(path)
  const medium = identifyMedium(machine, place)
  const source = await openMedium(medium, place)
  try {
    return {path, medium, source, ...understand(machine, place, medium, source)}
  } finally {
    if (source.state === 'found') await source.release()
  }
}

function identifyMedium({files}: System, path: string): Medium {
  const status = files.status(path)
  if (status?.isDirectory()) return {kind: 'directory'}
  const isDisc = status?.isBlockDevice() ?? false
  if (!isDisc && !status?.isFile()) return {kind: 'file'}
  const volume = identifyVolume(files.readAt(path, 0, superblockLength) ?? Buffer.alloc(0))
  const image = volume?.type === 'iso9660' ? openIso(files, path) : undefined
  const kind = isDisc ? 'device' : volume === undefined ? 'file' : 'image'
  return {
    kind,
    volume,
    size: isDisc ? undefined : status?.size,
    image: typeof image === 'string' ? undefined : image,
  }
}

async function openMedium({image, volume}: Medium, path: string): Promise<Source> {
  if (image !== undefined) return describeIsoSource(image, path, recognise(volume))
  const place = placeForLooking(openSystem('/'))
  const source = await acquireSource(openSystem('/'), {path, waitMs: 0, waitForDisc: false, place})
  if (source.state !== 'unreadable' || volume === undefined) return source
  const cure = `${volume.type} has to be mounted, which takes root and a kernel that knows it`
  return {...source, problems: source.problems.map(each => ({...each, cure: each.cure ?? cure}))}
}

/** The row of contract §1 by which a guest finds an ISO image. */
function recognise(volume: Volume | undefined): Recognition {
  if (volume?.label === 'CONTEXT') return 'label CONTEXT'
  return volume?.label === 'CDROM' ? 'label CDROM' : 'disc'
}

function understand(machine: System, path: string, medium: Medium, source: Source) {
  if (source.state !== 'found') {
    const files = medium.image ?? (medium.kind === 'directory' ? machine : undefined)
    return {
      problems: source.problems,
      files: files === undefined ? [] : listDiscFiles(files.files, path),
      mask: createMask(undefined),
    }
  }
  const reading = readDisc(source)
  const problems = [...source.problems, ...reading.problems]
  const own = medium.kind === 'file' ? basename(path) : undefined
  const files = listDiscFiles(source.files, source.directory, own)
  if (files.length >= fileLimit)
    problems.push({code: 'disc-note', message: `no more than ${fileLimit} files are looked at`})
  const {disc} = reading
  if (disc === undefined) return {problems, files, mask: createMask(undefined)}
  if (disc.variables.size === 0 && disc.dropped.size === 0)
    problems.push({code: 'disc-wrong', file: disc.file, message: 'there is no variable in it'})
  const token = readTokenFile(disc)
  const meaning = readContext(disc)
  const bytes = source.files.read(`${source.directory}/${source.contextFile}`) ?? new Uint8Array()
  return {
    problems,
    files,
    understood: {disc, context: meaning.context, problems: meaning.problems, bytes},
    mask: createMask(indexAll(bytes), token === undefined ? [] : [token]),
  }
}

/** Every assignment: a password that another one takes the place of is a password all the same. */
function indexAll(bytes: Uint8Array): Variables {
  const {assignments} = parseShellFile(bytes, '')
  return new Map(assignments.map((assignment, index) => [`${index}`, assignment]))
}
