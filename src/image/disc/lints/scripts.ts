// Scripts that will not run as their author saw them run: Windows line ends, no interpreter, one of Windows.

import type {Context} from '../../../context/context.ts'
import {baseName, doubtful, type Finding, type Lint, type LintedDisc, note, wrong} from './lint.ts'

/** A script on the disc, or in a variable. */
type Script = {
  text: string
  place: {file?: string; line?: number | undefined; key?: string}
  /** A guest runs it by itself. */
  isRun: boolean
  isOnDisc: boolean
}

/** Lines that end in CR LF: a shell takes the CR for a part of the command. */
export const findCarriageReturns: Lint = disc => [
  ...checkContextFile(disc),
  ...findScripts(disc)
    .filter(({text}) => /\r\n/.test(text))
    .map(script => {
      const line = script.text.slice(0, script.text.indexOf('\r\n')).split('\n').length
      const message =
        'this has Windows line ends (CR LF), and a shell takes the CR for a part of each command'
      const place = script.isOnDisc ? {...script.place, line} : script.place
      return weigh(script, {...place, message, cure: 'convert it with dos2unix'})
    }),
]

function checkContextFile({disc, lines}: LintedDisc) {
  const first = lines.findIndex(line => line.endsWith('\r'))
  if (first === -1) return []
  const isAll = lines.every(
    (line, index) => line.endsWith('\r') || (index === lines.length - 1 && line === ''),
  )
  const message = isAll
    ? 'this has Windows line ends (CR LF): vmcontext reads it, an agent that sources it has a CR in every value'
    : 'this and other lines end in CR LF, some do not: the CR belongs to the values'
  return [doubtful({file: disc.file, line: first + 1, message, cure: 'convert it with dos2unix'})]
}

/** A script on the disc without `#!`: /bin/sh runs it, whatever it was written for. */
export const findWithoutInterpreter: Lint = disc =>
  findScripts(disc)
    .filter(({text, isRun, isOnDisc}) => isRun && isOnDisc && !text.startsWith('#!') && !isProgram(text))
    .map(({place}) => {
      const message = 'this does not begin with #!, so /bin/sh runs it'
      return doubtful({
        ...place,
        line: 1,
        message,
        cure: 'write #!/bin/sh, or #!/bin/bash, into its first line',
      })
    })

/** A drive, a backslash, a program of Windows. */
const foreignInterpreter = /^[A-Za-z]:|\\|\.exe\b|\b(powershell|pwsh|cmd|cscript|wscript)\b/i

/** `#!C:\…`, `#!powershell`. */
export const findForeignInterpreter: Lint = disc =>
  findScripts(disc).flatMap(script => {
    const interpreter = /^#![ \t]*([^\r\n]*)/.exec(script.text)?.[1] ?? ''
    if (!foreignInterpreter.test(interpreter)) return []
    const message = `its interpreter ${JSON.stringify(interpreter.slice(0, 40))} is one of Windows`
    return [weigh(script, {...script.place, message, cure: 'name one that the guest has, such as /bin/sh'})]
  })

function weigh({isRun}: Script, finding: Finding) {
  return isRun ? wrong(finding) : doubtful(finding)
}

function findScripts(disc: LintedDisc): Script[] {
  return [...scriptsOnDisc(disc), ...scriptsInVariables(disc)]
}

function scriptsOnDisc({files, context, disc}: LintedDisc): Script[] {
  return files.flatMap(file => {
    const isRun = context.scripts.some(name => tidy(name) === file.path)
    const text = file.content?.toString('latin1') ?? ''
    const isScript = isRun || text.startsWith('#!') || /\.(sh|bash)$/.test(baseName(file))
    return isScript && file.path !== disc.file
      ? [{text, place: {file: file.path}, isRun, isOnDisc: true}]
      : []
  })
}

function tidy(name: string): string {
  return name
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/')
}

function scriptsInVariables({context, disc}: LintedDisc): Script[] {
  return scriptTexts(context).map(({key, text}) => {
    const line = disc.variables.get(key)?.line
    return {text: text.reveal(), place: {file: disc.file, line, key}, isRun: true, isOnDisc: false}
  })
}

function scriptTexts({startScript, userData}: Context) {
  return [startScript, userData?.script].filter(script => script !== undefined)
}

function isProgram(text: string): boolean {
  return text.startsWith('\x7fELF')
}

/** Something runs that is not on the disc in full: a script that is larger than any. */
export const findLargeScripts: Lint = ({files, context}) =>
  files
    .filter(
      ({path, kind, content}) => kind === 'file' && content === undefined && context.scripts.includes(path),
    )
    .map(({path, size}) => note({file: path, message: `this has ${size} bytes and was not looked into`}))
