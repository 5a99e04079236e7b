// What is on a disc, in lines for whoever made it.

import type {Assignment} from '../../context/shell.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import {showValue} from '../disc/shown-values.ts'
import type {DiscPlan} from './plan-disc.ts'

const nameWidth = 24
const lineWidth = 80
/** More of them nobody reads. */
const mostFiles = 50

/** Describes a disc that is written: `tool` wrote it, `size` are its bytes. */
export function describeDisc(
  {label, variables, files, entries}: DiscPlan,
  written: {output: string; format: string; tool: string; size: number},
): string {
  const {output, format, tool, size} = written
  const token = entries.some(({path}) => path === 'token.txt')
    ? [line('token.txt', 'the token of OneGate')]
    : []
  const others = files
    .slice(0, mostFiles)
    .map(({entry, from, bytes}) => line(entry.path, `${formatSize(bytes).padStart(10)}  ${from}`))
  const number = files.length + token.length
  const more = files.length > mostFiles ? [`  and ${files.length - mostFiles} more`] : []
  const lines = [
    `${output}: ${formatBytes(size)}, label ${label ?? 'CDROM'}, only its owner may read it`,
    `  as OpenNebula ${format} makes it, written by ${tool}`,
    '',
    `context.sh, ${count(variables.length, 'variable')}`,
    ...describeVariables(variables),
    '',
    ...(number === 0 ? [] : [count(number, 'more file'), ...token, ...others, ...more, '']),
  ]
  return `${lines.join('\n')}\n`
}

/** Sorts by place, so that a person goes through the template once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({file}) => file))]
  const rank = ({file, line, column}: Problem) => [files.indexOf(file), line ?? 0, column ?? 0]
  return problems.toSorted((one, other) => {
    const [left, right] = [rank(one), rank(other)]
    return left.map((part, index) => part - right[index]!).find(difference => difference !== 0) ?? 0
  })
}

/** The front end writes each NIC's variables whether they have a value or not. */
const ofNic = /^(ETH|PCI)\d+_/

function describeVariables(variables: readonly Assignment[]): string[] {
  const isLeftOut = ({name, value}: Assignment) => value === '' && ofNic.test(name)
  const shown = variables.filter(variable => !isLeftOut(variable))
  const empty = variables.length - shown.length
  const more = empty === 0 ? [] : [`  and ${empty} of the network that are empty`]
  return [
    ...shown.map(variable => line(variable.name, showValue(variable, lineWidth - nameWidth - 3))),
    ...more,
  ]
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(nameWidth)} ${text}`
}

function formatSize(bytes: number): string {
  return bytes < 1024 ? count(bytes, 'byte') : formatBytes(bytes)
}
