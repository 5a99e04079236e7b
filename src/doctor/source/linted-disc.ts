// The context of a guest, as the lints of `vmcontext disc check` want it.

import {parseShellFile} from '../../context/shell.ts'
import {listDiscFiles} from '../../image/disc/disc-files.ts'
import type {LintedDisc} from '../../image/disc/lints/lint.ts'
import type {Medium} from '../../image/disc/look.ts'
import {openIso} from '../../source/iso/iso-source.ts'
import type {FoundSource} from '../../source/source.ts'
import {identifyVolume, superblockLength} from '../../source/superblock.ts'
import {unlessRefused} from '../../system/errors.ts'
import {openSystem} from '../../system/system.ts'
import type {Exam} from '../exam.ts'
import {plannedProblems} from '../problems.ts'

/** Reads it; undefined if there is no context that could be read. */
export function readLintedDisc({prepared}: Exam): LintedDisc | undefined {
  const {source, disc, context, input} = prepared
  if (source.state !== 'found' || disc === undefined || context === undefined) return undefined
  const {files, directory, contextFile} = source
  const bytes = files.read(`${directory}/${contextFile}`) ?? new Uint8Array()
  // A context.sh that the caller names may lie in a directory of anything.
  const only = source.recognition === 'named' && source.origin !== directory ? contextFile : undefined
  return {
    disc,
    context,
    problems: input.contextProblems,
    bytes,
    medium: identifyMedium(source),
    files: listDiscFiles(files, directory, only),
    assignments: parseShellFile(bytes, contextFile).assignments,
    lines: Buffer.from(bytes).toString('latin1').split('\n'),
    known: plannedProblems(prepared),
  }
}

/** A drive, or an image that stands for one, as far as it may be looked at. */
function identifyMedium({origin}: FoundSource): Medium {
  const {files} = openSystem('/')
  const status = unlessRefused(
    () => files.status(origin),
    () => undefined,
  )
  const isDisc = status?.isBlockDevice() ?? false
  if (!isDisc && !status?.isFile()) return {kind: 'directory'}
  return unlessRefused(
    (): Medium => {
      const volume = identifyVolume(files.readAt(origin, 0, superblockLength) ?? Buffer.alloc(0))
      const image = volume?.type === 'iso9660' ? openIso(files, origin) : undefined
      return {kind: isDisc ? 'device' : 'image', volume, image: typeof image === 'string' ? undefined : image}
    },
    () => ({kind: 'file'}),
  )
}
