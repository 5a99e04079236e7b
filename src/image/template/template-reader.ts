// Reading the tokens of a template, one attribute after another. Some things that the front end refuses and that can
// mean only one thing are read with a warning: the manual's own second example lacks a comma.

import type {Generation} from './generation.ts'
import type {Attribute, Value, Vector} from './template.ts'
import {type TemplateToken, TokenCursor} from './token-cursor.ts'
import {findQuoteEnd} from './tokens.ts'

/** Reads a template from its first token to its last. What it refuses is a TemplateError. */
export class TemplateReader {
  readonly cursor: TokenCursor
  readonly #generation: Generation

  constructor(source: string, file: string, generation: Generation) {
    this.cursor = new TokenCursor(source, file, generation)
    this.#generation = generation
  }

  readAll(): Attribute[] {
    const {cursor} = this
    const attributes: Attribute[] = []
    while (cursor.peek() !== undefined) attributes.push(this.#readAttribute())
    cursor.passOver(cursor.source.length)
    if (attributes.length === 0 && this.#generation === '2.2')
      cursor.fail(0, 'there is nothing in it; OpenNebula 2.2 takes no empty template')
    return attributes
  }

  #readAttribute(): Attribute {
    const {cursor} = this
    cursor.beginAttribute()
    const {text, offset: nameOffset} = cursor.take('variable', 'a name')
    const name = correctName(text, this.#generation)
    const sign = this.#takeEqual(text)
    if (sign.kind === 'equal-empty')
      return {kind: 'single', name, nameOffset, text: '', offset: sign.offset + sign.text.length - 1}
    if (cursor.peek()?.kind !== 'open') return {kind: 'single', name, nameOffset, ...this.#takeValue(text)}
    return {kind: 'vector', name, nameOffset, values: this.#readVector(text)}
  }

  #readVector(name: string): Vector['values'] {
    const {cursor} = this
    const {text, offset} = cursor.skip()
    const bracket = offset + text.indexOf('[')
    const values: Vector['values'] = new Map()
    const isEmpty = cursor.peek()?.kind === 'close'
    if (isEmpty && this.#generation === '2.2')
      cursor.fail(bracket, `${name} holds no value; OpenNebula 2.2 refuses that`)
    if (isEmpty) cursor.skip()
    else while (this.#readEntry(name, bracket, values));
    return values
  }

  /** Reads one value of a vector and what stands behind it; false if that is the closing bracket. */
  #readEntry(vector: string, bracket: number, values: Vector['values']): boolean {
    const {cursor} = this
    this.#refuseEnd(vector, bracket)
    const {text, offset: nameOffset} = cursor.take('variable', `a name inside ${vector} = [ … ]`)
    const sign = this.#takeEqual(text)
    if (sign.kind === 'equal-empty') cursor.fail(sign.offset, `${text} has no value`, `${text} = ""`)
    const value = {...this.#takeValue(text), nameOffset}
    const name = text.toUpperCase()
    if (values.has(name)) cursor.warn(nameOffset, `${name} is given twice in ${vector}; the first counts`)
    else values.set(name, value)
    return this.#continues(vector, bracket)
  }

  #continues(vector: string, bracket: number): boolean {
    const {cursor} = this
    this.#refuseEnd(vector, bracket)
    const behind = cursor.peek()!
    if (this.#isNameOnItsOwnLine(behind)) {
      const message = `the comma in front of ${behind.text} is missing; the front end refuses that`
      cursor.warn(behind.offset, message, 'put one there')
      return true
    }
    if (behind.kind !== 'close') {
      const comma = cursor.take('comma', `a comma or the closing bracket of ${vector} = [`)
      if (cursor.peek()?.kind !== 'close') return true
      const message = 'the comma in front of the closing bracket is too much; the front end refuses that'
      cursor.warn(comma.offset, message, 'take it away')
    }
    cursor.skip()
    return false
  }

  #isNameOnItsOwnLine({kind, offset}: TemplateToken): boolean {
    const {source} = this.cursor
    if (kind !== 'variable' || this.cursor.peek(1)?.kind !== 'equal') return false
    return source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset).trim() === ''
  }

  #refuseEnd(vector: string, bracket: number): void {
    if (this.cursor.peek() !== undefined) return
    const message = `the bracket that is opened here for ${vector} is never closed`
    this.cursor.fail(bracket, message, 'put ] behind its last value')
  }

  #takeEqual(name: string): TemplateToken {
    if (this.cursor.peek()?.kind === 'equal-empty') return this.cursor.skip()
    return this.cursor.take('equal', `= behind ${name}`)
  }

  #takeValue(name: string): Omit<Value, 'nameOffset'> {
    const {cursor} = this
    const token = cursor.peek()
    if (token?.kind === 'quoted') {
      cursor.take('quoted', 'a value')
      return {text: unescapeQuotes(token.text.slice(1, -1), this.#generation), offset: token.offset + 1}
    }
    if (token?.kind === 'cdata') {
      const message = 'a value cannot hold ]]>, the front end refuses it'
      cursor.fail(token.offset + token.text.indexOf(']]>'), message, 'give it as base64')
    }
    const {text, offset} = cursor.take('bare', `a value for ${name}`)
    if (text.startsWith('"')) this.#checkQuotes(text, offset)
    return {text: unescapeQuotes(text, this.#generation), offset}
  }

  /** The scanner takes a quote that begins no quoted value for a letter; a person hardly means that. */
  #checkQuotes(text: string, offset: number): void {
    const {cursor} = this
    const end = findQuoteEnd(cursor.source, offset, 0)
    if (end === undefined) cursor.fail(offset, 'the quote that is opened here is never closed')
    if (text.length <= end! - offset) return
    const message =
      'text stands directly behind the closing quote; the front end makes the quotes part of the value'
    cursor.warn(offset, message, 'set the text apart')
  }
}

/** Names of attributes become elements of XML, which cannot begin with a digit or `XML` (include/Attribute.h). */
function correctName(name: string, generation: Generation): string {
  const isNoElement = generation === 'today' && /^[^A-Za-z_]|^XML/.test(name)
  return `${isNoElement ? 'ONE_' : ''}${name.toUpperCase()}`
}

/** 2.2 begins again at the front after each quote, so that several backslashes in front of one go as well. */
function unescapeQuotes(text: string, generation: Generation): string {
  return text.replaceAll(generation === '2.2' ? /\\+"/g : /\\"/g, '"')
}
