// What is wrong with a disc: what reading it tells, and what the lints find beyond.

import {parseShellFile} from '../../context/shell.ts'
import {type Problem, type Weight, weighProblem} from '../../problem.ts'
import {contextFileName} from '../../source/source.ts'
import {wrong} from './lints/lint.ts'
import {lints} from './lints/lints.ts'
import type {DiscLook} from './look.ts'

/** Everything that is wrong, the worst first. */
export function checkDisc(look: DiscLook): Problem[] {
  const {understood, problems} = look
  if (understood === undefined) return byWeight([...problems, ...findMisplaced(look)])
  const known = [...problems, ...Object.values(understood.problems).flat()]
  const {assignments} = parseShellFile(understood.bytes, understood.disc.file)
  const lines = Buffer.from(understood.bytes).toString('latin1').split('\n')
  const {medium, files} = look
  const found = lints.flatMap(lint => lint({...understood, medium, files, assignments, lines, known}))
  return byWeight([...known, ...found])
}

const order: readonly Weight[] = ['failure', 'warning', 'note']

function byWeight(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (one, other) => order.indexOf(weighProblem(one)) - order.indexOf(weighProblem(other)),
  )
}

/** A context.sh that lies in a directory of the disc is found by nobody. */
function findMisplaced({files}: DiscLook): Problem[] {
  return files
    .filter(({path, kind}) => kind === 'file' && path.toLowerCase().split('/').at(-1) === contextFileName)
    .filter(({path}) => path !== contextFileName)
    .map(({path}) => {
      const message = `${contextFileName} belongs to the top of the disc, in small letters`
      return wrong({
        file: path,
        message,
        cure: 'make the disc of what is in the directory, not of the directory',
      })
    })
}
