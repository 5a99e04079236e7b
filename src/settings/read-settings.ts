// Where settings stand: `--set` options, the kernel command line, /etc/vmcontext.conf and /etc/vmcontext.conf.d.

import {type Assignment, parseShellFile} from '../context/shell.ts'
import {indexVariables} from '../context/variables.ts'
import type {Problem} from '../problem.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {findUnknownSettings, parseKernelCommandLine, type SettingsLayer} from './settings.ts'

const mainFile = '/etc/vmcontext.conf'
const directory = '/etc/vmcontext.conf.d'

/** Reads the layers of the image's owner, strongest first; later files of the directory stand above earlier ones. */
export function readSettingsLayers(
  system: System,
  overrides: readonly Assignment[],
  problems: Problem[],
): SettingsLayer[] {
  const names = system.files.list(directory).filter(name => name.endsWith('.conf'))
  const paths = [mainFile, ...names.map(name => `${directory}/${name}`)]
  const files = paths.toReversed().flatMap(path => readLayer(system, path, problems))
  const options = {file: '--set', variables: indexVariables(overrides)}
  for (const layer of [options, ...files]) problems.push(...findUnknownSettings(layer))
  const kernel = parseKernelCommandLine(system.files.readText('/proc/cmdline') ?? '')
  return [options, {file: '/proc/cmdline', variables: kernel}, ...files]
}

function readLayer(system: System, path: string, problems: Problem[]): SettingsLayer[] {
  const bytes = unlessRefused(
    () => system.files.read(path),
    refusal => {
      problems.push({
        code: refusal.unseen === undefined ? 'fact-missing' : 'fact-unseen',
        file: path,
        message: `${refusal.message}; its settings do not hold`,
      })
      return undefined
    },
  )
  if (bytes === undefined) return []
  const parsed = parseShellFile(bytes, path)
  problems.push(...parsed.problems)
  return [{file: path, variables: indexVariables(parsed.assignments)}]
}
