// `vmcontext disc show`: what a guest would understand of a disc, with no guest at hand.

import type {DiscFile} from '../../image/disc/disc-files.ts'
import type {DiscLook, Medium} from '../../image/disc/look.ts'
import {describeMeaning} from '../../image/disc/meaning.ts'
import {showConsumer, showValue} from '../../image/disc/shown-values.ts'
import {hasFailure, type Problem} from '../../problem.ts'
import {count, formatProblemLine, nameWidth} from '../../report/lines.ts'
import {stringifyMasked} from '../../report/mask.ts'
import {formatBytes} from '../../report/sizes.ts'
import {escapeLine} from '../../system/commands.ts'
import type {DiscShowInvocation} from '../commands/disc.ts'
import {wrapLine} from '../paragraph.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {openDisc} from './open-disc.ts'

/** Runs the command and gives its exit code: 1 if a guest would fail at something on the disc. */
export async function runDiscShow({path, json}: DiscShowInvocation, terminal: Terminal): Promise<number> {
  const look = await openDisc(path)
  const text = json
    ? stringifyMasked(describeLook(look), look.mask)
    : look.mask(formatLook(look).map(escapeLine).join('\n'))
  terminal.print(`${text}\n`)
  return hasFailure(allProblems(look)) ? exitCodes.failed : exitCodes.done
}

function allProblems({problems, understood}: DiscLook): Problem[] {
  return [...problems, ...Object.values(understood?.problems ?? {}).flat()]
}

function formatLook(look: DiscLook): string[] {
  return [
    ...formatMedium(look),
    ...formatMeaning(look),
    ...formatVariables(look),
    ...formatFiles(look),
    ...formatProblems(allProblems(look)),
  ]
}

function formatMedium({path, medium, source, understood}: DiscLook): string[] {
  const found = source.state === 'found' ? foundWords[source.recognition] : undefined
  const kind =
    understood && (understood.context.isOldKind ? 'OpenNebula 2.2 to 4.0' : 'OpenNebula 4.2 or later')
  return [
    `${path}: ${describeMedium(medium)}`,
    ...(found === undefined || medium.image === undefined ? [] : entry('found by', [found])),
    ...(kind === undefined ? [] : entry('taken for', [`a context of ${kind}`])),
  ]
}

const foundWords: Readonly<Record<string, string>> = {
  'label CONTEXT': 'its label CONTEXT',
  'label CDROM': 'its label CDROM, which discs of OpenNebula 2.2 to 4.0 have',
  disc: 'its context.sh: its label is neither CONTEXT nor CDROM',
}

function describeMedium({kind, size, volume, image}: Medium): string {
  if (kind === 'directory') return 'a directory'
  if (volume === undefined) return 'a file'
  const type = volume.type === 'iso9660' ? 'ISO 9660' : volume.type
  return [
    `${kind === 'device' ? 'a disc' : 'an image'} with ${type}`,
    volume.label === '' ? 'no label' : `label ${volume.label}`,
    ...(image === undefined ? [] : [`names by ${image.volume.namings[0]}`]),
    ...(size === undefined ? [] : [formatBytes(size)]),
  ].join(', ')
}

function formatMeaning({understood}: DiscLook): string[] {
  if (understood === undefined) return []
  const lines = describeMeaning(understood.context).flatMap(([step, texts]) => entry(step, texts))
  return ['', 'What a guest makes of it', ...lines]
}

function formatVariables({understood}: DiscLook): string[] {
  if (understood === undefined) return []
  const {disc} = understood
  const variables = [...disc.variables.values()].sort((one, other) => one.line - other.line)
  const width = Math.max(...variables.map(({name}) => name.length), 0)
  const lines = variables.map(variable => {
    const head = `${`${variable.line}`.padStart(5)}  ${variable.name.padEnd(width)}`
    return `${head}  ${showConsumer(variable).padEnd(nameWidth)}  ${showValue(variable, 80 - width - nameWidth - 11)}`
  })
  return ['', `${count(variables.length, 'variable')} in ${disc.file}: line, name, step, value`, ...lines]
}

function formatFiles({files}: DiscLook): string[] {
  if (files.length === 0) return []
  return ['', 'Files: mode, bytes, name', ...files.map(formatFile)]
}

function formatFile({path, kind, mode, size, target}: DiscFile): string {
  const rights = mode.toString(8).padStart(4, '0')
  const length = kind === 'file' ? `${size}` : ''
  const name = kind === 'directory' ? `${path}/` : target === undefined ? path : `${path} -> ${target}`
  return `  ${rights} ${length.padStart(10)}  ${name}`
}

function formatProblems(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return []
  const lines = problems.flatMap(problem => wrapLine(formatProblemLine(problem).text.trim(), 2))
  return ['', 'Problems', ...lines.map(line => `  ${line}`)]
}

/** Lines behind the name of what they are about. */
function entry(name: string, texts: readonly string[]): string[] {
  const lines = texts.flatMap(text => wrapLine(text, nameWidth + 3))
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(nameWidth)} ${line}`)
}

/** The same for programs. */
function describeLook({path, medium, source, understood, problems, files}: DiscLook) {
  const {kind, size, volume, image} = medium
  return {
    version: 1,
    path,
    medium: {kind, size, type: volume?.type, label: volume?.label, names: image?.volume.namings},
    recognition: source.state === 'found' ? source.recognition : undefined,
    context: understood && {
      isOldKind: understood.context.isOldKind,
      steps: Object.fromEntries(describeMeaning(understood.context)),
      variables: [...understood.disc.variables.values()].map(variable => {
        const {name, line} = variable
        return {name, line, value: showValue(variable), step: showConsumer(variable)}
      }),
      dropped: [...understood.disc.dropped],
      problems: Object.fromEntries(
        Object.entries(understood.problems).filter(([, found]) => found.length > 0),
      ),
    },
    files: files.map(({content: _, ...file}) => ({...file, mode: file.mode.toString(8).padStart(4, '0')})),
    problems,
  }
}
