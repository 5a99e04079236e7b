// Template text to attributes, by OpenNebula's grammar (template_syntax.y of release-2.2-rc1 and release-7.0.2). Some
// things that the front end refuses and that can mean only one thing are read with a warning: the manual's own second
// example lacks a comma.

import type {Problem} from '../../problem.ts'
import type {Generation} from './generation.ts'
import {refuseText} from './syntax.ts'
import type {Template} from './template.ts'
import {TemplateError} from './template-error.ts'
import {TemplateReader} from './template-reader.ts'
import {scanTemplate} from './tokens.ts'

export type ParsedTemplate = {template: Template; problems: Problem[]}

/**
 * Parses a template. `file` names it in messages.
 * @throws TemplateError at its first syntax error: what stands behind it is anybody's guess.
 */
export function parseTemplate(bytes: Uint8Array, file: string, generation: Generation): ParsedTemplate {
  const refusal = refuseText(bytes)
  if (refusal !== undefined) throw new TemplateError({file, ...refusal})
  const written = new TextDecoder('utf-8').decode(bytes)
  // XML-RPC, by which a template gets to the front end, knows no other line ends than LF (XML 1.0, section 2.11).
  const text = written.replaceAll(/\r\n?/g, '\n')
  const source = endLastComment(text, generation)
  const reader = new TemplateReader(source, file, generation)
  const attributes = reader.readAll()
  const {cursor} = reader
  if (text !== written) {
    const message = 'its lines end in CR LF; they are read as the front end gets them, ending in LF'
    cursor.problems.push({code: 'template-note', file, message})
  }
  if (source !== text) {
    const message =
      'the last line is a comment and has no line end; the front end takes it for a part of the template'
    cursor.warn(text.length - 1, message, 'end the line')
  }
  return {template: {file, source, locate: cursor.locate, attributes}, problems: cursor.finish()}
}

/** The front end's scanner knows a comment by its line end. */
function endLastComment(source: string, generation: Generation): string {
  const sign = /(?:^|\n)[ \t]*#[^\n]*$/.exec(source)
  if (sign === null) return source
  const offset = source.indexOf('#', sign.index)
  // It may also be the last line of a value in quotes.
  const isComment = scanTemplate(source, generation).dropped.some(dropped => dropped.offset === offset)
  return isComment ? `${source}\n` : source
}
