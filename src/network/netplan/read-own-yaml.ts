// Reads what format-yaml.ts wrote, and nothing else: many times as fast as a reader of all of YAML, at every boot.

import type {Fields, Value} from './fields.ts'
import {formatFields} from './format-yaml.ts'

/** Undefined if a single byte is not as it is written here: then somebody else has been at it. */
export function readOwnYaml(text: string): Fields | undefined {
  const lines = text.split('\n').slice(0, -1).map(parseLine)
  const cursor = {lines, at: 0}
  try {
    const value = readBlock(cursor, 0)
    const fields = typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined
    return fields !== undefined && formatFields(fields) === text ? fields : undefined
  } catch {
    return undefined
  }
}

type Line = {indent: number; isItem: boolean; key?: string | undefined; value: string}
type Cursor = {lines: Line[]; at: number}

const linePattern = /^( *)(- )?(?:("(?:[^"\\]|\\.)*"|[^\s":]+):(?: |$))?(.*)$/

function parseLine(text: string): Line {
  const [, spaces = '', dash, key, value = ''] = linePattern.exec(text) ?? []
  return {indent: spaces.length, isItem: dash !== undefined, key, value}
}

function readBlock(cursor: Cursor, indent: number): Value {
  return cursor.lines[cursor.at]?.isItem ? readList(cursor, indent) : readMapping(cursor, indent)
}

function readMapping(cursor: Cursor, indent: number): Fields {
  const fields: Record<string, Value> = {}
  for (
    let line = cursor.lines[cursor.at];
    line?.indent === indent && !line.isItem;
    line = cursor.lines[cursor.at]
  ) {
    if (line.key === undefined) throw new Error('no key')
    cursor.at += 1
    fields[String(readScalar(line.key))] =
      line.value === '' ? readBlock(cursor, indent + 2) : readScalar(line.value)
  }
  return fields
}

/** An item that is a mapping begins on the line of its dash. */
function readList(cursor: Cursor, indent: number): Value[] {
  const list: Value[] = []
  for (
    let line = cursor.lines[cursor.at];
    line?.indent === indent && line.isItem;
    line = cursor.lines[cursor.at]
  ) {
    if (line.key === undefined) {
      cursor.at += 1
      list.push(readScalar(line.value))
    } else {
      cursor.lines[cursor.at] = {...line, indent: indent + 2, isItem: false}
      list.push(readMapping(cursor, indent + 2))
    }
  }
  return list
}

function readScalar(text: string): Value {
  if (text.startsWith('"')) return JSON.parse(text) as string
  if (text === '[]') return []
  if (text === '{}') return {}
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+$/.test(text) ? Number(text) : text
}
