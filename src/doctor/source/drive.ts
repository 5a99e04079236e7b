// Checks the context disc: whether there is one, where and by what it was found, and if there is none what lies in the
// drives instead.

import {findCutImage, findStrangeLabel} from '../../image/disc/lints/volume.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import type {FoundSource, Source} from '../../source/source.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {cureForDisc} from './cures.ts'
import {describeVolume, seeDrives} from './drives.ts'
import {readLintedDisc} from './linted-disc.ts'

export const driveCheck: Check = {
  id: 'disc',
  title: 'the context disc',
  examine(exam) {
    const {source} = exam.prepared
    if (source.state === 'found') return examineFound(exam, source)
    return source.state === 'unreadable' ? examineUnreadable(exam, source) : examineAbsence(exam)
  },
}

/** Tells whether a problem is one of the disc, not of the text on it. */
export function isOfSource(source: Source, problem: Problem): boolean {
  return source.problems.includes(problem)
}

const recognitions = {
  named: 'named by --context',
  'label CONTEXT': 'found by its label CONTEXT',
  'label CDROM': 'found by the label CDROM, as OpenNebula 2.2 makes it',
  TARGET: 'named by TARGET',
  disc: 'found because there is a context.sh on it',
  directory: 'a directory, as containers have it',
  VMware: 'in the configuration of the VMware machine',
} as const

function examineFound(exam: Exam, source: FoundSource): Finding {
  const disc = readLintedDisc(exam)
  const isNamedDrive = source.recognition === 'TARGET' || source.recognition === 'named'
  const lints =
    disc === undefined ? [] : [...(isNamedDrive ? [] : findStrangeLabel(disc)), ...findCutImage(disc)]
  const volume = disc?.medium.volume === undefined ? '' : ` ${describeVolume(disc.medium.volume)},`
  const size = count(exam.prepared.contextReport.variables, 'variable')
  const facts = [`${nameOrigin(exam)}:${volume} ${recognitions[source.recognition]}, ${size}`]
  return {
    facts,
    problems: [...source.problems.map(tellChoice), ...lints.map(problem => at(nameOrigin(exam), problem))],
  }
}

/** As the guest has it: a drive of an image lies below the image. */
export function nameOrigin({system, prepared: {contextReport}}: Exam): string {
  const {origin = ''} = contextReport
  const isBelow = !system.live && origin.startsWith(`${system.root}/`)
  return isBelow ? origin.slice(system.root.length) : origin
}

/** Two discs with the right label: one of them may have been left in from another VM. */
function tellChoice(problem: Problem): Problem {
  if (problem.code !== 'choice-made') return problem
  return doubtful({...problem, cure: 'detach the one that is not of this VM (onevm disk-detach)'})
}

function at(file: string, problem: Problem): Problem {
  return {...problem, file: problem.file ?? file}
}

function examineUnreadable({prepared, isRoot}: Exam, source: Source): Finding {
  const facts = ['there is one, and it cannot be read']
  const [first] = source.problems
  if (!isRoot && first !== undefined && /permission denied|not permitted|only root/.test(first.message)) {
    const message = `${first.message}; so what follows is seen as without a context`
    return {facts: [], problems: [note({message, cure: 'run it as root'})], covers: source.problems}
  }
  const cure = prepared.source.problems.some(({cure}) => cure !== undefined) ? undefined : cureForDisc
  return {facts, problems: source.problems.map(problem => ({...problem, cure: problem.cure ?? cure}))}
}

function examineAbsence(exam: Exam): Finding {
  const {prepared, system} = exam
  const {facts, problems, isAbsent} = seeDrives(exam)
  const own = prepared.source.problems
  if (system.files.list('/sys/class/block').length === 0 && !system.live) {
    const skipped = 'an image has no drives; --context names what it shall get'
    return {facts: [], problems: own, skipped}
  }
  const isByMacs = prepared.plan.network.nics.some(({origin}) => origin === 'mac-rule')
  const judge = isByMacs && isAbsent ? doubtful : wrong
  return {facts, problems: [...problems.map(judge), ...own]}
}
