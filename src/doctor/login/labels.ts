// Checks SELinux labels: sshd may not read a key file, nor sudo its rules, whose label is wrong. Only the guest's own
// restorecon knows what is right.

import {sudoersPath} from '../../context/login/sudo.ts'
import {pathOfPlace} from '../../facts/login/authorized-keys.ts'
import type {Problem} from '../../problem.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import {unlessRefused} from '../../system/errors.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {listLogins} from './logins.ts'

export const labelsCheck: Check = {
  id: 'labels',
  title: 'SELinux labels',
  examine: exam => (exam.system.live ? examineLive(exam) : examineTree(exam)),
}

const relabelMark = '/.autorelabel'

async function examineLive(exam: Exam): Promise<Finding> {
  const {system} = exam
  const enforce = unlessRefused(
    () => system.files.readText('/sys/fs/selinux/enforce'),
    () => undefined,
  )
  if (enforce === undefined) return {facts: ['SELinux is not at work here'], problems: []}
  const isEnforcing = enforce.trim() === '1'
  const fact = `SELinux is ${isEnforcing ? 'enforcing' : 'permissive: it only complains'}`
  const pending = judgePending(system)
  const paths = listPaths(exam)
  if (paths.length === 0) return {facts: [fact], problems: pending}
  if (!exam.isRoot) return {facts: [fact], problems: pending, skipped: 'only as root'}
  if (findProgram(system, 'restorecon') === undefined)
    return {facts: [fact], problems: pending, skipped: 'there is no restorecon here'}
  const result = await system.run({argv: ['restorecon', '-n', '-v', '--', ...paths], timeoutMs: 30_000})
  if (!succeeded(result)) {
    const message = `the labels cannot be looked at: restorecon ${describeEnd(result)}`
    return {facts: [fact], problems: [doubtful({message}), ...pending]}
  }
  const problems = parseLabels(result.output).map(each => describeLabel(each, isEnforcing))
  return {facts: [fact], problems: [...problems, ...pending]}
}

/** What a login goes through and we have written. */
function listPaths(exam: Exam): string[] {
  const ofLogins = listLogins(exam).flatMap(({account, name}) => {
    const place = exam.prepared.facts.authorizedKeys.get(name)?.place
    if (account === undefined || place === undefined) return []
    const path = pathOfPlace(account, place)
    const directory = path.slice(0, path.lastIndexOf('/'))
    return [account.home, directory, path]
  })
  const {files} = exam.system
  return [...new Set([...ofLogins, sudoersPath])].filter(path =>
    unlessRefused(
      () => files.linkStatus(path) !== undefined,
      () => false,
    ),
  )
}

type WrongLabel = {path: string; now: string; wanted: string}

/** `Would relabel PATH from LABEL to LABEL`; those of CentOS 7 and older: `restorecon reset PATH context A->B`. */
export function parseLabels(output: string): WrongLabel[] {
  return output.split('\n').flatMap(line => {
    const found =
      /^Would relabel (.+) from (\S+) to (\S+)$/.exec(line) ??
      /^(?:\S*restorecon:? )?reset (.+) context (\S+?)->(\S+)$/.exec(line)
    return found === null ? [] : [{path: found[1]!, now: found[2]!, wanted: found[3]!}]
  })
}

function describeLabel({path, now, wanted}: WrongLabel, isEnforcing: boolean): Problem {
  const message = `its label is ${now}, and should be ${wanted}: sshd or sudo may not be let at it`
  const words = {file: path, message, cure: `restorecon -Fv ${path}`}
  return isEnforcing ? wrong(words) : doubtful(words)
}

function judgePending({files}: System): Problem[] {
  if (files.linkStatus(relabelMark) === undefined) return []
  const message = 'the next boot sets the labels of all files anew, which takes its time, and boots once more'
  return [note({file: relabelMark, message})]
}

/** Nothing of a tree is executed; its next boot does it. */
function examineTree({system}: Exam): Finding {
  const text = unlessRefused(
    () => system.files.readText('/etc/selinux/config') ?? '',
    () => '',
  )
  const mode = /^SELINUX=(enforcing|permissive)\s*$/m.exec(text)?.[1]
  if (mode === undefined) return {facts: ['SELinux is not set up here'], problems: []}
  return {facts: [`SELinux is set to ${mode}`], problems: judgePending(system)}
}
