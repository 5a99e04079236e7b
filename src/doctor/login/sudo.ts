// Checks the rule for sudo: whether it is there, whether sudo reads it, and whether all that sudo reads is valid. One
// mistake in any of its files, and sudo refuses everybody.

import {sudoersPath} from '../../context/login/sudo.ts'
import type {Problem} from '../../problem.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {listNextDeeds, redo} from '../next-boot.ts'
import {doubtful, note, wrong} from '../problems.ts'

export const sudoCheck: Check = {
  id: 'sudo',
  title: 'the rule for sudo',
  needs: ['root'],
  async examine(exam) {
    const {system, prepared} = exam
    const planned = prepared.plan.steps.find(({name}) => name === 'sudo')?.problems ?? []
    if (findProgram(system, 'sudo') === undefined)
      return {facts: ['sudo is not installed'], problems: [...planned]}
    const access = judgeAccess(system)
    const said = system.live ? await tryRules(system, access) : []
    return {
      facts: tellRule(system),
      problems: [...access, ...said, ...planned, ...judgeRule(exam), ...judgeNames(system)],
    }
  },
}

const directory = '/etc/sudoers.d'

function tellRule({files}: System): string[] {
  const text = files.readText(sudoersPath)
  const rule = text?.split('\n').find(line => /^[^#\s]/.test(line))
  return [rule === undefined ? 'no rule of the agent' : rule]
}

/** The rule is not what the context asks for. */
function judgeRule(exam: Exam): Problem[] {
  const deed = listNextDeeds(exam).find(({step}) => step === 'sudo')
  if (deed === undefined) return []
  const name = exam.prepared.context?.username
  const isGranted = deed.action.kind === 'write-sudo-rule'
  const message = isGranted
    ? `${name} has not got the rule that the context asks for: it cannot become root`
    : 'there is a rule that the context does not ask for'
  const words = {file: sudoersPath, message, cure: `${redo('sudo')} mends it`}
  return [exam.system.live ? wrong(words) : note(words)]
}

/** sudo reads no file that belongs to another, or that others may write, and then refuses everybody (sudoers(5)). */
function judgeAccess({files}: System): Problem[] {
  const paths = files
    .list(directory)
    .filter(isRead)
    .map(name => `${directory}/${name}`)
  return ['/etc/sudoers', directory, ...paths].flatMap(file => {
    const status = files.status(file)
    if (status === undefined) return []
    const mode = status.isDirectory() ? '0750' : '0440'
    const chmod = `chmod ${mode} ${file}`
    if (status.uid !== 0) {
      const message = `this belongs to the user ${status.uid} and not to root, so sudo does not read it`
      return [wrong({file, message, cure: `chown root:root ${file}; ${chmod}`})]
    }
    if ((status.mode & 0o022) === 0) return []
    const who = (status.mode & 0o002) === 0 ? 'its group' : 'everybody'
    return [wrong({file, message: `${who} may write this, so sudo does not read it`, cure: chmod})]
  })
}

/** Others are passed over: editors and package managers leave such names (sudoers(5), includedir). */
function isRead(name: string): boolean {
  return !name.includes('.') && !name.endsWith('~')
}

function judgeNames({files}: System): Problem[] {
  const leftovers = /^\.|\.(dpkg-\w+|rpm(save|new|orig)|bak|old|orig|swp|tmp)$|~$/
  const names = files.list(directory).filter(name => !isRead(name) && !leftovers.test(name))
  return names.map(name => {
    const file = `${directory}/${name}`
    const message = 'sudo passes this over, for there is a dot in its name'
    return doubtful({file, message, cure: `mv ${file} ${directory}/${name.replaceAll('.', '-')}`})
  })
}

/** `/etc/sudoers.d/joe:3:8: syntax error`, `>>> /etc/sudoers.d/joe: syntax error near line 3 <<<` of old ones. */
const mistakes = [
  /^(?<file>\/[^:\n]+):(?<line>\d+)(?::\d+)?: (?<what>.*)$/m,
  /(?<file>\/[^:\n]+): (?<what>.*) near line (?<line>\d+)/m,
]

/** What sudo's own visudo thinks of all that it reads. */
async function tryRules(system: System, told: readonly Problem[]): Promise<Problem[]> {
  if (findProgram(system, 'visudo') === undefined) return []
  const result = await system.run({argv: ['visudo', '-c'], timeoutMs: 10_000})
  if (succeeded(result)) return []
  const found = mistakes
    .map(pattern => pattern.exec(result.output)?.groups)
    .find(groups => groups !== undefined)
  if (found !== undefined) {
    const message = `${found.what}: sudo refuses everybody, or reads no further here`
    const cure = `mend the line with visudo -f ${found.file}; visudo -c then finds nothing`
    return [wrong({file: found.file, line: Number(found.line), message, cure})]
  }
  // It asks for 0440 to the letter, which sudo itself does not.
  const isOnlyMode = /bad permissions|wrong owner/.test(result.output)
  if (isOnlyMode && told.length > 0) return []
  const message = `visudo -c ${describeEnd(result)}`
  return [doubtful({message, cure: 'visudo -c tells what it does not like'})]
}
