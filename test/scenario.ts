// A scenario (test/scenarios.test.ts says what it is made of), laid out to be booted.

import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

/** Where the scenarios are, by topic. */
export const scenariosDirectory = join(import.meta.dirname, 'scenarios')

/** The directories of all scenarios. */
export function listScenarios(): string[] {
  const topics = listDirectories(scenariosDirectory).filter(path => !path.endsWith('/bases'))
  return topics.flatMap(listDirectories)
}

function listDirectories(path: string): string[] {
  const paths = readdirSync(path).map(name => join(path, name))
  return paths.filter(path => statSync(path).isDirectory()).sort()
}

/** Makes the root of a scenario in a directory. */
export function layOut(root: string, scenario: string): string {
  const base = join(scenario, 'base')
  if (existsSync(base)) copyInto(join(scenariosDirectory, 'bases', readFileSync(base, 'utf8').trim()), root)
  if (existsSync(join(scenario, 'root'))) copyInto(join(scenario, 'root'), root)
  return root
}

function copyInto(from: string, to: string): void {
  execFileSync('cp', ['-r', '--no-dereference', '--preserve=mode', '--remove-destination', `${from}/.`, to])
}

/** The options of `vmcontext boot` besides `--root`. */
export function readBootOptions(scenario: string): string[] {
  const at = (name: string) => join(scenario, name)
  return [
    ...(existsSync(at('context')) ? ['--context', at('context')] : []),
    ...(existsSync(at('links')) ? ['--links', at('links')] : []),
    ...(existsSync(at('options')) ? readFileSync(at('options'), 'utf8').trim().split('\n') : []),
  ]
}
