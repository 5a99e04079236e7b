// `vmcontext disc build`: says what goes onto the disc, and writes it.

import {dirname, resolve} from 'node:path'
import {describeDisc, sortProblems} from '../../image/context-file/describe-disc.ts'
import {type DiscPlan, planDisc} from '../../image/context-file/plan-disc.ts'
import {buildDiscImage} from '../../image/disc/build-image.ts'
import {TemplateError} from '../../image/template/template-error.ts'
import {formatProblem, hasFailure, type Problem, weighProblem} from '../../problem.ts'
import {escapeLine} from '../../system/commands.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {DiscBuildInvocation} from '../commands/disc.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {refuseEmpty, UsageError} from '../usage.ts'

/** Runs the command and gives its exit code. */
export async function runDiscBuild(invocation: DiscBuildInvocation, terminal: Terminal): Promise<number> {
  const machine = openSystem('/')
  checkPaths(machine, invocation)
  const plan = await planOrRefuse(machine, invocation, terminal)
  if (plan === undefined) return exitCodes.failed
  if (isRefused(plan.problems, invocation.strict)) {
    printProblems(terminal, plan.problems)
    terminal.printError(`vmcontext: ${invocation.output} is not written\n`)
    return exitCodes.failed
  }
  refuseOwnFile(machine, invocation.output, plan)
  const request = {output: resolve(invocation.output), label: plan.label, entries: plan.entries}
  const {tool, problems} = await buildDiscImage(machine, request)
  const size = machine.files.status(request.output)?.size ?? 0
  terminal.print(describeDisc(plan, {...invocation, size, tool}))
  printProblems(terminal, [...plan.problems, ...problems])
  terminal.print(`Try it: vmcontext disc check ${invocation.output}\n`)
  terminal.print(`        vmcontext plan --root DIR --context ${invocation.output}\n`)
  return isRefused(problems, invocation.strict) ? exitCodes.failed : exitCodes.done
}

async function planOrRefuse(
  machine: System,
  {format, set, ...paths}: DiscBuildInvocation,
  terminal: Terminal,
): Promise<DiscPlan | undefined> {
  try {
    return await planDisc(machine, {...paths, generation: format, settings: readSettings(set)})
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    printProblems(terminal, [error.problem])
    terminal.printError(`vmcontext: ${paths.output} is not written\n`)
    return undefined
  }
}

/** What is to be read has to be there, and the disc must not take the place of any of it. */
function checkPaths({files}: System, invocation: DiscBuildInvocation): void {
  const {template, networks, user, images, output} = invocation
  const inputs: [string, string | undefined][] = [
    ['the template', template],
    ...networks.map((path): [string, string] => ['--network', path]),
    ['--user', user],
    ...images.map((path): [string, string] => ['--image', path]),
  ]
  const target = resolve(refuseEmpty('--output', output))
  for (const [option, path] of inputs) {
    if (path === undefined) continue
    const status = files.status(resolve(refuseEmpty(option, path)))
    if (status === undefined) throw new UsageError(`${option}: there is no file ${path}`)
    if (!status.isFile()) throw new UsageError(`${option}: ${path} is no file`)
    if (files.followLinks(resolve(path)) === files.followLinks(target))
      throw new UsageError(`--output: ${output} is ${option} itself`)
  }
  if (!files.status(dirname(target))?.isDirectory())
    throw new UsageError(`--output: there is no directory ${dirname(output)}`)
  const there = files.status(target)
  if (there?.isDirectory()) throw new UsageError(`--output: ${output} is a directory`)
  if (there !== undefined && !there.isFile()) throw new UsageError(`--output: ${output} is there and no file`)
  if (
    invocation.files !== undefined &&
    !files.status(resolve(refuseEmpty('--files', invocation.files)))?.isDirectory()
  )
    throw new UsageError(`--files: there is no directory ${invocation.files}`)
}

/** The disc would take the place of one of its files, or hold the one that was made before. */
function refuseOwnFile({files}: System, output: string, plan: DiscPlan): void {
  const target = files.followLinks(resolve(output))
  if (plan.files.some(({from}) => files.followLinks(from) === target))
    throw new UsageError(`--output: ${output} is one of the files for the disc`)
}

/** Reads `VMID=85`. The value is not repeated: it may be a secret. */
function readSettings(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map(text => {
      const [, name, value] = /^([A-Za-z0-9_]+)=(.*)$/s.exec(text) ?? []
      if (name === undefined || value === undefined)
        throw new UsageError('--set takes KEY=VALUE, like VMID=85')
      return [name.toUpperCase(), value]
    }),
  )
}

function isRefused(problems: readonly Problem[], isStrict: boolean): boolean {
  return hasFailure(problems) || (isStrict && problems.some(problem => weighProblem(problem) === 'warning'))
}

function printProblems(terminal: Terminal, problems: readonly Problem[]): void {
  for (const problem of sortProblems(problems))
    terminal.printError(`${weighProblem(problem)}: ${escapeLine(formatProblem(problem))}\n`)
}
