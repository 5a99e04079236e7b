// `vmcontext report`: a bundle to send, with everything that a supporter needs and no secret.

import {resolve} from 'node:path'
import {BundleError} from '../../bundle/archive.ts'
import {countFiles} from '../../bundle/contents.ts'
import {type Bundle, LeakError, makeBundle} from '../../bundle/make.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import {escapeControls} from '../../system/commands.ts'
import {attempt} from '../../system/errors.ts'
import {writeAtomically} from '../../system/files.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {ReportInvocation} from '../commands/report.ts'
import {wrapLine} from '../paragraph.ts'
import {readRequest} from '../request.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openGuest, refuseEmpty, UsageError} from '../usage.ts'
import {runDoctor} from './doctor.ts'
import {renderPlan} from './render-plan.ts'

/** Writes the bundle, says what is in it and gives the exit code. */
export async function runReport(
  invocation: ReportInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const path = chooseOutput(invocation.output, terminal)
  const system = openGuest(invocation.root)
  try {
    const more = () => askDoctor(invocation, terminal, version)
    const about = {agent: `vmcontext ${version}`, now: new Date(), render: renderPlan, more}
    const bundle = await makeBundle(system, readRequest(invocation), about)
    write(path, bundle.bytes, terminal)
    terminal.printError(formatSummary(bundle, path, system))
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof LeakError || error instanceof BundleError)) throw error
    terminal.printError(`vmcontext: ${escapeControls(error.message)}\n`)
    return exitCodes.notStarted
  }
}

/** The path on this machine; `-` is standard output, unless that is a terminal. */
function chooseOutput(output: string, terminal: Terminal): string {
  refuseEmpty('--output', output)
  if (output === '-' && terminal.isTerminal())
    throw new UsageError('--output -: a bundle is no text for a terminal; send it into a file or a pipe')
  if (output === '-') return output
  const {files} = openSystem('/')
  const path = resolve(output)
  if (files.status(path)?.isDirectory())
    throw new UsageError(`--output: ${output} is a directory; name a file in it`)
  // It would be replaced: /dev/null by a file, or what somebody let a link in /tmp lead to.
  if (files.linkStatus(path)?.isFile() === false)
    throw new UsageError(`--output: ${output} is no plain file; name a new one, or - for standard output`)
  return path
}

/** A link that came to be there in the meantime is replaced, not followed. */
function write(path: string, bytes: Buffer, terminal: Terminal): void {
  if (path === '-') attempt('write the bundle', () => terminal.print(bytes))
  else attempt(`write ${path}`, () => writeAtomically(path, bytes, {mode: 0o600}))
}

/** What the doctor finds goes along. If the doctor fails, the rest is worth sending all the more. */
async function askDoctor(
  invocation: ReportInvocation,
  terminal: Terminal,
  version: string,
): Promise<Record<string, string>> {
  let said = ''
  const print = (text: string | Uint8Array) => {
    said += text
  }
  const quiet = {...terminal, isTerminal: () => false, print, printError: () => undefined}
  const wishes = {command: 'doctor', json: true, list: false, strict: false, only: undefined} as const
  try {
    await runDoctor({...invocation, ...wishes}, quiet, version)
    return said === '' ? {} : {'doctor.json': said}
  } catch (error) {
    return {
      'doctor.txt': `the doctor could not look: ${error instanceof Error ? error.message : String(error)}\n`,
    }
  }
}

function formatSummary(bundle: Bundle, path: string, system: System): string {
  const {bytes, leftOut, masked, difference} = bundle
  const name = path === '-' ? 'BUNDLE' : path
  const where = path === '-' ? 'The bundle' : path
  const guest = system.live ? 'this guest' : system.root
  const paragraphs = [
    `${where}: ${count(countFiles(bundle), 'file')}, ${formatBytes(bytes.length)}, about ${guest}.`,
    ...describeMasking(masked),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.map(each => each.path).join(', ')}.`] : []),
    ...(bundle.notSeen.length > 0
      ? [`Not to be seen by this user: ${bundle.notSeen.join(', ')}. Run as root to have it all.`]
      : []),
    difference === undefined
      ? 'The plan made from it is the one that the guest makes.'
      : 'The plan made from it is NOT the one that the guest makes; difference.txt in it says where. It is of use all the same.',
    `Look inside before you send it: tar tzf ${name}`,
  ]
  return `${paragraphs.flatMap(text => wrapLine(escapeControls(text), 0, '')).join('\n')}\n`
}

function describeMasking({values, notSearched}: Bundle['masked']): string[] {
  if (values === 0) return ['There was no secret in what could be seen of the context.']
  const been = values === 1 ? 'has been' : 'have been'
  const told = `${count(values, 'secret')} ${been} replaced by something else, and searched for in all of it.`
  const common = `${count(notSearched, 'spelling')} of secrets could be replaced only where the secret itself stands: too short, or a word that the guest uses for other things.`
  return notSearched === 0 ? [told] : [told, common]
}
