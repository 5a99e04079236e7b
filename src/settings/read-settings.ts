// Where settings stand: `--set` options, the kernel command line, /etc/vmcontext.conf and /etc/vmcontext.conf.d.

import {type Assignment, parseShellFile} from '../context/shell.ts'
import {indexVariables} from '../context/variables.ts'
import type {Problem} from '../problem.ts'
import {type SystemError, unlessRefused} from '../system/errors.ts'
import {findFault} from '../system/own-place.ts'
import type {System} from '../system/system.ts'
import {findUnknownSettings, parseKernelCommandLine, type SettingsLayer} from './settings.ts'

const mainFile = '/etc/vmcontext.conf'
const directory = '/etc/vmcontext.conf.d'
const kernelFile = '/proc/cmdline'

/** Reads the layers of the image's owner, strongest first; later files of the directory stand above earlier ones. */
export function readSettingsLayers(
  system: System,
  overrides: readonly Assignment[],
  problems: Problem[],
): SettingsLayer[] {
  const names = listConfiguration(system, problems)
  const paths = [mainFile, ...names.map(name => `${directory}/${name}`)]
  const files = paths.toReversed().flatMap(path => readLayer(system, path, problems))
  const options = {file: '--set', variables: indexVariables(overrides)}
  for (const layer of [options, ...files]) problems.push(...findUnknownSettings(layer))
  const kernel = parseKernelCommandLine(readUnlessRefused(system, kernelFile, problems)?.toString() ?? '')
  return [options, {file: kernelFile, variables: kernel}, ...files]
}

function listConfiguration({files}: System, problems: Problem[]): string[] {
  const names = unlessRefused(
    () => files.list(directory),
    refusal => {
      problems.push(describeRefusal(directory, refusal))
      return []
    },
  )
  return names.filter(name => name.endsWith('.conf'))
}

function readLayer(system: System, path: string, problems: Problem[]): SettingsLayer[] {
  const refusal = refuseForeign(
    system,
    [directory, path].filter(each => path.startsWith(each)),
  )
  if (refusal !== undefined) {
    problems.push(refusal)
    return []
  }
  const bytes = readUnlessRefused(system, path, problems)
  if (bytes === undefined) return []
  const parsed = parseShellFile(bytes, path)
  problems.push(...parsed.problems)
  return [{file: path, variables: indexVariables(parsed.assignments)}]
}

/** What switches steps off, or names a file to be trusted, must be of nobody but root. */
function refuseForeign({files}: System, paths: readonly string[]): Problem | undefined {
  for (const path of paths) {
    const status = unlessRefused(
      () => files.status(path),
      () => undefined,
    )
    const fault = status && findFault(files, status)
    if (fault === undefined) continue
    const cure = `chown root ${path}; chmod go-w ${path}`
    return {code: 'fact-missing', file: path, message: `this ${fault}; its settings do not hold`, cure}
  }
  return undefined
}

function readUnlessRefused({files}: System, path: string, problems: Problem[]): Buffer | undefined {
  return unlessRefused(
    () => files.read(path),
    refusal => {
      problems.push(describeRefusal(path, refusal))
      return undefined
    },
  )
}

function describeRefusal(path: string, {message, unseen}: SystemError): Problem {
  const code = unseen === undefined ? 'fact-missing' : 'fact-unseen'
  return {code, file: path, message: `${message}; its settings do not hold`}
}
