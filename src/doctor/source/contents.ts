// Checks what else is on the disc, by the lints of `vmcontext disc check`: those that make sense of a disc in a drive.
// Cards and gateways have checks of their own here, and how the disc was made is nobody's business any more.

import type {Lint} from '../../image/disc/lints/lint.ts'
import {lints} from '../../image/disc/lints/lints.ts'
import {findFarGateway, findMacMismatch, findWithoutAddress} from '../../image/disc/lints/network.ts'
import * as volume from '../../image/disc/lints/volume.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {readLintedDisc} from './linted-disc.ts'

const elsewhere: readonly Lint[] = [
  ...Object.values(volume),
  findFarGateway,
  findMacMismatch,
  findWithoutAddress,
]

/** More names are not told. */
const nameLimit = 6

export const contentsCheck: Check = {
  id: 'disc-contents',
  title: 'what else is on the disc',
  needs: ['context'],
  examine(exam) {
    const disc = readLintedDisc(exam)
    if (disc === undefined) return {facts: [], problems: []}
    const others = disc.files.filter(({path, kind}) => kind !== 'directory' && path !== disc.disc.file)
    const names = others.slice(0, nameLimit).map(({path}) => path)
    const rest = others.length > nameLimit ? ` and ${count(others.length - nameLimit, 'other file')}` : ''
    const facts = names.length === 0 ? 'nothing besides context.sh' : names.join(', ') + rest
    return {
      facts: [facts],
      problems: lints
        .filter(lint => !elsewhere.includes(lint))
        .flatMap(lint => lint(disc))
        .filter(problem => !isRead(problem, exam)),
    }
  },
}

/** Line ends of Windows are no matter of this guest where the whole file has them: that is told of its text. */
function isRead({file, message}: Problem, {prepared}: Exam): boolean {
  const isOfLineEnds = (text: string) => text.includes('CR LF')
  const said = prepared.contextReport.problems.some(each => each.file === file && isOfLineEnds(each.message))
  return said && isOfLineEnds(message)
}
