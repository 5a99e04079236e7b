// The profile as a person reads it.

import type {ModuleProfile} from './modules.ts'
import type {BootProfile, Profile} from './profile.ts'
import type {TracedProcess} from './trace.ts'

/** Of long lists so many lines are shown; all are in the JSON. */
const shown = 25

/** Lines for a person. */
export function formatProfile({boots, starts, modules}: Profile): string[] {
  return [...boots.flatMap(boot => formatBoot(boot, starts)), ...formatModules(modules)]
}

type Starts = Profile['starts']

function formatBoot({title, phases, agent, others}: BootProfile, starts: Starts): string[] {
  const programs = others.filter(({argv}) => argv.length > 0)
  return [
    `\n${title}: where the time goes`,
    ...phases.map(({name, ms}) => line(`${ms.toFixed(1)} ms`, name)),
    `\n${title}: what it starts, under strace, ms after its own start (${programs.length} programs, ${others.length - programs.length} forks of a shell)`,
    ...programs.map(process => formatProgram(process, agent)),
    `\n${title}: system calls of the agent, in ${agent.threads} threads; what it starts makes ${others.reduce((sum, other) => sum + count(other), 0)} more`,
    ...formatCalls(agent, starts),
    `\n${title}: paths that the agent asks for`,
    ...formatPaths(agent),
  ]
}

function formatProgram({argv, parent, startedMs, endedMs}: TracedProcess, agent: TracedProcess): string {
  const depth = parent === agent.id ? '' : '  '
  const when = `${(startedMs - agent.startedMs).toFixed(1)} + ${(endedMs - startedMs).toFixed(1)}`
  return line(when, `${depth}${argv.join(' ')}`)
}

/** How often each, and beside it how often by who only starts. */
function formatCalls(agent: TracedProcess, starts: Starts): string[] {
  const columns = [agent, ...starts.map(start => start.agent)]
  const cells = (texts: readonly string[]) => texts.map(text => text.padStart(12)).join('')
  const sorted = Object.entries(agent.calls).toSorted(([, one], [, other]) => other.count - one.count)
  const countsOf = (name: string) => columns.map(({calls}) => `${calls[name]?.count ?? 0}`)
  const rest = sorted.slice(shown).map(([name, sum]) => `${name} ${sum.count}`)
  return [
    `  ${cells(['boot', ...starts.map(({name}) => name)])}`,
    `  ${cells(columns.map(each => `${count(each)}`))}  in all`,
    ...sorted.slice(0, shown).map(([name]) => `  ${cells(countsOf(name))}  ${name}`),
    ...(rest.length === 0 ? [] : [line('', rest.join(', '))]),
  ]
}

/** Those asked for most often. */
function formatPaths({paths}: TracedProcess): string[] {
  const byPath = Map.groupBy(paths, ({path}) => path)
  const sorted = [...byPath].toSorted(([, one], [, other]) => other.length - one.length)
  const failed = paths.filter(each => each.failed).length
  return [
    line(`${paths.length}`, `calls with a path, ${failed} of them failed, ${byPath.size} paths`),
    ...sorted
      .slice(0, shown)
      .map(([path, asked]) => line(`${asked.length}`, `${path}  ${formatAsked(asked)}`)),
  ]
}

function formatAsked(asked: TracedProcess['paths']): string {
  const byCall = Map.groupBy(asked, ({call}) => call)
  return [...byCall].map(([call, list]) => `${call} ${list.length}`).join(', ')
}

function count({calls}: TracedProcess): number {
  return Object.values(calls).reduce((sum, each) => sum + each.count, 0)
}

function formatModules(modules: ModuleProfile): string[] {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  const list = (these: readonly {path: string; bytes: number; functions: number}[], limit = shown) =>
    these
      .slice(0, limit)
      .map(({path, bytes, functions}) =>
        line(kilobytes(bytes), `${path}${functions > 0 ? `, ${functions} functions` : ''}`),
      )
  const {used, idle, late, compiledLate} = modules
  const idleBytes = idle.reduce((sum, {bytes}) => sum + bytes, 0)
  return [
    '\nModules',
    line(kilobytes(modules.bytes), `of ${modules.modules} modules are in the script`),
    line(kilobytes(modules.earlyBytes), `of ${modules.early} are evaluated while the snapshot is taken`),
    line(kilobytes(modules.usedBytes), `of ${used.length} does the first boot enter`),
    line(
      kilobytes(idleBytes),
      `of ${idle.length} are evaluated for the snapshot and never entered; the largest:`,
    ),
    ...list(idle, 12),
    `\nModules that the boot itself evaluates, or evaluated again: ${late.length}`,
    ...list(late),
    `\nFunctions that the boot runs and the warm-up of the build did not: ${compiledLate.reduce((sum, each) => sum + each.functions, 0)}`,
    ...list(compiledLate),
  ]
}

function line(figure: string, text: string): string {
  return `  ${figure.padStart(16)}  ${text}`
}
