// `vmcontext explain`: where values come from, as a colleague would tell it.

import type {Action} from '../../action.ts'
import {type Assignment, parseShellFile} from '../../context/shell.ts'
import {explainWord} from '../../explain/explain.ts'
import {answerOnly, type Explanation} from '../../explain/explanation.ts'
import {isOfFile} from '../../explain/file.ts'
import {explainGuest} from '../../explain/guest.ts'
import {type AskedKind, listNames, subjectKinds, suggest} from '../../explain/subject.ts'
import {type Prepared, prepareBoot} from '../../prepare.ts'
import {createMask, type Mask, stringifyMasked} from '../../report/mask.ts'
import {placeForLooking} from '../../source/mount.ts'
import {escapeControls} from '../../system/commands.ts'
import {unlessRefused} from '../../system/errors.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {ExplainInvocation} from '../commands/explain.ts'
import {readRequest} from '../request.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {chooseStyle} from '../style.ts'
import {openGuest, UsageError} from '../usage.ts'
import {describeAction} from './describe-action.ts'
import {explainAddress} from './explain-address.ts'
import {formatExplanation} from './explanation-page.ts'

/** Prints it and gives the exit code. */
export async function runExplain(
  invocation: ExplainInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  const address = explainAddress(invocation)
  if (address !== undefined) return show(address, text => text, invocation, terminal)
  const system = openGuest(invocation.root)
  const [kind, word] = readWords(invocation.subject)
  const request = {...readRequest(invocation), toleratesNewerRecords: true}
  const prepared = await prepareBoot(system, request, () => placeForLooking(openSystem('/')))
  if (prepared === 'switched off') return show(switchedOff, text => text, invocation, terminal)
  // The disc is asked again and again while other contexts are tried, so it goes last.
  try {
    return explainGuestOr(word, kind, {prepared, system, invocation, terminal})
  } finally {
    if (prepared.source.state === 'found') await prepared.source.release()
  }
}

const switchedOff = answerOnly('guest', 'this guest', [
  'vmcontext is switched off here, so it does nothing: vmcontext=off on the kernel command line says so, or VMCONTEXT=off in vmcontext.conf.',
])

type Question = {prepared: Prepared; system: System; invocation: ExplainInvocation; terminal: Terminal}

function explainGuestOr(
  word: string | undefined,
  kind: AskedKind | undefined,
  {prepared, system, invocation, terminal}: Question,
): number {
  const assignments = readAssignments(prepared)
  // A password that another one takes the place of is a password all the same.
  const others = createMask(new Map(assignments.map((each, index) => [`${index}`, each])))
  const mask = (text: string) => others(prepared.mask(text))
  const describe = (action: Action) => describeDeed(action, prepared)
  const explanation =
    word === undefined
      ? explainGuest(prepared)
      : explainWord(word, kind, {prepared, system, assignments, describeAction: describe})
  if (explanation === undefined) throw new UsageError(mask(escapeControls(describeUnknown(word!, prepared))))
  return show(explanation, mask, invocation, terminal)
}

/** What becomes of the lines of a file is told where the file is asked about. */
function describeDeed(action: Action, prepared: Prepared): string[] {
  const rows = describeAction(action, {...prepared, files: prepared.facts.files, limit: 0})
  const shown = isOfFile(action) ? rows.slice(0, 1) : rows
  return shown.map(({text}) => text)
}

function readWords(subject: readonly string[]): [AskedKind | undefined, string | undefined] {
  const [first, second, ...rest] = subject
  if (second === undefined) return [undefined, first]
  const kind = subjectKinds.find(each => each === first)
  if (kind === undefined || rest.length > 0) {
    const kinds = [...subjectKinds, 'mac', 'ip'].join('|')
    throw new UsageError(`explain: one subject, or ${kinds} and its name`)
  }
  return [kind, second]
}

function readAssignments({source}: Prepared): readonly Assignment[] {
  if (source.state !== 'found') return []
  const path = `${source.directory}/${source.contextFile}`
  const bytes = unlessRefused(
    () => source.files.read(path),
    () => undefined,
  )
  return parseShellFile(bytes ?? new Uint8Array(), source.contextFile).assignments
}

function describeUnknown(word: string, prepared: Prepared): string {
  const near = suggest(word, prepared)
  const links =
    prepared.facts.links.map(({name}) => name).join(' ') || 'none seen; --links FILE names those of an image'
  const files = [...new Set(listNames(prepared).filter(name => name.startsWith('/')))].slice(0, 8)
  return [
    word.startsWith('/')
      ? `explain: there is no file ${word}, and nothing here writes one`
      : `explain: nothing here is called ${JSON.stringify(word)}`,
    ...(near.length === 0 ? [] : [`did you mean ${near.join(' or ')}?`]),
    `NICs: ${links}`,
    ...(files.length === 0 ? [] : [`files: ${files.join(' ')}`]),
    'variables: those of the context and of vmcontext.conf(5)',
    'steps: explain, with nothing behind it, lists them',
  ].join('\n  ')
}

function show(explanation: Explanation, mask: Mask, {json}: ExplainInvocation, terminal: Terminal): number {
  const style = chooseStyle(terminal)
  const text = json
    ? stringifyMasked({version: 1, ...explanation}, mask)
    : formatExplanation(explanation, style, text =>
        mask(escapeControls(text)).replaceAll('\n', '\\x0a'),
      ).join('\n')
  terminal.print(`${text}\n`)
  return exitCodes.done
}
