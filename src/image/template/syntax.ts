// What is wrong with the text of a template, in words.

import type {Problem} from '../../problem.ts'
import type {Token} from './scan.ts'
import type {TemplateState, TemplateTokenKind} from './tokens.ts'

/** Why bytes cannot be the text of a template; undefined if they can. */
export function refuseText(bytes: Uint8Array): Omit<Problem, 'code'> | undefined {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return {message: 'this is no text in UTF-8', cure: 'is it the right file?'}
  }
  // None of them can go through XML-RPC.
  if (text.startsWith('<'))
    return {line: 1, column: 1, message: 'this is XML; only templates in their own syntax are read here'}
  if (/^[A-Z ]+ \d+ INFORMATION *\n/.test(text))
    return {
      line: 1,
      column: 1,
      message: 'this is all that a `show` command of OpenNebula prints, and the template is its last part',
      cure: 'leave out what stands above the template, and its heading',
    }
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.exec(text)?.[0]
  if (control === undefined) return undefined
  const code = control.charCodeAt(0).toString(16).padStart(2, '0')
  return {
    message: `this is no template, there is a control character in it (0x${code})`,
    cure: 'is it the right file?',
  }
}

/** What a person sees of a token. Not its text: it may be the second word of a password. */
export function describeToken(token: Token<TemplateTokenKind> | undefined): string {
  return token === undefined ? 'the end of the file' : words[token.kind]
}

const words: Record<TemplateTokenKind, string> = {
  variable: 'another word',
  equal: 'another =',
  'equal-empty': 'another =',
  comma: 'a comma',
  open: 'an opening bracket',
  close: 'a closing bracket',
  quoted: 'a value',
  bare: 'a value',
  cdata: ']]>',
}

/** What is wrong with a character that nothing can begin with: message and cure. */
export function describeCharacter(source: string, offset: number, state: TemplateState): [string, string?] {
  const character = source[offset]!
  // The manual of 2.2 writes `ip_private = $NIC[IP]` itself.
  if (character === '[' && /\$\w+$/.test(source.slice(0, offset)))
    return ['a reference with a bracket stands here without quotes', inQuotes]
  if (character === '[' && state === 'names')
    return ['a bracket opens here that belongs to no name', 'write NAME = [ on one line']
  if (state === 'value') return [`no value begins with ${character}`, inQuotes]
  const message = `${character} stands outside every value; the front end would pass over it without a word`
  return [message, character === "'" ? inQuotes : 'take it out']
}

const inQuotes = 'put the value in double quotes'
